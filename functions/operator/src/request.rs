//! What may be asked of the operator.
//!
//! ```json
//! {"action": "erase", "person": {"user_name": "…", "account": {"address": "…"}}, "mode": "dry_run"}
//! ```

use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::row::Factor;
use serde::Deserialize;

/// A request. Members that nobody knows are refused, for a misspelt one changes what is done.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// What a factor of a person has counted.
    ShowBudgets {
        /// The factor.
        factor: FactorName,
        /// Whose.
        person: Person,
    },
    /// Takes that back.
    ResetBudgets {
        /// The factor.
        factor: FactorName,
        /// Whose.
        person: Person,
        /// Whether it is done.
        mode: Mode,
    },
    /// Ends every session of a person, in the user pool and of the account.
    EndSessions {
        /// Whose.
        person: Person,
        /// Whether it is done.
        mode: Mode,
    },
    /// Gives users who can sign in and have no profile the default group and a profile.
    RepairProfiles {
        /// Place where the first page begins.
        next: Option<String>,
        /// Whether it is done.
        mode: Mode,
    },
    /// Erases the profiles of one page whose users are gone.
    SweepProfiles {
        /// Where the page begins.
        next: Option<String>,
        /// Whether it is done.
        mode: Mode,
    },
    /// Erases a person everywhere.
    Erase {
        /// Whom.
        person: Person,
        /// Whether it is done.
        mode: Mode,
    },
}

/// Whether something is done. Every request that changes something has to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is only said what would be done.
    DryRun,
    /// It is done.
    Apply,
}

/// Who somebody is, in the user pool, in our own directory or in both.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The user name, or whatever else the pool takes for one.
    #[serde(default)]
    pub user_name: Option<String>,
    /// The account.
    #[serde(default)]
    pub account: Option<AccountName>,
}

/// Which account it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountName {
    /// The one with this id.
    Id(String),
    /// The one of the built-in directory with this address.
    Address(String),
    /// The one of the operator's own directory with the id that it gives.
    Adapter(String),
    /// The one that signs in to the operator's own directory with this name. Only its attempts are
    /// known by the name.
    AdapterName(String),
    /// The one of a trusted issuer.
    Issuer {
        /// The issuer.
        iss: String,
        /// The person's name there.
        sub: String,
    },
}

/// What counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorName {
    /// Codes by mail of a user.
    Mail,
    /// Codes by mail after a password, of a user.
    MailAfterPassword,
    /// Codes for the registration of an account.
    Registration,
    /// Codes for the recovery of an account.
    Recovery,
    /// The password of an account.
    Password,
}

/// Where a factor is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// In the challenge rows of a user, one for each client.
    OfUser(Factor),
    /// In a challenge row of an account.
    OfAccount(Occasion),
    /// In the account's own row.
    InAccount,
}

impl Request {
    /// The word for the action.
    #[must_use]
    pub fn action(&self) -> &'static str {
        match self {
            Self::ShowBudgets { .. } => "show_budgets",
            Self::ResetBudgets { .. } => "reset_budgets",
            Self::EndSessions { .. } => "end_sessions",
            Self::RepairProfiles { .. } => "repair_profiles",
            Self::SweepProfiles { .. } => "sweep_profiles",
            Self::Erase { .. } => "erase",
        }
    }
}

impl FactorName {
    /// Where it is counted.
    #[must_use]
    pub fn counted(self) -> Counted {
        match self {
            Self::Mail => Counted::OfUser(Factor::Email),
            Self::MailAfterPassword => Counted::OfUser(Factor::EmailSecond),
            Self::Registration => Counted::OfAccount(Occasion::Registration),
            Self::Recovery => Counted::OfAccount(Occasion::Recovery),
            Self::Password => Counted::InAccount,
        }
    }
}
