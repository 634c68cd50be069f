//! Commands: one for each request that a route accepts.
//!
//! A command has no member for a login, an identity or a tag of the caller: the server derives them
//! from verified tokens. Another login arrives as its ID token. Only an administrator's command
//! names the account of another user.

use lifeguard_identity::session::SessionTag;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;

use crate::administration::command::AdministrationCommand;
use crate::caller::{IamPrincipal, PoolCaller};
use crate::wire::accounts::{ConfirmBody, RegisterBody};
use crate::wire::passwords::{ChangePasswordBody, ConfirmRecoveryBody, RecoverBody};

/// A request that a route has parsed. Tokens are not verified yet.
#[derive(Debug)]
pub(crate) enum Command {
    /// Sends a code that confirms an e-mail address.
    Register(RegisterBody),
    /// Creates an account with such a code and a password.
    Confirm(ConfirmBody),
    /// Sends a code for a new password.
    Recover(RecoverBody),
    /// Sets a new password with such a code, and begins a session.
    ConfirmRecovery(ConfirmRecoveryBody, Scope),
    /// Sets a new password with an access token and the current password.
    ChangePassword(Secret, ChangePasswordBody),
    /// Issues tokens.
    Grant(Grant),
    /// Issues temporary AWS credentials for a credentials token.
    IssueCredentials(Secret),
    /// Describes the account of an access token.
    DescribeIdentity(Secret),
    /// Issues a nonce for the session of an access token.
    IssueNonce(Secret),
    /// Links the login that an ID token proves to the account of an access token.
    Link {
        /// The access token.
        token: Secret,
        /// The ID token of the other login.
        id_token: Secret,
    },
    /// Unlinks the login at a provider from the account of an access token.
    Unlink {
        /// The access token.
        token: Secret,
        /// The provider, as the identity pool names it.
        provider: String,
    },
    /// Revokes a session of the account of an access token.
    LogOut(Secret, LogoutTarget),
    /// Describes the caller that API Gateway has verified.
    DescribeCaller(Option<PoolCaller>),
    /// Runs an administrator's command.
    Administer(IamPrincipal, AdministrationCommand),
    /// Serves the OpenAPI document for a server at this base path.
    Document {
        /// The stage or the base path of a domain; empty if there is none.
        base_path: String,
    },
}

/// A grant of tokens.
#[derive(Debug)]
pub(crate) enum Grant {
    /// By a user name and a password.
    Password { client: String, name: Secret, password: Secret, mailed: MailedCode, scope: Scope },
    /// By a refresh token.
    Refresh { token: Secret, scope: Scope },
    /// By a token of a trusted issuer.
    Exchange { subject_token: Secret },
}

/// Code that was mailed for a sign-in, as far as a request has one.
#[derive(Debug)]
pub(crate) struct MailedCode {
    /// The handle and the code; none in a first request.
    pub(crate) given: Option<(Secret, Secret)>,
    /// The language of a mail that is still to be sent.
    pub(crate) language: Language,
}

/// The kind of session that a grant begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A session with a refresh token.
    Session,
    /// A credentials session.
    Credentials,
}

impl Scope {
    /// Parses the parameter `scope`; an empty one counts as absent.
    pub(crate) fn parse(text: Option<&str>) -> Option<Self> {
        match text.unwrap_or_default() {
            "" => Some(Self::Session),
            "credentials" => Some(Self::Credentials),
            _ => None,
        }
    }
}

/// The session that a logout revokes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LogoutTarget {
    /// The session of the access token itself.
    Current,
    /// A credentials session of the same account.
    Credentials(SessionTag),
}
