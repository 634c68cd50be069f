//! The user-pool API: what `cognito-idp` does, as far as a client or a trigger can see it.
//!
//! State lives in memory behind one lock that is never held while a trigger runs; an action reads
//! what it needs, invokes, and writes again.
//! Events and answers follow the documented contract, not any other crate of this workspace.
//! Not served: MFA, devices, federation; of the hosted pages there is a stand-in for a sign-in.

mod actions;
mod attribute;
mod claim;
mod client;
mod code;
mod existence;
mod federation;
mod http;
mod issuer_form;
mod key;
mod message;
mod password;
mod pool;
mod recovery;
mod session;
mod settings;
mod srp;
mod state;
mod token;
mod trigger;
mod user;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde_json::Value;

pub(crate) use self::actions::SERVED;
pub use self::issuer_form::IssuerForm;
pub use self::settings::{
    BothFlags, CodelessMessage, HiddenDelivery, FakeUserName, Settings, Uncertain, UndecidedDefine,
};
use self::state::State;
use crate::aws_api::input::Input;
pub use crate::aws_api::{ApiError, Caller};
use crate::clock::Clock;
use crate::functions::Functions;
use crate::journal::Journal;
use crate::outbox::Outbox;

/// All user pools of one host; cloning shares them.
#[derive(Clone)]
pub struct UserPools(Arc<Host>);

/// What every action works on.
struct Host {
    settings: Settings,
    clock: Clock,
    functions: Functions,
    journal: Journal,
    outbox: Outbox,
    state: Arc<Mutex<State>>,
    /// Held while a pool's keys are made, so that they are made once.
    key_making: tokio::sync::Mutex<()>,
}

impl Host {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
            state: Arc::default(),
            key_making: tokio::sync::Mutex::default(),
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
        self.0.call(caller, action, input).await
    }

    /// What a sign-in with `Username`, `Password` and perhaps a `Nonce` at the pages of managed
    /// login brings to the client `ClientId`, in the form of `/oauth2/token`.
    ///
    /// # Errors
    /// What the page would show.
    pub async fn managed_login(&self, input: Value) -> Result<Value, ApiError> {
        self.0.managed_login(&Input::of(input)?).await
    }

    /// The HTTP surface: `POST /` by `X-Amz-Target`, the key set and the OpenID configuration of
    /// each pool, with CORS for browsers.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Creates a pool like `CreateUserPool`, under an id of the caller's choice.
    ///
    /// # Errors
    /// An input that `CreateUserPool` would refuse, or an id that is taken.
    pub fn create_pool_with_id(&self, id: &str, input: Value) -> Result<Value, ApiError> {
        self.0.add_seeded_pool(id, &Input::of(input)?)
    }

    /// Creates a client like `CreateUserPoolClient`, under an id of the caller's choice; with
    /// `ClientName` in the input, `UserPoolId` may be left out.
    ///
    /// # Errors
    /// An input that `CreateUserPoolClient` would refuse, an unknown pool, or an id that is taken.
    pub fn create_client_with_id(
        &self,
        pool: &str,
        client: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        self.0.add_seeded_client(pool, client, input)
    }

    /// The whole state as JSON: pools, clients, users, keys, sessions.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        serde_json::to_value(&*self.0.state()).unwrap_or_default()
    }

    /// Replaces the whole state by an earlier [`UserPools::snapshot`].
    ///
    /// # Errors
    /// A value that is no snapshot; the state is then as before.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let restored: State = serde_json::from_value(snapshot)?;
        *self.0.state() = restored;
        Ok(())
    }
}
