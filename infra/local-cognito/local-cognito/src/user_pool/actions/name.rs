//! Names of users: what a new one is called, and who holds an alias.

use crate::aws_api::input::Texts;
use crate::aws_api::{ApiError, chance};
use crate::user_pool::attribute;
use crate::user_pool::state::Pool;
use crate::user_pool::user::User;

/// The name and sub of somebody new; where addresses are names, the address becomes an attribute.
pub(super) fn name_anew(
    pool: &Pool,
    typed: &str,
    attributes: &mut Texts,
) -> Result<(String, String), ApiError> {
    let sub = chance::uuid()?;
    if pool.has_own_names() {
        for (alias, looks, form) in [
            ("email", attribute::is_email(typed), "email"),
            ("phone_number", attribute::is_phone_number(typed), "phone number"),
        ] {
            if pool.aliases_by(alias) && looks {
                return Err(ApiError::invalid(format!(
                    "Username cannot be of {form} format, since user pool is configured for \
                     {form} alias."
                )));
            }
        }
        return Ok((typed.to_owned(), sub));
    }
    let by = if pool.names_by("email") && attribute::is_email(typed) {
        "email"
    } else if pool.names_by("phone_number") && attribute::is_phone_number(typed) {
        "phone_number"
    } else {
        return Err(ApiError::invalid(
            match (pool.names_by("email"), pool.names_by("phone_number")) {
                (true, true) => "Username should be either an email or a phone number.",
                (true, false) => "Username should be an email.",
                _ => "Username should be a phone number.",
            },
        ));
    };
    attributes.insert(by.to_owned(), typed.to_owned());
    Ok((sub.clone(), sub))
}

/// Whether somebody has this name already; an alias is not told before confirmation.
pub(super) fn check_free(pool: &Pool, name: &str, attributes: &Texts) -> Result<(), ApiError> {
    let taken = |message| Err(ApiError::new("UsernameExistsException", message));
    if pool.users.values().any(|user| pool.same_name(&user.name, name)) {
        return taken("User already exists");
    }
    for (by, message) in [
        ("email", "An account with the given email already exists."),
        ("phone_number", "An account with the given phone_number already exists."),
    ] {
        let holder = attributes.get(by).and_then(|address| pool.address_holder(by, address, name));
        if pool.names_by(by) && holder.is_some() {
            return taken(message);
        }
    }
    Ok(())
}

/// Gives a verified alias to one user; refuses, or takes it from its holder.
pub(super) fn claim_alias(
    pool: &mut Pool,
    attribute: &str,
    user: &str,
    force: bool,
) -> Result<(), ApiError> {
    if !pool.aliases_by(attribute) {
        return Ok(());
    }
    let Some(value) = pool.user(user)?.attributes.get(attribute) else {
        return Ok(());
    };
    let Some(holder) = pool.alias_holder(attribute, value, user) else {
        return Ok(());
    };
    if !force {
        return Err(alias_taken(attribute));
    }
    let holder = holder.name.clone();
    pool.user_mut(&holder)?.set_verified(attribute, false);
    Ok(())
}

pub(super) fn alias_taken(attribute: &str) -> ApiError {
    let noun = match attribute {
        "phone_number" => "phone number",
        other => other,
    };
    ApiError::new("AliasExistsException", format!("An account with the {noun} already exists."))
}

/// Takes the verified aliases of somebody new from whoever holds them, or refuses.
pub(super) fn free_aliases(pool: &mut Pool, user: &User, force: bool) -> Result<(), ApiError> {
    for attribute in ["email", "phone_number"] {
        let value = user.attributes.get(attribute);
        let Some(value) =
            value.filter(|_| pool.aliases_by(attribute) && user.is_verified(attribute))
        else {
            continue;
        };
        let holder = pool.alias_holder(attribute, value, &user.name);
        let Some(holder) = holder.map(|holder| holder.name.clone()) else {
            continue;
        };
        if !force {
            return Err(alias_taken(attribute));
        }
        pool.user_mut(&holder)?.set_verified(attribute, false);
    }
    Ok(())
}
