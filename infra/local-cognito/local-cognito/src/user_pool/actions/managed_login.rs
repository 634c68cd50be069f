//! A stand-in for the pages of managed login: what `/oauth2/authorize`, `/login` with a password
//! and `/oauth2/token` come to, in one call.
//!
//! What an application can see of them is the tokens: a `nonce` that it sent stands in the ID
//! token, which no other way in has. Access tokens have the scope of the API here too.

use serde_json::{Value, json};

use super::sign_in::Entrance;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, Texts};
use crate::user_pool::Host;

impl Host {
    pub(in crate::user_pool) async fn managed_login(
        &self,
        input: &Input,
    ) -> Result<Value, ApiError> {
        let mut attempt = self.attempt(input)?;
        attempt.entrance = Entrance::Pages { nonce: input.text("Nonce")?.map(str::to_owned) };
        let parameters: Texts = [("USERNAME", "Username"), ("PASSWORD", "Password")]
            .into_iter()
            .map(|(name, member)| Ok((name.to_owned(), input.required(member)?.to_owned())))
            .collect::<Result<_, ApiError>>()?;
        let answer = self.by_password(&attempt, &parameters).await?;
        let token = |name: &str| answer.pointer(&format!("/AuthenticationResult/{name}"));
        match token("IdToken") {
            Some(id_token) => Ok(json!({
                "id_token": id_token,
                "access_token": token("AccessToken"),
                "refresh_token": token("RefreshToken"),
                "expires_in": token("ExpiresIn"),
                "token_type": "Bearer",
            })),
            None => Err(ApiError::invalid("The page would ask for more, which is not played.")),
        }
    }
}
