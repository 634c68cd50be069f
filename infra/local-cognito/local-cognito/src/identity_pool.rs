//! The identity-pool API: what `cognito-identity` does, as far as a client or a function can see
//! it.
//!
//! State lives in memory behind one lock that is never held across an await.
//! Answers follow the documented contract, not any other crate of this workspace.
//! Not served: SAML providers, tags of the pools themselves, the basic flow's STS.

mod actions;
mod amr;
mod config;
mod credential;
mod http;
mod linking;
mod login;
mod role;
mod rule;
mod settings;
mod social;
mod state;
mod tag;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::response::Response;
use serde_json::Value;

pub(crate) use self::actions::SERVED;
pub use self::settings::{Settings, Survivor, Uncertain};
pub use self::social::{CLIENT as SOCIAL_CLIENT, PROVIDER as SOCIAL_PROVIDER};
use self::state::State;
pub use self::token::PROVIDER as OWN_PROVIDER;
use crate::aws_api::input::Input;
use crate::aws_api::{ApiError, Caller, wire};
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::iam::Roles;
use crate::user_pool::UserPools;

/// All identity pools of one host; cloning shares them.
#[derive(Clone)]
pub struct IdentityPools(Arc<Host>);

/// What every action works on.
struct Host {
    settings: Settings,
    clock: Clock,
    user_pools: UserPools,
    credentials: Credentials,
    roles: Roles,
    state: Arc<Mutex<State>>,
    /// Held while a key is made, so that it is made once.
    key_making: tokio::sync::Mutex<()>,
}

impl Host {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdentityPools {
    /// An empty set of pools that takes the tokens of these user pools and puts what it hands out
    /// into these credentials, for these roles alone.
    #[must_use]
    pub fn new(
        settings: Settings,
        clock: Clock,
        user_pools: UserPools,
        credentials: Credentials,
        roles: Roles,
    ) -> Self {
        Self(Arc::new(Host {
            settings,
            clock,
            user_pools,
            credentials,
            roles,
            state: Arc::default(),
            key_making: tokio::sync::Mutex::default(),
        }))
    }

    /// One API action by its name, such as `GetId`, with its JSON input.
    ///
    /// # Errors
    /// What AWS answers with HTTP 400 (500 for an internal error).
    pub async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        self.0.call(caller, action, input).await
    }

    /// One API action over HTTP.
    pub(crate) async fn answer(&self, caller: Caller, action: &str, body: &[u8]) -> Response {
        let outcome = match wire::parse(body) {
            Ok(input) => self.call(caller, action, input).await,
            Err(error) => Err(error),
        };
        wire::respond(outcome)
    }

    /// The documents by which others verify tokens, and the stand-in social provider.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Makes the key of tokens, which is otherwise made on first use, while a function waits.
    pub(crate) async fn make_key(self) {
        if let Err(error) = self.0.token_key().await {
            eprintln!("The identity pool has no key: {error}");
        }
    }

    /// An ID token of the stand-in for social and OpenID providers, for tests: `sub`, and what
    /// else is wanted of `provider` and claims; a claim that is null is left out.
    ///
    /// # Errors
    /// An input without `sub`.
    pub async fn social_token(&self, input: Value) -> Result<String, ApiError> {
        self.0.social_token(input).await
    }

    /// Creates a pool like `CreateIdentityPool`, under an id of the caller's choice.
    ///
    /// # Errors
    /// An input that `CreateIdentityPool` would refuse, or an id that is taken.
    pub fn create_pool_with_id(&self, id: &str, input: Value) -> Result<Value, ApiError> {
        self.0.add_pool(id, &Input::of(input)?)
    }

    /// The whole state as JSON: pools, identities, keys.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        serde_json::to_value(&*self.0.state()).unwrap_or_default()
    }

    /// Replaces the whole state by an earlier [`IdentityPools::snapshot`].
    ///
    /// # Errors
    /// A value that is no snapshot; the state is then as before.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let restored: State = serde_json::from_value(snapshot)?;
        *self.0.state() = restored;
        Ok(())
    }
}
