//! `NEW_PASSWORD_REQUIRED`: the password that replaces a temporary one, and the attributes that the
//! pool requires and the user does not have yet.
//!
//! Contract: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html>

use serde_json::{Value, json};

use super::attempt::Attempt;
use crate::password::Password;
use crate::pool::Pool;
use crate::registry::PoolRegistry;
use crate::session::{Session, SessionUser, Step};
use crate::user::{Status, User};
use crate::user_names::check_addresses;
use crate::{schema, sessions};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;

/// Start of the names of attributes in challenges and their responses.
const PREFIX: &str = "userAttributes.";

/// Replaces temporary passwords; cloning shares it.
#[derive(Clone)]
pub(crate) struct NewPasswords {
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
}

impl NewPasswords {
    /// Opens the challenge for a user with a temporary password.
    pub(crate) fn demand(&self, attempt: &Attempt, user: &User) -> Result<Value, ApiError> {
        let now = self.clock.now();
        let until = user.password.as_ref().and_then(|password| password.until);
        if until.is_some_and(|until| now >= until) {
            return Err(ApiError::refused(
                "Temporary password has expired and must be reset by an administrator.",
            ));
        }
        let mut state = self.pools.lock();
        let pool = state.pool_mut(&attempt.pool)?;
        let missing = schema::missing(&pool.config, &user.attributes).into_iter();
        let required: Vec<String> = missing.map(|name| format!("{PREFIX}{name}")).collect();
        let known = SessionUser::Known(user.name.clone());
        let session = sessions::issue(pool, &attempt.client.id, known, Step::NewPassword, now)?;
        Ok(json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": session,
            "ChallengeParameters": {
                "USER_ID_FOR_SRP": user.name,
                "requiredAttributes": json!(required).to_string(),
                "userAttributes": json!(user.attributes).to_string(),
            },
        }))
    }

    /// Stores the new password and attributes that have been checked; a new address is unverified.
    pub(crate) fn store(
        &self,
        attempt: &Attempt,
        name: &str,
        password: &str,
        attributes: Texts,
    ) -> Result<(), ApiError> {
        let now = self.clock.now();
        let mut state = self.pools.lock();
        let user = state.pool_mut(&attempt.pool)?.user_mut(name)?;
        user.password = Some(Password::new(&attempt.pool, name, password)?);
        for address in ["email", "phone_number"] {
            if attributes.contains_key(address) {
                user.set_verified(address, false);
            }
        }
        user.attributes.extend(attributes);
        user.status = Status::Confirmed;
        user.modified = now;
        Ok(())
    }
}

/// Returns the attributes among the responses to the challenge.
pub(super) fn attributes(responses: &Texts) -> Texts {
    let attribute = |(name, value): (&String, &String)| {
        Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone()))
    };
    responses.iter().filter_map(attribute).collect()
}

/// Checks the attributes that the user of a session sets with the new password: those that are
/// required and missing, and others that may be changed. An address and a required attribute that
/// the user has already are changed by an access token, which verifies anew.
pub(super) fn check(pool: &Pool, session: &Session, attributes: &Texts) -> Result<(), ApiError> {
    let (config, user) = (&pool.config, pool.user(session.user.event_name())?);
    let is_fixed = |name: &&String| {
        (matches!(name.as_str(), "email" | "phone_number") || schema::is_required(config, name))
            && user.attributes.get(*name).is_some_and(|value| !value.is_empty())
    };
    if let Some(name) = attributes.keys().find(is_fixed) {
        return Err(ApiError::refused(format!("Cannot modify an already provided {name}")));
    }
    let missing = schema::missing(config, &user.attributes);
    let others = attributes.iter().filter(|(name, _)| !missing.contains(name));
    let others = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    schema::check_mutable(config, &others)?;
    check_addresses(pool, &user.name, attributes)?;
    match missing.into_iter().find(|name| !attributes.contains_key(name)) {
        Some(name) => {
            Err(ApiError::invalid(format!("Invalid attributes given, {name} is missing")))
        }
        None => Ok(()),
    }
}
