//! Sign-in: `InitiateAuth`, `RespondToAuthChallenge`, and their variants for administrators.

use serde::Deserialize;
use serde_json::Value;

use crate::registry::PoolRegistry;
use crate::request::texts;
use crate::session::ChallengeName;
use crate::sign_in::{Attempt, AuthFlow, ChallengeResponse, SignInFlow};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminInitiateAuthRequest {
    user_pool_id: String,
    client_id: String,
    auth_flow: AuthFlow,
    #[serde(default, deserialize_with = "texts")]
    auth_parameters: Option<Texts>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
}

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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminRespondToAuthChallengeRequest {
    user_pool_id: String,
    client_id: String,
    challenge_name: ChallengeName,
    #[serde(default, deserialize_with = "texts")]
    challenge_responses: Option<Texts>,
    session: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    client_metadata: Option<Texts>,
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
    request: AdminInitiateAuthRequest,
) -> Result<Value, ApiError> {
    let (pool, client, metadata) =
        (&request.user_pool_id, &request.client_id, request.client_metadata);
    let attempt = Attempt::from_pool_and_client(pools, pool, client, metadata)?;
    let parameters = request.auth_parameters.unwrap_or_default();
    sign_in.start(&attempt, request.auth_flow, &parameters).await
}

pub(crate) async fn respond(
    pools: &PoolRegistry,
    sign_in: &SignInFlow,
    request: RespondToAuthChallengeRequest,
) -> Result<Value, ApiError> {
    let attempt = Attempt::from_client(pools, &request.client_id, request.client_metadata)?;
    let response = ChallengeResponse {
        challenge: request.challenge_name,
        responses: request.challenge_responses.unwrap_or_default(),
        session: request.session,
    };
    sign_in.respond(&attempt, &response).await
}

pub(crate) async fn admin_respond(
    pools: &PoolRegistry,
    sign_in: &SignInFlow,
    request: AdminRespondToAuthChallengeRequest,
) -> Result<Value, ApiError> {
    let (pool, client, metadata) =
        (&request.user_pool_id, &request.client_id, request.client_metadata);
    let attempt = Attempt::from_pool_and_client(pools, pool, client, metadata)?;
    let response = ChallengeResponse {
        challenge: request.challenge_name,
        responses: request.challenge_responses.unwrap_or_default(),
        session: request.session,
    };
    sign_in.respond(&attempt, &response).await
}
