//! Sign-in: `InitiateAuth`, `RespondToAuthChallenge`, and their variants for administrators.

use serde::Deserialize;
use serde_json::Value;

use crate::registry::PoolRegistry;
use crate::request::texts;
use crate::session::ChallengeName;
use crate::sign_in::{Attempt, AuthFlow, ChallengeResponse, SignInFlow};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// Request of `InitiateAuth`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InitiateAuthRequest {
    client_id: String,
    auth_flow: AuthFlow,
    #[serde(default, deserialize_with = "texts")]
    auth_parameters: Option<Texts>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `AdminInitiateAuth`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminInitiateAuthRequest {
    user_pool_id: String,
    #[serde(flatten)]
    request: InitiateAuthRequest,
}

/// Request of `RespondToAuthChallenge`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RespondToAuthChallengeRequest {
    client_id: String,
    challenge_name: ChallengeName,
    #[serde(default, deserialize_with = "texts")]
    challenge_responses: Option<Texts>,
    session: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

/// Request of `AdminRespondToAuthChallenge`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminRespondToAuthChallengeRequest {
    user_pool_id: String,
    #[serde(flatten)]
    request: RespondToAuthChallengeRequest,
}

impl RespondToAuthChallengeRequest {
    fn into_response(self) -> ChallengeResponse {
        ChallengeResponse {
            challenge: self.challenge_name,
            responses: self.challenge_responses.unwrap_or_default(),
            session: self.session,
        }
    }
}

pub(crate) async fn initiate(
    pools: &PoolRegistry,
    sign_in: &SignInFlow,
    request: InitiateAuthRequest,
) -> Result<Value, ApiError> {
    let attempt = Attempt::from_client(pools, &request.client_id, request.client_metadata)?;
    if request.auth_flow.is_for_admins() {
        return Err(ApiError::invalid("Initiate Auth method not supported."));
    }
    let parameters = request.auth_parameters.unwrap_or_default();
    sign_in.start(&attempt, request.auth_flow, &parameters).await
}

pub(crate) async fn admin_initiate(
    pools: &PoolRegistry,
    sign_in: &SignInFlow,
    AdminInitiateAuthRequest { user_pool_id, request }: AdminInitiateAuthRequest,
) -> Result<Value, ApiError> {
    let (client, metadata) = (&request.client_id, request.client_metadata);
    let attempt = Attempt::from_pool_and_client(pools, &user_pool_id, client, metadata)?;
    let parameters = request.auth_parameters.unwrap_or_default();
    sign_in.start(&attempt, request.auth_flow, &parameters).await
}

pub(crate) async fn respond(
    pools: &PoolRegistry,
    sign_in: &SignInFlow,
    mut request: RespondToAuthChallengeRequest,
) -> Result<Value, ApiError> {
    let metadata = request.client_metadata.take();
    let attempt = Attempt::from_client(pools, &request.client_id, metadata)?;
    sign_in.respond(&attempt, &request.into_response()).await
}

pub(crate) async fn admin_respond(
    pools: &PoolRegistry,
    sign_in: &SignInFlow,
    AdminRespondToAuthChallengeRequest { user_pool_id, mut request }: AdminRespondToAuthChallengeRequest,
) -> Result<Value, ApiError> {
    let metadata = request.client_metadata.take();
    let attempt =
        Attempt::from_pool_and_client(pools, &user_pool_id, &request.client_id, metadata)?;
    sign_in.respond(&attempt, &request.into_response()).await
}
