//! What administrators ask for.

use lifeguard_identity::account::AccountId;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::NewStatus;

/// What an administrator wants done.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// To see what there is of somebody.
    LookUp(Whom),
    /// To close an account or to open it.
    SetStanding(AccountId, NewStatus, Mode),
    /// To take an account's login away from the identity that it shares with others.
    Unlink(AccountId, Mode),
    /// To make two accounts one person: the first gives its identity up for that of the second.
    Merge(AccountId, AccountId, Mode),
}

/// Who is looked up.
#[derive(Clone, Debug)]
pub(crate) enum Whom {
    /// An account.
    Account(AccountId),
    /// Whoever has this address in the built-in directory.
    Address(Secret),
    /// The accounts of an identity.
    Identity(String),
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is only said what would be done.
    DryRun,
    /// It is done.
    Apply,
}

impl Mode {
    /// The word for it in the audit.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::DryRun => "dry-run",
            Self::Apply => "done",
        }
    }
}

impl Act {
    /// The word for it in the audit.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::LookUp(_) => "look_up",
            Self::SetStanding(_, NewStatus::Disabled, _) => "disable",
            Self::SetStanding(_, NewStatus::Active, _) => "enable",
            Self::Unlink(..) => "unlink",
            Self::Merge(..) => "merge",
        }
    }
}
