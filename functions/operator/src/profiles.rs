//! Profiles that are missing, and those that outlived their user.

use std::collections::BTreeMap;

use runtime::Failure;
use serde_json::{Value, json};
use sign_in::budget::DAY;
use sign_in::row::{Factor, RowKey};
use store::Profiles as _;
use store::profiles::{NewProfile, ProfileKey};

use crate::request::Mode;
use crate::users::{User, Users};
use crate::{Desk, Fault, audit};

/// How many users one invocation looks at: each costs a call, and the deadline is 3.5 s.
const PAGE: i32 = 20;
/// How many profiles one invocation looks at: each that goes costs four calls.
const SWEPT: i32 = 10;

/// Writes the profiles that confirmed users of one page have not.
///
/// # Errors
/// A fault if a service brought no answer.
pub async fn repair<U: Users, I>(
    desk: &Desk<U, I>,
    next: Option<String>,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let pool = desk.policy.scope.pool();
    let page = desk.users.page(pool, next, PAGE).await.map_err(Fault::from)?;
    let (looked_at, mut repaired) = (page.users.len(), 0);
    for user in page.users.into_iter().filter(|user| user.is_confirmed) {
        let User { sub, claims, .. } = user;
        let Some(key) = ProfileKey::of(pool, &sub) else { continue };
        if desk.profiles.exists(&key).await.map_err(Fault::from)? {
            continue;
        }
        audit("repair_profiles", mode, &sub);
        repaired += 1;
        match mode {
            Mode::DryRun => {}
            Mode::Apply => {
                let profile = NewProfile { key, created: now, claims };
                desk.profiles.create(&profile).await.map_err(Fault::from)?;
            }
        }
    }
    Ok(json!({"looked_at": looked_at, "missing": repaired, "next": page.next}))
}

/// Erases what is left of the users of one page of profiles who are gone: challenges, budgets and
/// last the profile, by which they are found. Young ones are left alone: a user who has just been
/// confirmed may not be listed yet. Challenges are kept by user name, which is the `sub` wherever
/// people sign in by an address; rows under a chosen name go by [`crate::erasure`] alone.
///
/// # Errors
/// A fault if a service brought no answer.
pub async fn sweep<U: Users, I>(
    desk: &Desk<U, I>,
    next: Option<&str>,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let pool = desk.policy.scope.pool();
    let page = desk.profiles.page(next, SWEPT).await.map_err(Fault::from)?;
    let (looked_at, mut swept) = (page.profiles.len(), 0);
    for profile in page.profiles {
        let old = profile.created.saturating_add(DAY) <= now;
        if profile.key.pool() != pool || !old {
            continue;
        }
        let sub = profile.key.sub();
        if desk.users.is_known(pool, sub).await.map_err(Fault::from)? {
            continue;
        }
        audit("sweep_profiles", mode, sub);
        swept += 1;
        match mode {
            Mode::DryRun => {}
            Mode::Apply => {
                for factor in [Factor::Email, Factor::EmailSecond] {
                    let row = RowKey::of(pool, factor, sub);
                    desk.challenges.erase(&row).await.map_err(Fault::from)?;
                }
                desk.profiles.erase(&profile.key).await.map_err(Fault::from)?;
            }
        }
    }
    Ok(json!({"looked_at": looked_at, "orphaned": swept, "next": page.next}))
}

/// Of a user's attributes those that a profile starts with.
#[must_use]
pub fn claims<'a>(
    attributes: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<&'static str, String> {
    let kept = |(name, value): (&str, &str)| {
        let name = store::profiles::CLAIMS.into_iter().find(|claim| *claim == name)?;
        Some((name, value.to_owned()))
    };
    attributes.filter_map(kept).collect()
}
