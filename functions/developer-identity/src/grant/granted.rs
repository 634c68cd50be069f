//! Results that the grants have in common.

use lifeguard_identity::limits::{CREDENTIALS_LIFE, CREDENTIALS_SESSIONS};
use lifeguard_identity::session::{CredentialsSession, Family, SessionId};
use lifeguard_identity::token::credentials::CredentialsToken;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::Account;

use crate::command::Scope;
use crate::fault::Failure;
use crate::identity_pool::DeveloperToken;
use crate::invocation::Invocation;
use crate::problem::TokenProblem;
use crate::reason::Reason;

/// The tokens of a grant.
pub(super) struct Granted {
    pub(super) developer_token: DeveloperToken,
    pub(super) access_token: Secret,
    /// Lifetime of the tokens, in seconds.
    pub(super) life: u64,
    pub(super) refresh_token: Option<Secret>,
    pub(super) credentials_token: Option<Secret>,
    pub(super) issued_token_type: Option<&'static str>,
}

/// A new credentials session, with its token.
pub(super) struct NewCredentials {
    pub(super) session: CredentialsSession,
    pub(super) token: Secret,
}

/// Builds the refusal of credentials. Only the log names the reason.
pub(super) fn refused(reason: Reason) -> Failure {
    Failure::because(TokenProblem::InvalidGrant, reason)
}

/// Builds the credentials session of a scope; none for [`Scope::Session`].
///
/// # Errors
/// [`TokenProblem::InvalidScope`] if the account has the most credentials sessions.
pub(super) fn new_credentials(
    scope: Scope,
    account: &Account,
    family: &Family,
    key: &CodeKey,
    invocation: &Invocation,
) -> Result<Option<NewCredentials>, TokenProblem> {
    let id = SessionId(invocation.credentials);
    match scope {
        Scope::Session => Ok(None),
        Scope::Credentials if account.credentials.len() >= CREDENTIALS_SESSIONS => {
            Err(TokenProblem::InvalidScope)
        }
        Scope::Credentials => {
            let (created, tag) = (invocation.now, family.tag.clone());
            let expires = family.ends.min(created + CREDENTIALS_LIFE);
            let session = CredentialsSession { tag: id.tag(), family: tag, created, expires };
            let account = account.key.clone();
            let token = CredentialsToken { account, session: id, expires }.mint(key);
            Ok(Some(NewCredentials { session, token }))
        }
    }
}
