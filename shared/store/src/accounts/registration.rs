//! Updates that create accounts.

use lifeguard_identity::account::{Kind, Status};
use lifeguard_sign_in::secret::Secret;

use super::account::Account;
use super::attempts::{KEPT, counted};
use super::operations::{NewAccount, Registration, Written};
use super::row::{account, kind_label, status, status_label};
use crate::error::LayoutError;
use crate::item::{Item, m, n, s, text};
use crate::update::{Update, Updated};

/// Creates the account of a confirmed address, unless the row has one. The owner of the mailbox
/// begins with a full budget, whatever was guessed at the address before.
pub(crate) fn register(new: &Registration) -> Update {
    let expression = format!(
        "SET id = :id, kd = :kind, st = :active, ph = :ph, ver = :one, fam = :none, cs = :none, \
         lk = :none, kp = :kept, #ttl = :kept, bad = :zero REMOVE {}",
        counted()
    );
    Update::new(expression, "attribute_not_exists(st)".to_owned())
        .name("#ttl", "ttl")
        .value(":id", s(new.id.as_str()))
        .value(":kind", s(kind_label(Kind::Directory)))
        .value(":active", s(status_label(Status::Active)))
        .value(":ph", s(new.hash.expose()))
        .value(":zero", n(0u64))
        .value(":one", n(1u64))
        .value(":none", m([]))
        .value(":kept", s(KEPT))
}

/// Returns `Done` if the row of a refused registration holds the same hash: it is salted, so the
/// same confirmation came before.
pub(crate) fn was_registered(row: &Item, new: &Registration) -> Result<Written, LayoutError> {
    let same = status(row)? == Some(Status::Active)
        && new.hash.matches(&Secret::new(text(row, "ph")?.to_owned()));
    Ok(if same { Written::Done } else { Written::Refused })
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
