//! A stand-in for the pages of managed login: the outcome of `/oauth2/authorize`, `/login` with a
//! password and `/oauth2/token`, in one call.
//!
//! An application can see the tokens alone: a `nonce` that it sent stands in the ID token, which no
//! other sign-in has. Access tokens have the scope of the API here too.

use serde_json::{Value, json};

use super::registry::PoolRegistry;
use super::sign_in::{Attempt, Origin, PasswordSignIn};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, Texts};

/// A sign-in at the pages.
struct ManagedLoginRequest {
    client_id: String,
    username: String,
    password: String,
    nonce: Option<String>,
    client_metadata: Option<Texts>,
}

impl ManagedLoginRequest {
    /// Parses an input, for which the API model has no constraints.
    fn parse(input: &Input) -> Result<Self, ApiError> {
        Ok(Self {
            client_id: input.required("ClientId")?.to_owned(),
            username: input.required("Username")?.to_owned(),
            password: input.required("Password")?.to_owned(),
            nonce: input.text("Nonce")?.map(str::to_owned),
            client_metadata: input.metadata()?,
        })
    }
}

/// Signs a user in at the pages, and returns the tokens in the form of `/oauth2/token`.
pub(crate) async fn sign_in(
    pools: &PoolRegistry,
    passwords: &PasswordSignIn,
    input: &Input,
) -> Result<Value, ApiError> {
    let request = ManagedLoginRequest::parse(input)?;
    let mut attempt = Attempt::from_client(pools, &request.client_id, request.client_metadata)?;
    attempt.origin = Origin::ManagedLogin { nonce: request.nonce };
    let parameters: Texts = [("USERNAME", request.username), ("PASSWORD", request.password)]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
    let answer = passwords.sign_in(&attempt, &parameters).await?;
    let token = |name: &str| answer.pointer(&format!("/AuthenticationResult/{name}"));
    match token("IdToken") {
        Some(id_token) => Ok(json!({
            "id_token": id_token,
            "access_token": token("AccessToken"),
            "refresh_token": token("RefreshToken"),
            "expires_in": token("ExpiresIn"),
            "token_type": "Bearer",
        })),
        None => Err(ApiError::invalid(
            "The page would ask for more, which this local Cognito does not serve.",
        )),
    }
}
