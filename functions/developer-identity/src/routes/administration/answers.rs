//! What administration answers. No address is in any of it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ask::administration::Mode;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Done,
    WouldBeDone,
    AlreadyDone,
}

/// Who was found.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpAnswer {
    /// The accounts; several only for one identity.
    #[schema(max_items = 60)]
    pub(crate) accounts: Vec<FoundAccount>,
}

/// An account. Its address is in no answer.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoundAccount {
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// `directory`, `adapter` or `issuer`.
    #[schema(max_length = 16)]
    pub(crate) kind: &'static str,
    /// `pending`, `active` or `disabled`.
    #[schema(max_length = 16)]
    pub(crate) status: &'static str,
    /// The identity that the table names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) identity_id: Option<String>,
    /// The identity that the pool names; another one means that a merge or an unlinking stopped
    /// in between, and is to be repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) identity_id_in_pool: Option<String>,
    /// Other accounts of the same identity.
    #[schema(max_items = 60)]
    pub(crate) shares_identity_with: Vec<String>,
    /// How many sessions live.
    pub(crate) sessions: usize,
    /// How many sessions for credentials live.
    pub(crate) credentials_sessions: usize,
    /// Logins of other providers that lead here.
    #[schema(max_items = 60)]
    pub(crate) links: Vec<LinkOf>,
}

/// A login of another provider; whose it is there is in no answer.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkOf {
    #[schema(max_length = 2048)]
    pub(crate) provider: String,
    /// In seconds since 1970.
    pub(crate) since: u64,
}

/// How an account stands.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandingAnswer {
    pub(crate) outcome: Outcome,
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// `active` or `disabled`, as it is afterwards.
    #[schema(max_length = 16)]
    pub(crate) status: &'static str,
    /// How many sessions end by it.
    pub(crate) ended_sessions: usize,
}

/// What an account was taken off.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnlinkAnswer {
    pub(crate) outcome: Outcome,
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// The identity that it had; the next sign-in brings a new one.
    #[schema(max_length = 55)]
    pub(crate) identity_id: String,
    /// The accounts that keep it.
    #[schema(max_items = 60)]
    pub(crate) remaining_accounts: Vec<String>,
}

/// What two accounts have become.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeAnswer {
    pub(crate) outcome: Outcome,
    pub(crate) source: PartyAnswer,
    pub(crate) destination: PartyAnswer,
    /// The identity of both afterwards.
    #[schema(max_length = 55)]
    pub(crate) remaining_identity_id: String,
    /// The identity that nobody reaches afterwards, with whatever lies under its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) disabled_identity_id: Option<String>,
}

/// One of two accounts.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartyAnswer {
    #[schema(max_length = 32)]
    pub(crate) account_id: String,
    /// The identity that it had before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55, nullable = false)]
    pub(crate) identity_id: Option<String>,
}

impl Outcome {
    /// What acting in this mode comes to.
    pub(crate) const fn of(mode: Mode) -> Self {
        match mode {
            Mode::Apply => Self::Done,
            Mode::DryRun => Self::WouldBeDone,
        }
    }

    /// The word for the log.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::WouldBeDone => "dry-run",
            Self::AlreadyDone => "already-done",
        }
    }
}
