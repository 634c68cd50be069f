//! The user-pool API: what `cognito-idp` does, as far as a client or a trigger can see it.
//!
//! State lives in memory behind one lock that is never held while a trigger runs; an action reads
//! what it needs, invokes, and writes again.
//! Events and answers follow the documented contract, not any other crate of this workspace.

mod error;
mod settings;

use std::sync::Arc;

use axum::Router;
use serde_json::Value;

pub use self::error::ApiError;
pub use self::settings::{
    BothFlags, CodelessMessage, MadeUp, Settings, Uncertain, UndecidedDefine,
};
use crate::clock::Clock;
use crate::functions::Functions;
use crate::journal::Journal;
use crate::outbox::Outbox;

/// Whether a request carried an AWS signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Unsigned: a browser or an app.
    Public,
    /// Signed with AWS credentials, which admin and control-plane actions demand; the signature
    /// itself is not checked.
    Signed,
}

/// All user pools of one host; cloning shares them.
#[derive(Clone)]
pub struct UserPools(Arc<Host>);

struct Host {
    settings: Settings,
    clock: Clock,
    functions: Functions,
    journal: Journal,
    outbox: Outbox,
}

impl UserPools {
    /// An empty set of pools over the host's clock, functions, journal and outbox.
    #[must_use]
    pub fn new(
        settings: Settings,
        clock: Clock,
        functions: Functions,
        journal: Journal,
        outbox: Outbox,
    ) -> Self {
        Self(Arc::new(Host {
            settings,
            clock,
            functions,
            journal,
            outbox,
        }))
    }

    /// One API action by its name, such as `SignUp`, with its JSON input.
    ///
    /// # Errors
    /// What AWS answers with HTTP 400 (500 for an internal error).
    pub async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let _ = (caller, input);
        Err(ApiError::unknown_operation(action))
    }

    /// The HTTP surface: `POST /` by `X-Amz-Target`, the key set and the OpenID configuration of
    /// each pool, with CORS for browsers.
    pub fn router(&self) -> Router {
        Router::new()
    }

    /// Creates a pool like `CreateUserPool`, under an id of the caller's choice.
    ///
    /// # Errors
    /// An input that `CreateUserPool` would refuse, or an id that is taken.
    pub fn create_pool_with_id(&self, id: &str, input: Value) -> Result<Value, ApiError> {
        let _ = (id, input);
        Err(ApiError::unknown_operation("CreateUserPool"))
    }

    /// Creates a client like `CreateUserPoolClient`, under an id of the caller's choice.
    ///
    /// # Errors
    /// An input that `CreateUserPoolClient` would refuse, an unknown pool, or an id that is taken.
    pub fn create_client_with_id(
        &self,
        pool: &str,
        client: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let _ = (pool, client, input);
        Err(ApiError::unknown_operation("CreateUserPoolClient"))
    }

    /// The whole state as JSON: pools, clients, users, keys, sessions.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        Value::Null
    }

    /// Replaces the whole state by an earlier [`UserPools::snapshot`].
    ///
    /// # Errors
    /// A value that is no snapshot; the state is then as before.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let _ = snapshot;
        Ok(())
    }
}
