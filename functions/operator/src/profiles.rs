//! Writes missing profiles and erases orphaned ones.

use std::time::{Duration, Instant};

use lifeguard_runtime::Failure;
use lifeguard_sign_in::budget::DAY;
use lifeguard_sign_in::row::Factor;
use lifeguard_store::profiles::{Created, NewProfile, ProfileKey};
use serde_json::{Value, json};

use crate::budgets::rows_of_user;
use crate::dependencies::Dependencies;
use crate::fault::Fault;
use crate::report::audit;
use crate::request::Mode;
use crate::users::{User, Users};

/// Users of one page: each costs a read, and each without a profile four calls more.
const PAGE: i32 = 20;
/// Time after which no further page is begun; the deadline is 3.5 s.
const PAGE_LIMIT: Duration = Duration::from_secs(1);
/// Profiles that one invocation looks at: an erased one costs two calls, and two for each client.
const SWEPT: i32 = 10;

/// Adds users who can sign in and have no profile to the default group and writes their profiles,
/// page by page from `next` on, as many pages as there is time for.
///
/// A user with a profile is skipped: the profile says that the user was in the group once, and an
/// administrator may have had a reason to end that.
///
/// # Errors
/// A fault if a call of a service failed; the same request again does the rest.
pub async fn repair<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    mut next: Option<String>,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let (pool, started) = (dependencies.policy.scope.pool(), Instant::now());
    let (mut looked_at, mut missing) = (0, 0);
    loop {
        let page = dependencies.users.page(pool, next, PAGE).await.map_err(Fault::from)?;
        looked_at += page.users.len();
        for user in page.users.into_iter().filter(|user| user.may_sign_in) {
            missing += usize::from(welcome(dependencies, user, mode, now).await?);
        }
        next = page.next;
        if next.is_none() || started.elapsed() >= PAGE_LIMIT {
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
    dependencies: &Dependencies<U, I>,
    user: User,
    mode: Mode,
    now: u64,
) -> Result<bool, Fault> {
    let pool = dependencies.policy.scope.pool();
    let Some(key) = ProfileKey::new(pool, &user.sub) else { return Ok(false) };
    if dependencies.profiles.exists(&key).await? {
        return Ok(false);
    }
    audit("repair_profiles", mode, &user.sub);
    match mode {
        Mode::DryRun => Ok(true),
        Mode::Apply => {
            if let Some(group) = &dependencies.policy.default_group
                && !dependencies.users.join(pool, &user.user_name, group).await?
            {
                return Ok(false);
            }
            if !may_still_sign_in(dependencies, &user).await? {
                return Ok(false);
            }
            let claims = user.claims.clone();
            let profile = NewProfile { key, created: now, claims };
            let created = dependencies.profiles.create(&profile).await?;
            let stays = may_still_sign_in(dependencies, &user).await?;
            if !stays && created == Created::Written {
                dependencies.profiles.erase(&profile.key).await?;
            }
            Ok(stays)
        }
    }
}

/// Looks a user up again; false if the user is gone, disabled, or another one of the same name.
async fn may_still_sign_in<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    user: &User,
) -> Result<bool, Fault> {
    let found = dependencies.users.find(dependencies.policy.scope.pool(), &user.user_name).await?;
    Ok(found.is_some_and(|found| found.sub == user.sub && found.may_sign_in))
}

/// Erases the data of users who are gone, for one page of profiles: challenges, budgets and last the
/// profile, by which they are found. Young profiles are skipped: a user who has just been confirmed
/// may not be listed yet. Challenges are kept by user name, which is the `sub` where users sign in by
/// an address; only an erasure by name erases rows under a chosen name.
///
/// # Errors
/// A fault if a call of a service failed.
pub async fn sweep<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    next: Option<&str>,
    mode: Mode,
    now: u64,
) -> Result<Value, Failure> {
    let pool = dependencies.policy.scope.pool();
    let page = dependencies.profiles.page(next, SWEPT).await.map_err(Fault::from)?;
    let (looked_at, mut swept) = (page.profiles.len(), 0);
    for profile in page.profiles {
        let old = profile.created.saturating_add(DAY) <= now;
        if profile.key.pool() != pool || !old {
            continue;
        }
        let sub = profile.key.sub();
        if dependencies.users.is_known(pool, sub).await.map_err(Fault::from)? {
            continue;
        }
        audit("sweep_profiles", mode, sub);
        swept += 1;
        match mode {
            Mode::DryRun => {}
            Mode::Apply => {
                for factor in Factor::OF_USERS {
                    for (_, row) in rows_of_user(&dependencies.policy, factor, sub) {
                        dependencies.challenges.erase(&row).await.map_err(Fault::from)?;
                    }
                }
                dependencies.profiles.erase(&profile.key).await.map_err(Fault::from)?;
            }
        }
    }
    Ok(json!({"looked_at": looked_at, "orphaned": swept, "next": page.next}))
}
