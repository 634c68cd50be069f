#![doc = include_str!("../README.md")]

pub mod settings;

use lifeguard_cognito_events::known_user::KnownUserRequest;
use lifeguard_cognito_events::{Envelope, Malformed, OutOfScope, TriggerSource};
use lifeguard_runtime::{CALLS_LIMIT, Reply};
use lifeguard_store::accounts::Written;
use lifeguard_store::profiles::ProfileKey;
use lifeguard_store::{ProfileTable, StoreError};
use serde_json::Value;
use thiserror::Error;

use crate::settings::Settings;

/// Sources of this trigger.
const SOURCES: [TriggerSource; 1] = [TriggerSource::PostAuthenticationAuthentication];

/// Reason why a sign-in is not recorded.
#[derive(Debug, Error)]
enum Fault {
    #[error(transparent)]
    OutOfScope(#[from] OutOfScope),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("recording the sign-in took too long")]
    Late(#[from] tokio::time::error::Elapsed),
}

/// Records one sign-in and gives the event back; `now` is in seconds since 1970.
pub async fn handle(settings: &Settings, profiles: &ProfileTable, event: Value, now: u64) -> Reply {
    match record(settings, profiles, &event, now).await {
        Ok(Written::Done) => Reply::new(event, "recorded"),
        Ok(Written::Refused) => Reply::new(event, "unchanged"),
        Err(fault) => Reply::despite(event, &fault),
    }
}

/// Writes the time into the profile. Refused if the user has no profile, or one with a later time.
async fn record(
    settings: &Settings,
    profiles: &ProfileTable,
    event: &Value,
    now: u64,
) -> Result<Written, Fault> {
    let key = profile(settings, event)?;
    Ok(tokio::time::timeout(CALLS_LIMIT, profiles.record_sign_in(&key, now)).await??)
}

/// Decides which profile an event is about.
fn profile(settings: &Settings, event: &Value) -> Result<ProfileKey, Fault> {
    let event = Envelope::open(event.clone())?;
    let scope = &settings.policy.scope;
    scope.admit(&event, &SOURCES)?;
    let attributes = event.request::<KnownUserRequest>()?.user_attributes;
    let sub = attributes.get("sub").unwrap_or_default();
    Ok(ProfileKey::new(scope.pool(), sub).ok_or(Malformed::Member("sub"))?)
}
