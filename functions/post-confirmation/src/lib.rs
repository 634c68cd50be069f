//! Post confirmation: writes one profile per person, and adds them to the default group.
//!
//! Called after somebody confirmed their account, and again after every password that is reset by
//! code; the latter changes nothing. The answer is always the event as it came.
//! On a fault too (open): the person is confirmed already, and what is missing can be repaired.
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html>

pub mod groups;
pub mod settings;

use std::collections::BTreeMap;
use std::time::Duration;

use cognito_events::confirmation::ConfirmationRequest;
use cognito_events::{Attributes, Envelope, Malformed, OutOfScope, TriggerSource};
use runtime::{Answer, Reply};
use serde_json::Value;
use store::profiles::{CLAIMS, Created, NewProfile, ProfileKey};
use store::{Profiles, StoreFault};
use thiserror::Error;

use crate::groups::{GroupFault, Groups};
use crate::settings::Settings;

/// How long both calls together may take: less than the function's own deadline, which would
/// answer with an error.
const LIMIT: Duration = Duration::from_secs(3);

/// Why a confirmation has not had its effects, or not all of them.
#[derive(Debug, Error)]
enum Fault {
    #[error(transparent)]
    OutOfScope(#[from] OutOfScope),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Profile(#[from] StoreFault),
    #[error(transparent)]
    Group(#[from] GroupFault),
    #[error("the effects took too long")]
    Late(#[from] tokio::time::error::Elapsed),
}

/// What a confirmation leads to.
enum Effects {
    /// Nothing: it is not the first one.
    Nothing,
    /// A profile, then the default group.
    Welcome { profile: NewProfile, user_name: String },
}

/// Lets the effects of one confirmation happen; `now` is in seconds since 1970.
///
/// # Errors
/// A fault only if the event is no JSON object: there is nothing to give back then.
pub async fn handle(
    settings: &Settings,
    profiles: &impl Profiles,
    groups: &impl Groups,
    event: Value,
    now: u64,
) -> Answer {
    let event = Envelope::open(event)?;
    let outcome = match plan(settings, &event, now) {
        Ok(Effects::Nothing) => Ok("ignored"),
        Ok(Effects::Welcome { profile, user_name }) => {
            let welcome = welcome(settings, profiles, groups, &profile, &user_name);
            tokio::time::timeout(LIMIT, welcome).await.unwrap_or_else(|late| Err(late.into()))
        }
        Err(fault) => Err(fault),
    };
    Ok(match outcome {
        Ok(word) => Reply::new(event.unchanged(), word),
        Err(fault) => Reply::despite(event.unchanged(), &fault),
    })
}

/// Decides what follows from an event.
fn plan(settings: &Settings, event: &Envelope, now: u64) -> Result<Effects, Fault> {
    let sources = [
        TriggerSource::PostConfirmationConfirmSignUp,
        TriggerSource::PostConfirmationConfirmForgotPassword,
    ];
    let scope = &settings.policy.scope;
    if scope.admit_with_administrators(event, &sources)?
        != TriggerSource::PostConfirmationConfirmSignUp
    {
        return Ok(Effects::Nothing);
    }
    let attributes = event.request::<ConfirmationRequest>()?.user_attributes;
    let sub = attributes.get("sub").unwrap_or_default();
    let key = ProfileKey::of(scope.pool(), sub).ok_or(Malformed::Member("sub"))?;
    let profile = NewProfile { key, created: now, claims: claims(&attributes) };
    Ok(Effects::Welcome { profile, user_name: event.user_name()?.to_owned() })
}

fn claims(attributes: &Attributes) -> BTreeMap<&'static str, String> {
    let present = |name| Some((name, attributes.get(name)?.to_owned()));
    CLAIMS.into_iter().filter_map(present).collect()
}

/// Both effects may be repeated. The group is added behind a profile that exists too, since the
/// run that wrote it may have ended before the group.
async fn welcome(
    settings: &Settings,
    profiles: &impl Profiles,
    groups: &impl Groups,
    profile: &NewProfile,
    user_name: &str,
) -> Result<&'static str, Fault> {
    let created = profiles.create(profile).await?;
    if let Some(group) = &settings.policy.default_group {
        groups.add(settings.policy.scope.pool(), user_name, group).await?;
    }
    Ok(match created {
        Created::Written => "written",
        Created::Existed => "repeated",
    })
}
