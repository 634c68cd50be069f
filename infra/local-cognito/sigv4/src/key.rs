//! Access keys, and the callers that own them.

use local_cognito_aws_emulation::credentials::Holder;
use subtle::ConstantTimeEq;

/// The access key id that may do everything.
pub const ADMINISTRATOR: &str = "local";
/// The secret of the administrator and of every function; it guards nothing.
pub const LOCAL_SECRET: &str = "local";
/// The session token of every function; the administrator has none.
pub const FUNCTION_TOKEN: &str = "local";

/// Caller that signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The developer at this machine.
    Administrator,
    /// A function, by its name.
    Function(String),
    /// A holder of temporary credentials of the identity pool.
    Holder(Box<Holder>),
}

impl Caller {
    /// The function's name, as the journal has it; `-` for all others.
    #[must_use]
    pub fn function(&self) -> &str {
        match self {
            Self::Function(name) => name,
            Self::Administrator | Self::Holder(_) => "-",
        }
    }
}

/// An access key, and what belongs to it.
#[derive(Clone)]
pub struct Key {
    /// Owner of the key.
    pub caller: Caller,
    /// Secret that its owner signs with.
    pub secret_key: String,
    /// The session token that has to come along; none may if there is none.
    pub session_token: Option<String>,
    /// Time of expiry, in seconds since 1970 by the clock of the local Cognito.
    pub expires: Option<u64>,
}

impl Key {
    /// Returns true if this is the session token that belongs to the key.
    #[must_use]
    pub fn takes(&self, session_token: Option<&[u8]>) -> bool {
        match (&self.session_token, session_token) {
            (None, None) => true,
            (Some(own), Some(given)) => own.as_bytes().ct_eq(given).into(),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Returns true if it has expired at `now`, in seconds since 1970 by the clock of the local
    /// Cognito.
    #[must_use]
    pub fn is_dead(&self, now: u64) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }
}
