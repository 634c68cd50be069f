//! Commands of an administrator.

use lifeguard_identity::account::AccountId;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::NewStatus;

use crate::wire::administration::{AccountBody, MergeBody};

/// A command of an administrator.
#[derive(Debug)]
pub(crate) enum AdministrationCommand {
    /// Finds accounts and describes them.
    LookUp(AccountQuery),
    /// Disables or enables an account.
    SetStatus(AccountBody, NewStatus),
    /// Removes an account's login from the identity that it shares with others.
    Unlink(AccountBody),
    /// Gives the accounts of the source's identity the identity of the destination.
    Merge(MergeBody),
}

/// A query for accounts.
#[derive(Debug)]
pub(crate) enum AccountQuery {
    /// By account id.
    Account(AccountId),
    /// By e-mail address, in the built-in directory.
    Address(Secret),
    /// By identity id.
    Identity(String),
}

impl AdministrationCommand {
    /// Returns the name of the command in the audit log.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::LookUp(_) => "look_up",
            Self::SetStatus(_, NewStatus::Disabled) => "disable",
            Self::SetStatus(_, NewStatus::Active) => "enable",
            Self::Unlink(_) => "unlink",
            Self::Merge(_) => "merge",
        }
    }
}
