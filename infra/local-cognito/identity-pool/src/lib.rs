#![doc = include_str!("../README.md")]

mod actions;
mod amr;
mod credential_issuer;
mod developer_identities;
mod directory;
mod http;
mod identities;
mod identity;
mod identity_claims;
mod lazy_key;
mod limits;
mod linking;
mod login;
mod login_verifier;
mod pool;
mod pool_settings;
mod resolver;
mod role;
mod role_chooser;
mod services;
mod settings;
mod snapshot;
mod social;
mod tag;
mod token_issuer;
mod user_pool_verifier;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use serde_json::Value;

pub use self::actions::SERVED;
use self::services::Services;
pub use self::settings::{Settings, Survivor, Uncertain};
use self::snapshot::Snapshot;
pub use self::social::{CLIENT as SOCIAL_CLIENT, PROVIDER as SOCIAL_PROVIDER};
pub use self::token_issuer::OWN_PROVIDER;
pub use self::user_pool_verifier::UserPoolVerifier;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::credentials::Credentials;
use local_cognito_aws_emulation::{ApiError, Caller, wire};
use local_cognito_iam::Roles;

/// All identity pools of one local Cognito; cloning shares them.
#[derive(Clone)]
pub struct IdentityPools(Arc<Services>);

impl IdentityPools {
    /// Returns an empty set of pools. They take tokens that `user_pools` verifies, and put the
    /// credentials that they issue into `credentials`, for these roles alone.
    #[must_use]
    pub fn new(
        settings: Settings,
        clock: Clock,
        user_pools: impl UserPoolVerifier + 'static,
        credentials: Credentials,
        roles: Roles,
    ) -> Self {
        let user_pools = Arc::new(user_pools);
        Self(Arc::new(Services::new(settings, clock, user_pools, credentials, roles)))
    }

    /// Calls one API action by its name, such as `GetId`, with its JSON input.
    ///
    /// # Errors
    /// Error that AWS answers with HTTP 400, or 500 for an internal one.
    pub async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        actions::call(&self.0, caller, action, input).await
    }

    /// Answers one API action over HTTP.
    pub async fn answer(&self, caller: Caller, action: &str, body: &[u8]) -> Response {
        let outcome = match wire::parse(body) {
            Ok(input) => self.call(caller, action, input).await,
            Err(error) => Err(error),
        };
        wire::respond(outcome)
    }

    /// Returns the routes of the documents by which clients verify tokens, and of the stand-in
    /// social provider.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.0))
    }

    /// Makes the key of tokens, which is otherwise made on first use, while a function waits.
    pub async fn make_key(self) {
        if let Err(error) = self.0.tokens.key().await {
            eprintln!("The identity pool has no key: {error}");
        }
    }

    /// Signs an ID token of the stand-in for social and OpenID providers, for tests: `sub`, and
    /// optionally `provider` and claims; a claim that is null is left out.
    ///
    /// # Errors
    /// An input without `sub`.
    pub async fn social_token(&self, input: Value) -> Result<String, ApiError> {
        self.0.social.sign(input).await
    }

    /// Creates a pool like `CreateIdentityPool`, under an id of the caller's choice.
    ///
    /// # Errors
    /// An input that `CreateIdentityPool` would refuse, or an id that is taken.
    pub fn create_pool_with_id(&self, id: &str, input: Value) -> Result<Value, ApiError> {
        actions::create_pool_with_id(&self.0, id, input)
    }

    /// Returns the whole state as JSON: pools, identities, keys.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        Snapshot::take(&self.0)
    }

    /// Replaces the whole state by an earlier [`IdentityPools::snapshot`].
    ///
    /// # Errors
    /// A value that is no snapshot; the state is then as before.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        Snapshot::parse(snapshot).map(|snapshot| snapshot.restore(&self.0))
    }
}
