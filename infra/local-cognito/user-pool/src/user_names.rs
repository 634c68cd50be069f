//! Names of users: the name of a new user, and the holder of an alias or an address.

use super::address;
use super::pool::Pool;
use super::user::{User, is_true};
use super::users::candidates;
use local_cognito_aws_emulation::input::Texts;
use local_cognito_aws_emulation::{ApiError, randomness};

/// Returns the name and the sub of a new user; where addresses are names, the address becomes an
/// attribute.
pub(crate) fn assign_name(
    pool: &Pool,
    typed: &str,
    attributes: &mut Texts,
) -> Result<(String, String), ApiError> {
    let sub = randomness::uuid()?;
    if pool.config.has_own_names() {
        for (alias, looks, form) in [
            ("email", address::is_email(typed), "email"),
            ("phone_number", address::is_phone_number(typed), "phone number"),
        ] {
            if pool.config.aliases_by(alias) && looks {
                return Err(ApiError::invalid(format!(
                    "Username cannot be of {form} format, since user pool is configured for \
                     {form} alias."
                )));
            }
        }
        return Ok((typed.to_owned(), sub));
    }
    let by = if pool.config.names_by("email") && address::is_email(typed) {
        "email"
    } else if pool.config.names_by("phone_number") && address::is_phone_number(typed) {
        "phone_number"
    } else {
        return Err(ApiError::invalid(
            match (pool.config.names_by("email"), pool.config.names_by("phone_number")) {
                (true, true) => "Username should be either an email or a phone number.",
                (true, false) => "Username should be an email.",
                _ => "Username should be a phone number.",
            },
        ));
    };
    attributes.insert(by.to_owned(), typed.to_owned());
    Ok((sub.clone(), sub))
}

/// Refuses a name that another user has; an alias is not checked before confirmation.
pub(crate) fn check_free(pool: &Pool, name: &str, attributes: &Texts) -> Result<(), ApiError> {
    let taken = |message| Err(ApiError::new("UsernameExistsException", message));
    if candidates(&pool.users, name).any(|user| pool.config.same_name(&user.name, name)) {
        return taken("User already exists");
    }
    for (by, message) in [
        ("email", "An account with the given email already exists."),
        ("phone_number", "An account with the given phone_number already exists."),
    ] {
        let holder = attributes.get(by).and_then(|address| pool.address_holder(by, address, name));
        if pool.config.names_by(by) && holder.is_some() {
            return taken(message);
        }
    }
    Ok(())
}

/// Gives a verified alias to one user; takes it from its holder with `force`, refuses without.
pub(crate) fn claim_alias(
    pool: &mut Pool,
    attribute: &str,
    user: &str,
    force: bool,
) -> Result<(), ApiError> {
    if !pool.config.aliases_by(attribute) {
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

/// Reports an alias that another user holds.
pub(crate) fn alias_taken(attribute: &str) -> ApiError {
    let noun = match attribute {
        "phone_number" => "phone number",
        other => other,
    };
    ApiError::new("AliasExistsException", format!("An account with the {noun} already exists."))
}

/// Takes the verified aliases of a new user from their holders with `force`, refuses without.
pub(crate) fn release_aliases(pool: &mut Pool, user: &User, force: bool) -> Result<(), ApiError> {
    for attribute in ["email", "phone_number"] {
        let value = user.attributes.get(attribute);
        let Some(value) =
            value.filter(|_| pool.config.aliases_by(attribute) && user.is_verified(attribute))
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

/// Checks that no address is taken that may belong to one user only.
pub(crate) fn check_addresses(pool: &Pool, user: &str, attributes: &Texts) -> Result<(), ApiError> {
    let config = &pool.config;
    for (attribute, value) in attributes {
        let taken = config.names_by(attribute)
            && pool.address_holder(attribute, value, user).is_some()
            || attribute == "preferred_username"
                && config.aliases_by(attribute)
                && pool.alias_holder(attribute, value, user).is_some();
        let verified = attributes
            .get(&format!("{attribute}_verified"))
            .is_some_and(|verified| is_true(verified));
        let alias_taken_now = verified
            && config.aliases_by(attribute)
            && pool.alias_holder(attribute, value, user).is_some();
        if taken || alias_taken_now {
            return Err(alias_taken(attribute));
        }
    }
    Ok(())
}
