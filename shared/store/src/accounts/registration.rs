//! Updates that create accounts and count guesses at them.

use lifeguard_identity::account::{AccountKey, Kind, Status};
use lifeguard_identity::limits::RESERVATION;
use lifeguard_sign_in::budget::{
    DAY, QUARTER, UNKNOWN_ROW_LIFE, WRONG_A_DAY, WRONG_A_QUARTER, WRONG_IN_A_ROW,
};

use super::account::Account;
use super::operations::{Attempt, NewAccount, Registration};
use super::row::{account, kind_label, status_label};
use crate::error::LayoutError;
use crate::item::{Item, b, m, n, s, shift};
use crate::update::{Update, Updated};

/// Value of `kp` and `ttl` in a row that is kept: DynamoDB clears rows by numbers only.
const KEPT: &str = "kept";

/// Reserves an address; its counts stay.
pub(crate) fn register(new: &Registration) -> Update {
    let expression = "SET id = :id, kd = :kind, st = :pending, rn = :rn, rx = :rx, ph = :ph, \
                      ver = if_not_exists(ver, :zero) + :one, fam = :none, cs = :none, lk = :none, \
                      #ttl = :ttl";
    let condition = "attribute_not_exists(st) OR (st = :pending AND (rx <= :now OR rn = :rn))";
    Update::new(expression.to_owned(), condition.to_owned())
        .name("#ttl", "ttl")
        .value(":id", s(new.id.as_str()))
        .value(":kind", s(kind_label(Kind::Directory)))
        .value(":pending", s(status_label(Status::Pending)))
        .value(":rn", b(&new.registration))
        .value(":rx", n(new.now + RESERVATION))
        .value(":ph", s(new.hash.expose()))
        .value(":zero", n(0u64))
        .value(":one", n(1u64))
        .value(":none", m([]))
        .value(":now", n(new.now))
        .value(":ttl", n(new.now + UNKNOWN_ROW_LIFE))
}

/// Confirms a registration. `rn` stays, so that the same confirmation may come twice. The owner
/// of the mailbox begins with a full budget, whatever was guessed at the address before.
pub(crate) fn confirm(registration: [u8; 16], now: u64) -> Update {
    let expression =
        format!("SET st = :active, kp = :kept, #ttl = :kept, bad = :zero REMOVE rx, {}", counted());
    let condition = "rn = :rn AND ((st = :pending AND rx > :now) OR st = :active)";
    Update::new(expression, condition.to_owned())
        .value(":zero", n(0u64))
        .name("#ttl", "ttl")
        .value(":active", s(status_label(Status::Active)))
        .value(":pending", s(status_label(Status::Pending)))
        .value(":kept", s(KEPT))
        .value(":rn", b(&registration))
        .value(":now", n(now))
}

/// Creates an account, or leaves the row as it is.
pub(crate) fn find_or_create(newcomer: &NewAccount) -> Update {
    let expression = "SET id = if_not_exists(id, :id), kd = if_not_exists(kd, :kind), \
                      st = if_not_exists(st, :active), ver = if_not_exists(ver, :one), \
                      fam = if_not_exists(fam, :none), cs = if_not_exists(cs, :none), \
                      lk = if_not_exists(lk, :none), \
                      kp = :kept, #ttl = :kept";
    let condition = "attribute_not_exists(kd) OR kd = :kind";
    Update::new(expression.to_owned(), condition.to_owned())
        .returning_the_row()
        .name("#ttl", "ttl")
        .value(":id", s(newcomer.id.as_str()))
        .value(":kind", s(kind_label(newcomer.kind)))
        .value(":active", s(status_label(Status::Active)))
        .value(":one", n(1u64))
        .value(":none", m([]))
        .value(":kept", s(KEPT))
}

/// Returns the account that was found or created.
pub(crate) fn found_or_created(
    updated: Updated,
    newcomer: &NewAccount,
) -> Result<Account, LayoutError> {
    match updated {
        Updated::Written(row) => {
            account(&row, &newcomer.key, newcomer.now)?.ok_or(LayoutError::Attribute("st"))
        }
        Updated::Refused(_) => Err(LayoutError::Attribute("kd")),
    }
}

/// Counts a wrong password in advance.
pub(crate) fn attempt(now: u64) -> Update {
    let expression = format!(
        "SET bad = if_not_exists(bad, :zero) + :one, #ttl = if_not_exists(kp, :ttl), {}",
        shift('t', WRONG_A_DAY)
    );
    let condition = format!(
        "(attribute_not_exists(t{WRONG_A_QUARTER}) OR t{WRONG_A_QUARTER} <= :quarter) \
         AND (attribute_not_exists(t{WRONG_A_DAY}) OR t{WRONG_A_DAY} <= :day) \
         AND (attribute_not_exists(bad) OR bad < :most)"
    );
    Update::new(expression, condition)
        .returning_the_row()
        .name("#ttl", "ttl")
        .value(":zero", n(0u64))
        .value(":one", n(1u64))
        .value(":now", n(now))
        .value(":ttl", n(now + UNKNOWN_ROW_LIFE))
        .value(":quarter", n(now.saturating_sub(QUARTER)))
        .value(":day", n(now.saturating_sub(DAY)))
        .value(":most", n(WRONG_IN_A_ROW))
}

/// Returns the result of counting an attempt.
pub(crate) fn attempted(
    updated: Updated,
    key: &AccountKey,
    now: u64,
) -> Result<Attempt, LayoutError> {
    match updated {
        Updated::Written(row) => confirmed(&row, key, now).map(Attempt::Reserved),
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

/// Returns the attributes that hold the times of attempts.
pub(crate) fn counted() -> String {
    (1..=WRONG_A_DAY).map(|place| format!("t{place}")).collect::<Vec<_>>().join(", ")
}

fn confirmed(row: &Item, key: &AccountKey, now: u64) -> Result<Option<Account>, LayoutError> {
    Ok(account(row, key, now)?.filter(|account| match account.status {
        Status::Active | Status::Disabled => true,
        Status::Pending => false,
    }))
}
