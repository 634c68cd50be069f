//! Grants of tokens: by a password, a refresh token, or a token of a trusted issuer.

mod begin;
mod exchange;
mod granted;
mod password;
mod refresh;
mod under_attack;

use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::Account;

pub(crate) use begin::NotBegun;
use granted::Granted;
use password::Typed;

use crate::command::{Grant, Scope};
use crate::fault::Failure;
use crate::invocation::Invocation;
use crate::provider::{Adapters, Provider};
use crate::response::Response;
use crate::wire::token::TokenAnswer;

impl<A: Adapters> Provider<A> {
    /// Issues tokens, or refuses to.
    pub(crate) async fn grant(
        &self,
        grant: Grant,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        let (outcome, granted) = match grant {
            Grant::Password { client, name, password, mailed, scope } => {
                let typed = Typed { name: &name, password: &password, mailed: &mailed };
                ("signed-in", self.by_password(&client, &typed, scope, invocation).await?)
            }
            Grant::Refresh { token, scope } => {
                ("refreshed", self.by_refresh_token(token, scope, invocation).await?)
            }
            Grant::Exchange { subject_token } => {
                ("exchanged", self.by_exchange(&subject_token, invocation).await?)
            }
        };
        Ok(self.tokens(granted, outcome))
    }

    /// Begins a session for the user of an account who has just authenticated, and returns its
    /// tokens as the grant by a password does.
    pub(crate) async fn sign_in(
        &self,
        account: Account,
        scope: Scope,
        invocation: &Invocation,
        outcome: &'static str,
    ) -> Result<Response, NotBegun> {
        Ok(self.tokens(self.begin(account, scope, invocation).await?, outcome))
    }

    /// True if a client may send a password.
    pub(crate) fn is_first_party(&self, client: &str) -> bool {
        self.identity.first_party.contains(client)
    }

    fn tokens(&self, granted: Granted, outcome: &'static str) -> Response {
        let text = |token: Option<Secret>| token.map(|token| token.expose().to_owned());
        let body = TokenAnswer {
            identity_id: granted.developer_token.identity,
            token: granted.developer_token.token.expose().to_owned(),
            token_type: "Bearer",
            access_token: granted.access_token.expose().to_owned(),
            expires_in: granted.life,
            region: self.identity.region().to_owned(),
            identity_pool_id: self.identity.identity_pool.clone(),
            refresh_token: text(granted.refresh_token),
            credentials_token: text(granted.credentials_token),
            issued_token_type: granted.issued_token_type,
        };
        Response::json(200, &body, outcome)
    }
}
