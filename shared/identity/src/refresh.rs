//! Decides on a refresh token that a client presents.
//!
//! Each works once. The same one within [`GRACE`] gets the same successor, for clients that
//! asked twice or lost the answer; any other older one means that two parties hold the family,
//! and it is revoked.

use crate::account::Status;
use crate::limits::GRACE;
use crate::session::Family;

/// Decision on a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is the newest: using it up makes its successor the newest.
    Rotate,
    /// It was used within the last seconds: it gets the same successor.
    SameSuccessor,
    /// It was used before: the family is revoked.
    Reuse,
    /// The account is disabled, or the family is revoked or expired.
    Inactive,
}

/// Judges generation `generation` of a family by what the row of its account says.
#[must_use]
pub fn judge(status: Status, family: Option<&Family>, generation: u32, now: u64) -> Use {
    match (status, family) {
        (Status::Active, Some(family)) if family.is_active(now) => {
            by_generation(family, generation, now)
        }
        (Status::Active, Some(_) | None) | (Status::Disabled, _) => Use::Inactive,
    }
}

fn by_generation(family: &Family, generation: u32, now: u64) -> Use {
    let recent = now <= family.rotated.saturating_add(GRACE);
    match family.generation.checked_sub(generation) {
        Some(0) => Use::Rotate,
        Some(1) if recent => Use::SameSuccessor,
        Some(_) => Use::Reuse,
        // Newer than the row: only a row that was put back from a backup knows less than a token.
        None => Use::Inactive,
    }
}

#[cfg(test)]
mod tests {
    use super::{Use, judge};
    use crate::account::Status;
    use crate::session::{Family, SessionId};

    fn family() -> Family {
        Family {
            tag: SessionId([1; 16]).tag(),
            generation: 7,
            rotated: 1_000,
            authenticated: 100,
            idle: 5_000,
            ends: 6_000,
        }
    }

    #[track_caller]
    fn check(generation: u32, now: u64, expected: Use) {
        let family = family();
        assert_eq!(
            judge(Status::Active, Some(&family), generation, now),
            expected,
            "{generation} at {now}"
        );
        assert_eq!(judge(Status::Disabled, Some(&family), generation, now), Use::Inactive);
        assert_eq!(judge(Status::Active, None, generation, now), Use::Inactive);
    }

    #[test]
    fn generation_is_used_once_and_repeated_for_ten_seconds() {
        check(7, 1_000, Use::Rotate);
        check(7, 4_999, Use::Rotate);
        check(6, 1_010, Use::SameSuccessor);
        check(6, 990, Use::SameSuccessor);
        check(6, 1_011, Use::Reuse);
        check(5, 1_000, Use::Reuse);
        check(0, 1_000, Use::Reuse);
        check(8, 1_000, Use::Inactive);
    }

    #[test]
    fn family_expires_when_it_idles_and_when_it_is_old() {
        check(7, 5_000, Use::Inactive);
        check(6, 5_000, Use::Inactive);
        let busy = Family { idle: 9_000, ..family() };
        assert_eq!(judge(Status::Active, Some(&busy), 7, 5_999), Use::Rotate);
        assert_eq!(judge(Status::Active, Some(&busy), 7, 6_000), Use::Inactive);
    }
}
