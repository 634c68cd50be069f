//! Updates that count guesses at passwords.
//!
//! A row has two logs of wrong passwords. Any caller adds to the one of sign-ins; only a session
//! that is alive adds to the one of password changes, so an attacker without a session closes
//! neither the change of a password nor a session.

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_sign_in::budget::{
    DAY, QUARTER, UNKNOWN_ROW_LIFE, WRONG_A_DAY, WRONG_A_QUARTER, WRONG_IN_A_ROW,
};

use super::operations::Attempt;
use super::row::account;
use crate::error::LayoutError;
use crate::item::{n, s, shift};
use crate::update::{Update, Updated};

/// Value of `kp` and `ttl` in a row that is kept: DynamoDB clears rows by numbers only.
pub(crate) const KEPT: &str = "kept";

/// Log of wrong passwords: the letter of its times, and the attribute that counts them in a row.
struct GuessLog {
    letter: char,
    in_a_row: &'static str,
}

const SIGN_IN: GuessLog = GuessLog { letter: 't', in_a_row: "bad" };
const CHANGE: GuessLog = GuessLog { letter: 'c', in_a_row: "cbad" };

impl GuessLog {
    /// Returns the update that counts a wrong password in advance.
    fn attempt(&self, now: u64, more: &str, condition: &str) -> Update {
        let Self { letter, in_a_row } = self;
        let expression = format!(
            "SET {in_a_row} = if_not_exists({in_a_row}, :zero) + :one{more}, {}",
            shift(*letter, WRONG_A_DAY)
        );
        let condition = format!(
            "{condition}(attribute_not_exists({letter}{WRONG_A_QUARTER}) \
             OR {letter}{WRONG_A_QUARTER} <= :quarter) \
             AND (attribute_not_exists({letter}{WRONG_A_DAY}) OR {letter}{WRONG_A_DAY} <= :day) \
             AND (attribute_not_exists({in_a_row}) OR {in_a_row} < :most)"
        );
        Update::new(expression, condition)
            .returning_the_row()
            .value(":zero", n(0u64))
            .value(":one", n(1u64))
            .value(":now", n(now))
            .value(":quarter", n(now.saturating_sub(QUARTER)))
            .value(":day", n(now.saturating_sub(DAY)))
            .value(":most", n(WRONG_IN_A_ROW))
    }

    /// Returns the attributes that hold the times of attempts.
    fn times(&self) -> String {
        let times = (1..=WRONG_A_DAY).map(|place| format!("{}{place}", self.letter));
        times.collect::<Vec<_>>().join(", ")
    }
}

/// Counts a wrong password of a sign-in in advance.
pub(crate) fn attempt(now: u64) -> Update {
    SIGN_IN
        .attempt(now, ", #ttl = if_not_exists(kp, :ttl)", "")
        .name("#ttl", "ttl")
        .value(":ttl", n(now + UNKNOWN_ROW_LIFE))
}

/// Counts a wrong current password of an account in advance.
pub(crate) fn attempt_change(id: &AccountId, now: u64) -> Update {
    CHANGE.attempt(now, "", "id = :id AND ").value(":id", s(id.as_str()))
}

/// Returns the result of counting an attempt.
pub(crate) fn attempted(
    updated: Updated,
    key: &AccountKey,
    now: u64,
) -> Result<Attempt, LayoutError> {
    match updated {
        Updated::Written(row) => account(&row, key, now).map(Attempt::Reserved),
        Updated::Refused(_) => Ok(Attempt::Blocked),
    }
}

/// Resets every attempt that was counted.
pub(crate) fn reset_attempts() -> Update {
    reset("")
}

/// Resets every attempt at a name and keeps its row, so that later counts do not expire.
pub(crate) fn mark_known() -> Update {
    reset(", kp = :kept, #ttl = :kept").name("#ttl", "ttl").value(":kept", s(KEPT))
}

fn reset(more: &str) -> Update {
    let expression = format!("SET bad = :zero{more} REMOVE {}", counted());
    Update::new(expression, "attribute_exists(pk)".to_owned()).value(":zero", n(0u64))
}

/// Returns the attributes that a success removes, beside the count in a row: a right password ends
/// both logs.
pub(crate) fn counted() -> String {
    format!("{}, {}, {}", SIGN_IN.times(), CHANGE.times(), CHANGE.in_a_row)
}
