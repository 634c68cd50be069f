//! Updates that create accounts.

use lifeguard_identity::account::{Kind, Status};
use lifeguard_identity::limits::RESERVATION;
use lifeguard_sign_in::budget::UNKNOWN_ROW_LIFE;

use super::account::Account;
use super::attempts::{KEPT, counted};
use super::operations::{NewAccount, Registration};
use super::row::{account, kind_label, status_label};
use crate::error::LayoutError;
use crate::item::{b, m, n, s};
use crate::update::{Update, Updated};

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
