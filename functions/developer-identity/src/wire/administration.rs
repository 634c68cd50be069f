//! Bodies of the administration of accounts. No response holds an e-mail address.

use lifeguard_identity::account::AccountId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A query for accounts, with exactly one of these members.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpBody {
    /// The account with this id.
    #[schema(max_length = 32, pattern = "^[0-9a-f]{32}$")]
    pub(crate) account_id: Option<String>,
    /// The account with this e-mail address in the built-in directory.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    pub(crate) address: Option<String>,
    /// The accounts of this identity.
    #[schema(max_length = 55, pattern = "^[\\w-]+:[0-9a-f-]+$")]
    pub(crate) identity_id: Option<String>,
}

/// The account to change, and the mode.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountBody {
    /// The account.
    #[serde(deserialize_with = "super::account_id")]
    #[schema(value_type = String, max_length = 32, pattern = "^[0-9a-f]{32}$")]
    pub(crate) account_id: AccountId,
    pub(crate) mode: Mode,
}

/// Two accounts of one user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeBody {
    /// The account that loses its identity.
    #[serde(deserialize_with = "super::account_id")]
    #[schema(value_type = String, max_length = 32, pattern = "^[0-9a-f]{32}$")]
    pub(crate) source: AccountId,
    /// The account that keeps its identity.
    #[serde(deserialize_with = "super::account_id")]
    #[schema(value_type = String, max_length = 32, pattern = "^[0-9a-f]{32}$")]
    pub(crate) destination: AccountId,
    pub(crate) mode: Mode,
}

/// `apply` changes the account; `dry_run` reports the change and makes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ModeBody)]
pub(crate) enum Mode {
    DryRun,
    Apply,
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Done,
    WouldBeDone,
    AlreadyDone,
}

/// The accounts that were found.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpAnswer {
    /// The accounts; several only for one identity.
    #[schema(max_items = 60)]
    pub(crate) accounts: Vec<FoundAccount>,
}

/// An account, without its e-mail address.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoundAccount {
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// `directory`, `adapter` or `issuer`.
    #[schema(max_length = 16)]
    pub(crate) kind: &'static str,
    /// `active` or `disabled`.
    #[schema(max_length = 16)]
    pub(crate) status: &'static str,
    /// The identity in the accounts table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) identity_id: Option<String>,
    /// The identity in the identity pool. A difference from `identity_id` means that a merge or an
    /// unlinking was interrupted; repeat it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) identity_id_in_pool: Option<String>,
    /// Other accounts of the same identity.
    #[schema(max_items = 60)]
    pub(crate) shares_identity_with: Vec<String>,
    /// The number of active sessions.
    pub(crate) sessions: usize,
    /// The number of active credentials sessions.
    pub(crate) credentials_sessions: usize,
    /// The linked logins at other providers.
    #[schema(max_items = 60)]
    pub(crate) links: Vec<LinkOf>,
}

/// A linked login at another provider, without the subject there.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkOf {
    #[schema(max_length = 2048)]
    pub(crate) provider: String,
    /// The time of linking, in seconds since 1970.
    pub(crate) since: u64,
}

/// The status of an account.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StandingAnswer)]
pub(crate) struct StatusAnswer {
    pub(crate) outcome: Outcome,
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// The status afterwards, `active` or `disabled`.
    #[schema(max_length = 16)]
    pub(crate) status: &'static str,
    /// The number of sessions that the change revokes.
    pub(crate) ended_sessions: usize,
}

/// The identity that an account was unlinked from.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnlinkAnswer {
    pub(crate) outcome: Outcome,
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// The former identity; the next sign-in creates a new one.
    #[schema(max_length = 55)]
    pub(crate) identity_id: String,
    /// The accounts that keep the identity.
    #[schema(max_items = 60)]
    pub(crate) remaining_accounts: Vec<String>,
}

/// The result of a merge.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeAnswer {
    pub(crate) outcome: Outcome,
    pub(crate) source: PartyAnswer,
    pub(crate) destination: PartyAnswer,
    /// The identity of both afterwards.
    #[schema(max_length = 55)]
    pub(crate) remaining_identity_id: String,
    /// The identity that no account leads to afterwards; the data stored under it is unreachable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) disabled_identity_id: Option<String>,
}

/// One of the two accounts of a merge.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartyAnswer {
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// The identity before the merge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) identity_id: Option<String>,
}

impl Mode {
    /// Returns the outcome of a change in this mode.
    pub(crate) const fn outcome(self) -> Outcome {
        match self {
            Self::Apply => Outcome::Done,
            Self::DryRun => Outcome::WouldBeDone,
        }
    }
}

impl Outcome {
    /// Returns the name of the outcome in logs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::WouldBeDone => "dry-run",
            Self::AlreadyDone => "already-done",
        }
    }
}
