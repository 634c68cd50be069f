#![doc = include_str!("../README.md")]

pub mod groups;
pub mod settings;

use lifeguard_cognito_events::known_user::KnownUserRequest;
use lifeguard_cognito_events::{Envelope, Malformed, OutOfScope, TriggerSource};
use lifeguard_runtime::{Answer, CALLS_LIMIT, Reply};
use lifeguard_store::profiles::{Created, NewProfile, ProfileKey, claims};
use lifeguard_store::{ProfileTable, StoreError};
use serde_json::Value;
use thiserror::Error;

use crate::groups::{GroupFault, Groups};
use crate::settings::Settings;

/// Reason why a confirmation has not had its effects, or not all of them.
#[derive(Debug, Error)]
enum Fault {
    #[error(transparent)]
    OutOfScope(#[from] OutOfScope),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Profile(#[from] StoreError),
    #[error(transparent)]
    Group(#[from] GroupFault),
    #[error("the effects took too long")]
    Late(#[from] tokio::time::error::Elapsed),
}

/// Effects that a confirmation asks for, if no earlier one had them.
struct Welcome {
    /// True if the confirmation is known to be the first: only a user who was unconfirmed confirms
    /// a sign-up, while a password is reset as often as the user likes.
    is_first: bool,
    profile: NewProfile,
    user_name: String,
}

/// Carries out the effects of one confirmation; `now` is in seconds since 1970.
///
/// # Errors
/// A fault only if the event is no JSON object: there is nothing to give back then.
pub async fn handle(
    settings: &Settings,
    profiles: &ProfileTable,
    groups: &impl Groups,
    event: Value,
    now: u64,
) -> Answer {
    let event = Envelope::open(event)?;
    let outcome = match plan(settings, &event, now) {
        Ok(welcome) => {
            let effects = welcome.carry_out(settings, profiles, groups);
            tokio::time::timeout(CALLS_LIMIT, effects).await.unwrap_or_else(|late| Err(late.into()))
        }
        Err(fault) => Err(fault),
    };
    Ok(match outcome {
        Ok(word) => Reply::new(event.unchanged(), word),
        Err(fault) => Reply::despite(event.unchanged(), &fault),
    })
}

/// Decides which effects follow from an event.
fn plan(settings: &Settings, event: &Envelope, now: u64) -> Result<Welcome, Fault> {
    let sources = [
        TriggerSource::PostConfirmationConfirmSignUp,
        TriggerSource::PostConfirmationConfirmForgotPassword,
    ];
    let scope = &settings.policy.scope;
    let source = scope.admit(event, &sources)?;
    let attributes = event.request::<KnownUserRequest>()?.user_attributes;
    let sub = attributes.get("sub").unwrap_or_default();
    let key = ProfileKey::new(scope.pool(), sub).ok_or(Malformed::Member("sub"))?;
    Ok(Welcome {
        is_first: source == TriggerSource::PostConfirmationConfirmSignUp,
        profile: NewProfile { key, created: now, claims: claims(|name| attributes.get(name)) },
        user_name: event.user_name()?.to_owned(),
    })
}

impl Welcome {
    /// Adds the user to the group, then writes the profile: a profile that exists says that the
    /// user was in the group once. An interruption in between leaves no profile, and the same event
    /// or `operator` does both again. An administrator who takes a user out of the group
    /// afterwards is not overruled by a password reset.
    async fn carry_out(
        &self,
        settings: &Settings,
        profiles: &ProfileTable,
        groups: &impl Groups,
    ) -> Result<&'static str, Fault> {
        if let Some(group) = &settings.policy.default_group {
            if !self.is_first && profiles.exists(&self.profile.key).await? {
                return Ok("repeated");
            }
            groups.add(settings.policy.scope.pool(), &self.user_name, group).await?;
        }
        Ok(match profiles.create(&self.profile).await? {
            Created::Written => "written",
            Created::Existed => "repeated",
        })
    }
}
