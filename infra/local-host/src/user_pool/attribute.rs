//! Which attributes a pool knows and which values they may have.

use serde_json::Value;

use super::client::Client;
use super::state::Pool;
use crate::aws_api::ApiError;
use crate::aws_api::input::Texts;

const STANDARD: [&str; 18] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
];

/// Checks attributes that a user or an administrator wants to store.
pub(crate) fn check(pool: &Pool, attributes: &Texts) -> Result<(), ApiError> {
    for (name, value) in attributes {
        if name == "sub" {
            return Err(ApiError::invalid("Cannot modify the non-mutable attribute sub"));
        }
        let known = STANDARD.contains(&name.as_str())
            || name == "updated_at"
            || custom(pool, name).is_some();
        if !known {
            return Err(nonconforming(&format!(
                "Type for attribute {{{name}}} could not be determined"
            )));
        }
        let longest = custom(pool, name)
            .and_then(|schema| {
                let length = schema.get("StringAttributeConstraints")?.get("MaxLength")?;
                length.as_str()?.parse().ok()
            })
            .unwrap_or(2048);
        if value.chars().count() > longest {
            return Err(nonconforming(&format!(
                "{name}: String must be no longer than {longest} characters"
            )));
        }
        check_form(name, value)?;
    }
    Ok(())
}

fn check_form(name: &str, value: &str) -> Result<(), ApiError> {
    match name {
        "email" if !value.is_empty() && !is_email(value) => {
            Err(ApiError::invalid("Invalid email address format."))
        }
        "phone_number" if !value.is_empty() && !is_phone_number(value) => {
            Err(ApiError::invalid("Invalid phone number format."))
        }
        "email_verified" | "phone_number_verified" if !matches!(value, "true" | "false") => {
            Err(nonconforming(&format!("{name}: Value must be true or false")))
        }
        _ => Ok(()),
    }
}

/// Checks that every required attribute is there.
pub(crate) fn check_required(pool: &Pool, attributes: &Texts) -> Result<(), ApiError> {
    let missing = schema(pool).find_map(|attribute| {
        let name = attribute.get("Name")?.as_str()?;
        let required = attribute.get("Required") == Some(&Value::Bool(true));
        (required && name != "sub" && !attributes.contains_key(name)).then(|| name.to_owned())
    });
    match missing {
        Some(name) => Err(nonconforming(&format!("{name}: The attribute is required"))),
        None => Ok(()),
    }
}

/// Checks that a client may write these attributes.
pub(crate) fn check_writable(client: &Client, attributes: &Texts) -> Result<(), ApiError> {
    let refused = attributes.keys().any(|name| {
        matches!(name.as_str(), "email_verified" | "phone_number_verified")
            || name.starts_with("dev:")
            || !client.may_write(name)
    });
    if refused {
        return Err(ApiError::refused("A client attempted to write unauthorized attribute"));
    }
    Ok(())
}

/// Checks that none of the attributes is fixed at sign-up.
pub(crate) fn check_mutable(pool: &Pool, attributes: &Texts) -> Result<(), ApiError> {
    let fixed = attributes.keys().find(|name| {
        custom(pool, name).is_some_and(|schema| schema.get("Mutable") == Some(&Value::Bool(false)))
    });
    match fixed {
        Some(name) => {
            Err(ApiError::invalid(format!("user.{name}: Attribute cannot be updated.\n")))
        }
        None => Ok(()),
    }
}

pub(crate) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
            && !text.chars().any(char::is_whitespace)
    })
}

pub(crate) fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn schema(pool: &Pool) -> impl Iterator<Item = &Value> {
    pool.setting(&["SchemaAttributes"]).and_then(Value::as_array).into_iter().flatten()
}

/// The schema of a custom attribute by its full name, `custom:…` or `dev:custom:…`.
fn custom<'a>(pool: &'a Pool, name: &str) -> Option<&'a Value> {
    let (for_developers, name) = match name.strip_prefix("dev:") {
        Some(name) => (true, name),
        None => (false, name),
    };
    let short = name.strip_prefix("custom:")?;
    schema(pool).find(|attribute| {
        let declared = attribute.get("Name").and_then(Value::as_str);
        let developer = attribute.get("DeveloperOnlyAttribute") == Some(&Value::Bool(true));
        developer == for_developers
            && declared.is_some_and(|declared| {
                declared.strip_prefix("custom:").unwrap_or(declared) == short
            })
    })
}

fn nonconforming(detail: &str) -> ApiError {
    ApiError::invalid(format!("Attributes did not conform to the schema: {detail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        assert!(is_email("noor@example.net"));
        for text in ["noor", "@example.net", "noor@example", "no or@example.net"] {
            assert!(!is_email(text), "{text}");
        }
        assert!(is_phone_number("+31612345678"));
        for text in ["31612345678", "+", "+31-6", "+1234567890123456"] {
            assert!(!is_phone_number(text), "{text}");
        }
    }
}
