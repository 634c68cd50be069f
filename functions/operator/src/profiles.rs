//! Profiles that are missing, and those that outlived their user.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lifeguard_runtime::Failure;
use lifeguard_sign_in::budget::DAY;
use lifeguard_sign_in::row::Factor;
use lifeguard_store::Profiles as _;
use lifeguard_store::profiles::{Created, NewProfile, ProfileKey};
use serde_json::{Value, json};

use crate::budgets::rows_of_user;
use crate::request::Mode;
use crate::users::{User, Users};
use crate::{Desk, Fault, audit};

/// Users of one page: each costs a read, and each without a profile four calls more.
const PAGE: i32 = 20;
/// Time after which no further page is begun; the deadline is 3.5 s.
const ENOUGH: Duration = Duration::from_secs(1);
/// Profiles that one invocation looks at: each that goes costs two calls and two for each client.
const SWEPT: i32 = 10;

/// Adds users who can sign in and have no profile to the default group and writes their profiles,
/// page by page from `next` on, as many pages as there is time for.
///
/// A user with a profile is left alone: the profile says that the user was in the group once, and
/// an administrator may have had a reason to end that.
///
/// # Errors
/// A fault if a service brought no answer; the same request again does what is left.
pub async fn repair<U: Users, I>(
    desk: &Desk<U, I>,
    mut next: Option<String>,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let (pool, started) = (desk.policy.scope.pool(), Instant::now());
    let (mut looked_at, mut missing) = (0, 0);
    loop {
        let page = desk.users.page(pool, next, PAGE).await.map_err(Fault::from)?;
        looked_at += page.users.len();
        for user in page.users.into_iter().filter(|user| user.may_sign_in) {
            missing += usize::from(welcome(desk, user, mode, now).await?);
        }
        next = page.next;
        if next.is_none() || started.elapsed() >= ENOUGH {
            return Ok(json!({"looked_at": looked_at, "missing": missing, "next": next}));
        }
    }
}

/// Adds one user to the group and writes the profile, in this order, as post confirmation does;
/// true if the profile is missing.
///
/// A user who leaves after the page was read keeps none: the user is looked up again right before
/// the profile is written, and right after, when it is taken back. An erasure disables the user
/// first and erases the profile later, so one of the two removes it. If a call fails in between,
/// [`sweep`] finds the profile a day later.
async fn welcome<U: Users, I>(
    desk: &Desk<U, I>,
    user: User,
    mode: Mode,
    now: u64,
) -> Result<bool, Fault> {
    let pool = desk.policy.scope.pool();
    let Some(key) = ProfileKey::new(pool, &user.sub) else { return Ok(false) };
    if desk.profiles.exists(&key).await? {
        return Ok(false);
    }
    audit("repair_profiles", mode, &user.sub);
    match mode {
        Mode::DryRun => Ok(true),
        Mode::Apply => {
            if let Some(group) = &desk.policy.default_group
                && !desk.users.join(pool, &user.user_name, group).await?
            {
                return Ok(false);
            }
            if !may_still_sign_in(desk, &user).await? {
                return Ok(false);
            }
            let claims = user.claims.clone();
            let profile = NewProfile { key, created: now, claims };
            let created = desk.profiles.create(&profile).await?;
            let stays = may_still_sign_in(desk, &user).await?;
            if !stays && created == Created::Written {
                desk.profiles.erase(&profile.key).await?;
            }
            Ok(stays)
        }
    }
}

/// Looks a user up again; false if the user is gone, disabled, or another one of the same name.
async fn may_still_sign_in<U: Users, I>(desk: &Desk<U, I>, user: &User) -> Result<bool, Fault> {
    let found = desk.users.find(desk.policy.scope.pool(), &user.user_name).await?;
    Ok(found.is_some_and(|found| found.sub == user.sub && found.may_sign_in))
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
                    for (_, row) in rows_of_user(&desk.policy, factor, sub) {
                        desk.challenges.erase(&row).await.map_err(Fault::from)?;
                    }
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
        let name = lifeguard_store::profiles::CLAIMS.into_iter().find(|claim| *claim == name)?;
        Some((name, value.to_owned()))
    };
    attributes.filter_map(kept).collect()
}
