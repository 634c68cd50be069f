//! Requests to the operator.
//!
//! ```json
//! {"action": "erase", "person": {"user_name": "…", "account": {"address": "…"}}, "mode": "dry_run"}
//! ```

use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::row::Factor;
use serde::Deserialize;

/// A request. Unknown members are refused, because a misspelt one would change the effect.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Shows the counts of a factor of a person.
    ShowBudgets {
        /// The factor.
        factor: FactorName,
        /// The person.
        person: Person,
    },
    /// Resets the counts of a factor of a person.
    ResetBudgets {
        /// The factor.
        factor: FactorName,
        /// The person.
        person: Person,
        /// The mode.
        mode: Mode,
    },
    /// Revokes every session of a person, in the user pool and of the account.
    EndSessions {
        /// The person.
        person: Person,
        /// The mode.
        mode: Mode,
    },
    /// Gives users who can sign in and have no profile the default group and a profile.
    RepairProfiles {
        /// Place where the first page begins.
        next: Option<String>,
        /// The mode.
        mode: Mode,
    },
    /// Erases orphaned profiles, one page at a time: the users are gone.
    SweepProfiles {
        /// Place where the page begins.
        next: Option<String>,
        /// The mode.
        mode: Mode,
    },
    /// Erases a person everywhere.
    Erase {
        /// The person.
        person: Person,
        /// The mode.
        mode: Mode,
    },
}

/// Mode of a request. Every request that makes a change has to name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Reports the changes without making them.
    DryRun,
    /// Makes the changes.
    Apply,
}

/// A person: a user of the user pool, an account of the developer-authenticated provider, or both.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The user name, or an alias that the pool takes for one.
    #[serde(default)]
    pub user_name: Option<String>,
    /// The account.
    #[serde(default)]
    pub account: Option<AccountName>,
}

/// Name of an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountName {
    /// The account with this id.
    Id(String),
    /// The account of the built-in directory with this address.
    Address(String),
    /// The account with this id in the operator's own directory.
    Adapter(String),
    /// The account that signs in to the operator's own directory with this name. Only attempts are
    /// counted by the name.
    AdapterName(String),
    /// The account of a trusted issuer.
    Issuer {
        /// The issuer.
        iss: String,
        /// The subject at the issuer.
        sub: String,
    },
}

/// A factor that has counts.
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
    /// Codes beside the password of an account that is under attack.
    SignIn,
    /// The password of an account.
    Password,
}

/// Place where a factor is counted.
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
    /// Returns the name of the action.
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
    /// Returns the place where the factor is counted.
    #[must_use]
    pub fn counted(self) -> Counted {
        match self {
            Self::Mail => Counted::OfUser(Factor::Email),
            Self::MailAfterPassword => Counted::OfUser(Factor::EmailSecond),
            Self::Registration => Counted::OfAccount(Occasion::Registration),
            Self::Recovery => Counted::OfAccount(Occasion::Recovery),
            Self::SignIn => Counted::OfAccount(Occasion::SignIn),
            Self::Password => Counted::InAccount,
        }
    }
}
