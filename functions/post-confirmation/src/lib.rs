#![doc = include_str!("../README.md")]

pub mod password_decision;
pub mod random_password;
pub mod refusal;
pub mod settings;
pub mod user_pool;

use lifeguard_cognito_events::known_user::KnownUserRequest;
use lifeguard_cognito_events::{Envelope, Malformed, OutOfScope, TriggerSource};
use lifeguard_runtime::{Answer, CALLS_LIMIT, Failure, Reply};
use lifeguard_store::profiles::{Created, NewProfile, ProfileKey, claims};
use lifeguard_store::{ProfileTable, StoreError};
use serde_json::Value;
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use crate::password_decision::{DISCARD_PASSWORD, PasswordDecision, decide};
use crate::random_password::{RANDOM_BYTES, RandomPassword};
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::user_pool::{Access, Groups, UserPoolFault};

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
    UserPool(#[from] UserPoolFault),
    #[error(transparent)]
    Randomness(#[from] std::io::Error),
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

/// Carries out the effects of one confirmation; `now` is in seconds since 1970, and `draw` returns
/// random bytes.
///
/// # Errors
/// A refusal with its fault if the owner rejects the password of the sign-up and it is not certain
/// that neither the password nor a session of the account is valid any more: then no other effect
/// is tried. Otherwise a fault only if the event is no JSON object: there is nothing to give back
/// then.
pub async fn handle(
    settings: &Settings,
    profiles: &ProfileTable,
    user_pool: &(impl Access + Groups),
    event: Value,
    now: u64,
    draw: impl FnOnce() -> std::io::Result<[u8; RANDOM_BYTES]>,
) -> Answer {
    let event = Envelope::open(event)?;
    let end = Instant::now() + CALLS_LIMIT;
    let decision = password_decision(settings, &event);
    match decision {
        PasswordDecision::Keep => {}
        PasswordDecision::Refuse => return Err(Failure::refused(Refusal::PasswordNotDiscarded)),
        PasswordDecision::Discard => {
            let discarded = timeout_at(end, discard(settings, user_pool, &event, draw)).await;
            discarded
                .unwrap_or_else(|late| Err(late.into()))
                .map_err(|fault| Failure::refused_after(Refusal::PasswordNotDiscarded, &fault))?;
        }
    }
    let outcome = match plan(settings, &event, now) {
        Ok(welcome) => {
            let effects = welcome.carry_out(settings, profiles, user_pool);
            timeout_at(end, effects).await.unwrap_or_else(|late| Err(late.into()))
        }
        Err(fault) => Err(fault),
    };
    let code = match decision {
        PasswordDecision::Discard => "PasswordDiscarded",
        PasswordDecision::Keep | PasswordDecision::Refuse => "",
    };
    Ok(match outcome {
        Ok(word) => Reply::new(event.unchanged(), word).with_code(code),
        Err(fault) => Reply::despite(event.unchanged(), &fault),
    })
}

/// Sources of this trigger.
const SOURCES: [TriggerSource; 2] = [
    TriggerSource::PostConfirmationConfirmSignUp,
    TriggerSource::PostConfirmationConfirmForgotPassword,
];

/// Decides about the password of the account; an event that is not ours has no say in it.
fn password_decision(settings: &Settings, event: &Envelope) -> PasswordDecision {
    let allowed = settings.policy.discard_password;
    let admitted = settings.policy.scope.admit(event, &SOURCES);
    match (admitted, event.request::<KnownUserRequest>()) {
        (Ok(source), Ok(request)) => {
            let word = request.client_metadata.get(DISCARD_PASSWORD);
            decide(allowed, source, event.caller(), word)
        }
        (Err(_), _) | (Ok(_), Err(_)) => PasswordDecision::Keep,
    }
}

/// Replaces the password by one that no party knows, then ends all sessions: in this order, or a
/// party that knows the old password could sign in between the two. Both may be repeated.
async fn discard(
    settings: &Settings,
    user_pool: &impl Access,
    event: &Envelope,
    draw: impl FnOnce() -> std::io::Result<[u8; RANDOM_BYTES]>,
) -> Result<(), Fault> {
    let (pool, user_name) = (settings.policy.scope.pool(), event.user_name()?);
    let password = RandomPassword::new(&draw()?);
    user_pool.set_password(pool, user_name, &password).await?;
    Ok(user_pool.sign_out(pool, user_name).await?)
}

/// Decides which effects follow from an event.
fn plan(settings: &Settings, event: &Envelope, now: u64) -> Result<Welcome, Fault> {
    let scope = &settings.policy.scope;
    let source = scope.admit(event, &SOURCES)?;
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
