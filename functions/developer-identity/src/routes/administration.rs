//! Administration: for principals of IAM, who sign with AWS Signature Version 4, and for nobody
//! with credentials of an identity pool.

pub(crate) mod answers;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use lifeguard_identity::account::AccountId;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::NewStatus;
use serde::Deserialize;
use utoipa::ToSchema;

use self::answers::{LookUpAnswer, MergeAnswer, StandingAnswer, UnlinkAnswer};
use crate::ask::Ask;
use crate::ask::administration::{Act, Mode, Whom};
use crate::gateway::Principal;
use crate::problem::{GatewayProblemBody, Problem, ProblemBody};
use crate::routes::body::JsonBody;

/// The most bytes of an identity's id.
const MOST_IDENTITY_BYTES: usize = 55;

/// Who is looked up: by one of these.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpBody {
    /// The account with this id.
    #[schema(max_length = 32, pattern = "^[0-9a-f]{32}$")]
    account_id: Option<String>,
    /// Whoever has this address in the built-in directory.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    address: Option<String>,
    /// The accounts of this identity.
    #[schema(max_length = 55, pattern = "^[\\w-]+:[0-9a-f-]+$")]
    identity_id: Option<String>,
}

/// Which account it is, and whether it is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountBody {
    /// The account.
    #[schema(max_length = 32, pattern = "^[0-9a-f]{32}$")]
    account_id: String,
    mode: ModeBody,
}

/// Two accounts that are one person's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeBody {
    /// The account that gives its identity up.
    #[schema(max_length = 32, pattern = "^[0-9a-f]{32}$")]
    source: String,
    /// The account whose identity remains.
    #[schema(max_length = 32, pattern = "^[0-9a-f]{32}$")]
    destination: String,
    mode: ModeBody,
}

/// Whether something is done, or only said.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModeBody {
    DryRun,
    Apply,
}

impl From<ModeBody> for Mode {
    fn from(mode: ModeBody) -> Self {
        match mode {
            ModeBody::DryRun => Self::DryRun,
            ModeBody::Apply => Self::Apply,
        }
    }
}

/// The gateway's policies say who may administer; whoever it does not vouch for, or vouches for as
/// somebody of an identity pool, is refused here as well.
impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::NotAllowed)
    }
}

/// Looks accounts up.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/look-up",
    operation_id = "lookUpAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = LookUpBody,
    responses(
        (status = 200, description = "Who was found.", body = LookUpAnswer),
        (status = 400, description = "The body has another form.", body = ProblemBody),
        (status = 403, description = "Nobody who may administer.", body = GatewayProblemBody),
        (status = 404, description = "There is no such account.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 429, description = "The identity pool has too much to do.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn look_up(
    principal: Principal,
    JsonBody(body): JsonBody<LookUpBody>,
) -> impl IntoResponse {
    let LookUpBody { account_id, address, identity_id } = body;
    let whom = match (account_id, address, identity_id) {
        (Some(id), None, None) => Whom::Account(account(&id)?),
        (None, Some(address), None) => Whom::Address(Secret::new(address)),
        (None, None, Some(identity)) if is_identity(&identity) => Whom::Identity(identity),
        (_, _, _) => return Err(Problem::Malformed),
    };
    Ok(Ask::Administer(principal, Act::LookUp(whom)))
}

/// Closes an account, which ends every session.
///
/// Credentials that were handed out already live on for up to an hour.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/disable",
    operation_id = "disableAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = AccountBody,
    responses(
        (status = 200, description = "The account may not be used.", body = StandingAnswer),
        (status = 400, description = "The body has another form.", body = ProblemBody),
        (status = 403, description = "Nobody who may administer.", body = GatewayProblemBody),
        (status = 404, description = "There is no such account.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 409, description = "The account is not confirmed.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn disable(
    principal: Principal,
    JsonBody(body): JsonBody<AccountBody>,
) -> impl IntoResponse {
    set_status(principal, &body, NewStatus::Disabled)
}

/// Opens an account again; nothing of before lives.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/enable",
    operation_id = "enableAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = AccountBody,
    responses(
        (status = 200, description = "The account may be used.", body = StandingAnswer),
        (status = 400, description = "The body has another form.", body = ProblemBody),
        (status = 403, description = "Nobody who may administer.", body = GatewayProblemBody),
        (status = 404, description = "There is no such account.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 409, description = "The account is not confirmed.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn enable(
    principal: Principal,
    JsonBody(body): JsonBody<AccountBody>,
) -> impl IntoResponse {
    set_status(principal, &body, NewStatus::Active)
}

/// Takes an account off an identity that it shares with others, and ends its sessions.
///
/// Its next sign-in brings a new identity; what lies under the old one stays with the others.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/unlink",
    operation_id = "unlinkAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = AccountBody,
    responses(
        (status = 200, description = "The account has no identity.", body = UnlinkAnswer),
        (status = 400, description = "The body has another form.", body = ProblemBody),
        (status = 403, description = "Nobody who may administer.", body = GatewayProblemBody),
        (status = 404, description = "There is no such account.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 409, description = "It stays where it is.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 429, description = "The identity pool has too much to do.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn unlink(
    principal: Principal,
    JsonBody(body): JsonBody<AccountBody>,
) -> impl IntoResponse {
    let AccountBody { account_id, mode } = body;
    let act = Act::Unlink(account(&account_id)?, mode.into());
    Ok::<_, Problem>(Ask::Administer(principal, act))
}

/// Makes two accounts one person: both have the destination's identity from then on, and every
/// session of the source ends.
///
/// What lies under the source's identity is reached by nobody afterwards; copy it first. There is
/// no way back to that identity.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/merge",
    operation_id = "mergeAccounts",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = MergeBody,
    responses(
        (status = 200, description = "Both have one identity.", body = MergeAnswer),
        (status = 400, description = "The body has another form.", body = ProblemBody),
        (status = 403, description = "Nobody who may administer.", body = GatewayProblemBody),
        (status = 404, description = "There is no such account.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 409, description = "They stay two.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 429, description = "The identity pool has too much to do.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn merge(
    principal: Principal,
    JsonBody(body): JsonBody<MergeBody>,
) -> impl IntoResponse {
    let MergeBody { source, destination, mode } = body;
    let act = Act::Merge(account(&source)?, account(&destination)?, mode.into());
    Ok::<_, Problem>(Ask::Administer(principal, act))
}

fn set_status(
    principal: Principal,
    body: &AccountBody,
    standing: NewStatus,
) -> Result<Ask, Problem> {
    let act = Act::SetStanding(account(&body.account_id)?, standing, body.mode.into());
    Ok(Ask::Administer(principal, act))
}

/// The identity pool takes nothing else for an identity.
fn is_identity(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) || byte == b'-';
    text.len() <= MOST_IDENTITY_BYTES
        && text.split_once(':').is_some_and(|(region, id)| {
            let filled = !(region.is_empty() || id.is_empty());
            filled && region.bytes().all(word) && id.bytes().all(digit)
        })
}

fn account(id: &str) -> Result<AccountId, Problem> {
    AccountId::parse(id).ok_or(Problem::Malformed)
}
