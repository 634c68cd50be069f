//! Owner of the identity that the identity pool names for a login.
//!
//! The pool has one way to say it, and that way makes an identity for a login that has none. So
//! what it names is either the login's own, which must stay as it is, or came to be because we
//! asked, now or when the same link was interrupted.

use crate::limits::NONCE_LIFE;

/// Greatest difference between the pool's clock and ours, in seconds.
const APART: u64 = 5;

/// Identity as the pool describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolIdentity {
    /// Time of creation, in seconds since 1970.
    pub created: u64,
    /// The providers of its logins.
    pub providers: Vec<String>,
}

/// Origin of an identity that is not the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Our request created it, and it holds nothing but the login.
    Asking,
    /// The login had it before.
    Own,
}

/// Returns the origin of the identity of a login of `provider`; the link was begun at `since`, and
/// the time is `now`.
#[must_use]
pub fn origin(found: &PoolIdentity, provider: &str, since: u64, now: u64) -> Origin {
    let between = |from: u64, to: u64| {
        (from.saturating_sub(APART)..=to.saturating_add(APART)).contains(&found.created)
    };
    let asked_for = between(now, now) || between(since, since.saturating_add(NONCE_LIFE));
    let alone = found.providers.iter().all(|name| name == provider);
    if asked_for && alone { Origin::Asking } else { Origin::Own }
}

#[cfg(test)]
mod tests {
    use super::{Origin, PoolIdentity, origin};

    #[track_caller]
    fn check(created: u64, providers: &[&str], expected: Origin) {
        let providers = providers.iter().map(|name| (*name).to_owned()).collect();
        let found = PoolIdentity { created, providers };
        assert_eq!(origin(&found, "a.example", 10_000, 50_000), expected, "created at {created}");
    }

    #[test]
    fn t56_an_identity_that_was_there_before_is_the_logins_own() {
        for created in [0, 9_994, 10_606, 49_994, 50_006, u64::MAX] {
            check(created, &["a.example"], Origin::Own);
        }
        for created in [9_995, 10_000, 10_605, 49_995, 50_000, 50_005] {
            check(created, &["a.example"], Origin::Asking);
            check(created, &[], Origin::Asking);
        }
    }

    #[test]
    fn t56_an_identity_with_another_login_is_never_taken_apart() {
        check(50_000, &["a.example", "b.example"], Origin::Own);
        check(50_000, &["lifeguard"], Origin::Own);
    }
}
