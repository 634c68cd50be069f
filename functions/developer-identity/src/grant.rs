//! Grants of tokens: by a password, a refresh token, or a token of a trusted issuer.

mod exchange;
mod granted;
mod password;
mod refresh;

use lifeguard_sign_in::secret::Secret;

use crate::command::Grant;
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
            Grant::Password { client, name, password, scope } => {
                let granted = self.by_password(&client, &name, &password, scope, invocation).await;
                ("signed-in", granted?)
            }
            Grant::Refresh { token, scope } => {
                ("refreshed", self.by_refresh_token(token, scope, invocation).await?)
            }
            Grant::Exchange { subject_token } => {
                ("exchanged", self.by_exchange(&subject_token, invocation).await?)
            }
        };
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
        Ok(Response::json(200, &body, outcome))
    }
}
