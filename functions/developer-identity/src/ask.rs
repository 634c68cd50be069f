//! What somebody asks for. Nothing in here names a login, an identity or a tag: those are derived
//! by the server from what was proved. Another login comes as the proof of it. Only administrators
//! name accounts of others.

pub(crate) mod administration;

use axum::response::{IntoResponse, Response};
use lifeguard_identity::session::SessionTag;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;

use self::administration::Act;
use crate::gateway::{Principal, Vouched};

/// A request that a route has read.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// To register an address.
    Register(Register),
    /// To confirm a registration.
    Confirm(Confirm),
    /// For a code that sets another password.
    Recover(Recover),
    /// For another password, with such a code.
    ConfirmRecovery(ConfirmRecovery),
    /// For another password, with the current one.
    ChangePassword(ChangePassword),
    /// For tokens.
    Token(Grant),
    /// For temporary AWS credentials, with a session for them.
    Credentials(Secret),
    /// Who one is, with an access token.
    Identity(Secret),
    /// For a nonce, with an access token.
    LinkNonce(Secret),
    /// To link the login that an ID token proves, with an access token.
    Link(Secret, Secret),
    /// To take the login at a provider away, with an access token.
    Unlink(Secret, String),
    /// To end a session, with an access token.
    Logout(Secret, LogoutOf),
    /// Who one is, as the gateway has found.
    WhoAmI(Option<Vouched>),
    /// What an administrator wants done.
    Administer(Principal, Act),
}

/// A registration.
#[derive(Clone, Debug)]
pub(crate) struct Register {
    pub(crate) email: Secret,
    pub(crate) password: Secret,
    pub(crate) language: Language,
}

/// The answer to a mailed code.
#[derive(Clone, Debug)]
pub(crate) struct Confirm {
    pub(crate) handle: Secret,
    pub(crate) code: Secret,
}

/// Somebody who has forgotten the password.
#[derive(Clone, Debug)]
pub(crate) struct Recover {
    pub(crate) email: Secret,
    pub(crate) language: Language,
}

/// The answer to the code of a recovery.
#[derive(Clone, Debug)]
pub(crate) struct ConfirmRecovery {
    pub(crate) email: Secret,
    pub(crate) handle: Secret,
    pub(crate) code: Secret,
    pub(crate) password: Secret,
}

/// Another password for the owner of an access token.
#[derive(Clone, Debug)]
pub(crate) struct ChangePassword {
    pub(crate) token: Secret,
    pub(crate) email: Secret,
    pub(crate) current: Secret,
    pub(crate) new: Secret,
}

/// What is presented for tokens.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    /// A name and a password.
    Password { client: String, name: Secret, password: Secret, scope: Scope },
    /// A refresh token.
    Refresh { token: Secret, scope: Scope },
    /// A token of a trusted issuer.
    Exchange { subject_token: Secret },
}

/// What tokens are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A session with a refresh token.
    Session,
    /// Temporary AWS credentials and nothing else.
    Credentials,
}

/// What a logout ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LogoutOf {
    /// The session of the token itself.
    This,
    /// One session for credentials of the same account.
    Credentials(SessionTag),
}

/// A route reads and does nothing else: what it has read travels in the response's extensions.
impl IntoResponse for Ask {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}
