//! The schema of a pool: its attributes and the values that they may have.

use serde_json::Value;

use super::address::{is_email, is_phone_number};
use super::client::Client;
use super::config::PoolConfig;
use super::user::is_true;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

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

/// Attributes of the schema with dates of this many characters as values.
const DATE: usize = 10;
/// The greatest length of a text for which the schema names none.
const LONGEST: usize = 2048;

/// Checks attributes that a user or an administrator wants to store.
pub(crate) fn check(config: &PoolConfig, attributes: &Texts) -> Result<(), ApiError> {
    for (name, value) in attributes {
        check_name(config, name)?;
        if custom(config, name).is_none() {
            check_form(name, value)?;
        }
        if let Some(schema) = declared(config, name) {
            check_against(schema, name, value)?;
        }
    }
    Ok(())
}

/// Checks that attributes exist in the pool and may be deleted.
pub(crate) fn check_deletable(config: &PoolConfig, names: &[String]) -> Result<(), ApiError> {
    for name in names {
        check_name(config, name)?;
        if is_required(config, name) {
            return Err(nonconforming(&format!("{name}: The attribute is required")));
        }
    }
    let named: Texts = names.iter().map(|name| (name.clone(), String::new())).collect();
    check_mutable(config, &named)
}

/// True if the pool has an attribute of this name.
pub(crate) fn exists(config: &PoolConfig, name: &str) -> bool {
    matches!(name, "sub" | "updated_at")
        || STANDARD.contains(&name)
        || custom(config, name).is_some()
}

fn check_name(config: &PoolConfig, name: &str) -> Result<(), ApiError> {
    if name == "sub" {
        return Err(ApiError::invalid("Cannot modify the non-mutable attribute sub"));
    }
    if !exists(config, name) {
        return Err(nonconforming(&format!(
            "Type for attribute {{{name}}} could not be determined"
        )));
    }
    Ok(())
}

/// Checks a value against the type and the constraints of its schema.
fn check_against(schema: &Value, name: &str, value: &str) -> Result<(), ApiError> {
    let limit = |constraints: &str, limit: &str| {
        schema.get(constraints)?.get(limit)?.as_str()?.parse::<i64>().ok()
    };
    match schema.get("AttributeDataType").and_then(Value::as_str) {
        Some("Boolean") => check_flag(name, value),
        Some("Number") => {
            let Ok(number) = value.parse::<i64>() else {
                return Err(nonconforming(&format!("{name}: Value must be a number")));
            };
            let most = limit("NumberAttributeConstraints", "MaxValue");
            let least = limit("NumberAttributeConstraints", "MinValue");
            match (most, least) {
                (Some(most), _) if number > most => {
                    Err(nonconforming(&format!("{name}: Number must be no greater than {most}")))
                }
                (_, Some(least)) if number < least => {
                    Err(nonconforming(&format!("{name}: Number must be no less than {least}")))
                }
                _ => Ok(()),
            }
        }
        _ => {
            let size = |limit: i64| usize::try_from(limit).ok();
            let most = limit("StringAttributeConstraints", "MaxLength").and_then(size);
            let least = limit("StringAttributeConstraints", "MinLength").and_then(size);
            check_length(name, value, least.unwrap_or(0), most.unwrap_or(LONGEST))
        }
    }
}

fn check_length(name: &str, value: &str, least: usize, most: usize) -> Result<(), ApiError> {
    let length = value.chars().count();
    let rule = if length > most {
        format!("{name}: String must be no longer than {most} characters")
    } else if length < least {
        format!("{name}: String must be at least {least} characters long")
    } else {
        return Ok(());
    };
    Err(nonconforming(&rule))
}

fn check_flag(name: &str, value: &str) -> Result<(), ApiError> {
    if is_true(value) || value.eq_ignore_ascii_case("false") {
        return Ok(());
    }
    Err(nonconforming(&format!("{name}: Value must be true or false")))
}

/// Checks a standard attribute.
fn check_form(name: &str, value: &str) -> Result<(), ApiError> {
    match name {
        "email" if !value.is_empty() && !is_email(value) => {
            Err(ApiError::invalid("Invalid email address format."))
        }
        "phone_number" if !value.is_empty() && !is_phone_number(value) => {
            Err(ApiError::invalid("Invalid phone number format."))
        }
        "email_verified" | "phone_number_verified" => check_flag(name, value),
        "birthdate" if !value.is_empty() => check_length(name, value, DATE, DATE),
        _ => check_length(name, value, 0, LONGEST),
    }
}

/// Checks that every required attribute is there.
pub(crate) fn check_required(config: &PoolConfig, attributes: &Texts) -> Result<(), ApiError> {
    match missing(config, attributes).first() {
        Some(name) => Err(nonconforming(&format!("{name}: The attribute is required"))),
        None => Ok(()),
    }
}

/// Returns the names of the required attributes that are not there, in the order of the schema.
pub(crate) fn missing(config: &PoolConfig, attributes: &Texts) -> Vec<String> {
    let names = required(config).filter(|name| !attributes.contains_key(*name));
    names.map(str::to_owned).collect()
}

/// True for an attribute that every user must have.
pub(crate) fn is_required(config: &PoolConfig, name: &str) -> bool {
    required(config).any(|required| required == name)
}

fn required(config: &PoolConfig) -> impl Iterator<Item = &str> {
    schema(config)
        .filter(|attribute| attribute.get("Required") == Some(&Value::Bool(true)))
        .filter_map(|attribute| attribute.get("Name")?.as_str())
        .filter(|name| *name != "sub")
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
pub(crate) fn check_mutable(config: &PoolConfig, attributes: &Texts) -> Result<(), ApiError> {
    let fixed = attributes.keys().find(|name| {
        declared(config, name)
            .is_some_and(|schema| schema.get("Mutable") == Some(&Value::Bool(false)))
    });
    match fixed {
        Some(name) => {
            Err(ApiError::invalid(format!("user.{name}: Attribute cannot be updated.\n")))
        }
        None => Ok(()),
    }
}

fn schema(config: &PoolConfig) -> impl Iterator<Item = &Value> {
    config.setting(&["SchemaAttributes"]).and_then(Value::as_array).into_iter().flatten()
}

/// The schema of an attribute, if the pool declares one: a standard attribute needs none.
fn declared<'a>(config: &'a PoolConfig, name: &str) -> Option<&'a Value> {
    if STANDARD.contains(&name) {
        return schema(config).find(|attribute| attribute.get("Name").is_some_and(|it| it == name));
    }
    custom(config, name)
}

/// The schema of a custom attribute by its full name, `custom:…` or `dev:custom:…`.
fn custom<'a>(config: &'a PoolConfig, name: &str) -> Option<&'a Value> {
    let (for_developers, name) = match name.strip_prefix("dev:") {
        Some(name) => (true, name),
        None => (false, name),
    };
    let short = name.strip_prefix("custom:")?;
    schema(config).find(|attribute| {
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
