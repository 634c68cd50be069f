//! Access keys, and the callers that own them.

use local_cognito_aws_emulation::credentials::Holder;
use subtle::ConstantTimeEq;

/// The access key id that may do everything.
pub const ADMINISTRATOR: &str = "local";
/// The secret of the administrator and of every function; it guards nothing.
pub const LOCAL_SECRET: &str = "local";
/// The session token of every function; the administrator has none.
pub const FUNCTION_TOKEN: &str = "local";

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The person at this machine.
    Administrator,
    /// A function, by its name.
    Function(String),
    /// Somebody with temporary credentials of the identity pool.
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
    /// Whose it is.
    pub caller: Caller,
    /// What its owner signs with.
    pub secret_key: String,
    /// The session token that has to come along; none may if there is none.
    pub session_token: Option<String>,
    /// From when on it is dead, in seconds since 1970 on the host's clock.
    pub expires: Option<u64>,
}

impl Key {
    /// Whether this is the session token that has to come along.
    #[must_use]
    pub fn takes(&self, session_token: Option<&[u8]>) -> bool {
        match (&self.session_token, session_token) {
            (None, None) => true,
            (Some(own), Some(given)) => own.as_bytes().ct_eq(given).into(),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Whether it is dead at `now`, in seconds since 1970 on the host's clock.
    #[must_use]
    pub fn is_dead(&self, now: u64) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }
}
