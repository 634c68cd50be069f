//! Logins of other providers that lead to the same identity.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::IntoResponse;
use lifeguard_identity::limits::NONCE_LIFE;
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ask::Ask;
use crate::problem::{Problem, ProblemBody};
use crate::routes::body::{Bearer, JsonBody};

/// The path of one link. A provider's name may have slashes in it, written as they are or as
/// `%2F`.
pub(crate) const ONE: &str = "/v1/identity/links/{*provider}";

/// The most bytes of a provider's name.
const MOST_NAME_BYTES: usize = 128;

/// What the proof of another login must name.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NonceAnswer {
    /// To be sent to the provider as `nonce`.
    #[schema(max_length = 64)]
    nonce: String,
    /// For how many seconds it can be used, once.
    expires_in: u64,
}

impl NonceAnswer {
    pub(crate) fn of(nonce: String) -> Self {
        Self { nonce, expires_in: NONCE_LIFE }
    }
}

/// The proof of another login.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    /// An ID token of a user pool or of a social provider, of the last five minutes and with the
    /// nonce that this session was given.
    #[schema(min_length = 1, max_length = 8192)]
    id_token: String,
}

/// A login of another provider.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkAnswer {
    /// The provider, as the identity pool names it.
    #[schema(max_length = 128)]
    pub(crate) provider: String,
    /// Since when it leads here, in seconds since 1970.
    pub(crate) since: u64,
}

/// A nonce for the proof of another login.
///
/// Only for a session that began with a sign-in of the last five minutes. A further one takes the
/// place of the one before.
#[utoipa::path(
    post,
    path = "/v1/identity/links/nonce",
    operation_id = "link_nonce",
    tag = "links",
    security(("access_token" = [])),
    responses(
        (status = 200, description = "The nonce.", body = NonceAnswer),
        (status = 401, description = "The token is not accepted.", body = ProblemBody),
        (status = 403, description = "The sign-in is too long ago.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn nonce(Bearer(token): Bearer) -> impl IntoResponse {
    Ask::LinkNonce(token)
}

/// Links a login of another provider to the account, so that both lead to one identity.
///
/// Both sides prove who they are within five minutes. A login that leads to another account, or
/// has an identity of its own, is `already_linked`.
#[utoipa::path(
    post,
    path = "/v1/identity/links",
    operation_id = "link",
    tag = "links",
    security(("access_token" = [])),
    request_body = LinkBody,
    responses(
        (status = 200, description = "It is linked.", body = LinkAnswer),
        (status = 400, description = "The proof is not accepted, or the body has another form.", body = ProblemBody),
        (status = 401, description = "The token is not accepted.", body = ProblemBody),
        (status = 403, description = "The sign-in is too long ago.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 409, description = "The login cannot be linked.", body = ProblemBody),
        (status = 413, description = "The request is too large.", body = ProblemBody),
        (status = 415, description = "The body is not JSON.", body = ProblemBody),
        (status = 429, description = "The identity pool has too much to do.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn link(
    Bearer(token): Bearer,
    JsonBody(body): JsonBody<LinkBody>,
) -> impl IntoResponse {
    Ask::Link(token, Secret::new(body.id_token))
}

/// Takes a login of another provider from the account.
///
/// Only for a session that began with a sign-in of the last five minutes. The account's own login
/// stays.
#[utoipa::path(
    delete,
    path = "/v1/identity/links/{provider}",
    operation_id = "unlink",
    tag = "links",
    security(("access_token" = [])),
    params(
        ("provider" = String, Path, description = "The provider, as the identity pool names it.", min_length = 1, max_length = 128),
    ),
    responses(
        (status = 204, description = "It is not linked any more."),
        (status = 400, description = "This is no name of a provider.", body = ProblemBody),
        (status = 401, description = "The token is not accepted.", body = ProblemBody),
        (status = 403, description = "The sign-in is too long ago.", body = ProblemBody),
        (status = 404, description = "There is no such link.", body = ProblemBody),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 409, description = "It is the login that the account consists of.", body = ProblemBody),
        (status = 429, description = "The identity pool has too much to do.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn unlink(
    Bearer(token): Bearer,
    provider: Result<Path<String>, PathRejection>,
) -> impl IntoResponse {
    match provider {
        Ok(Path(name)) if (1..=MOST_NAME_BYTES).contains(&name.len()) => {
            Ok(Ask::Unlink(token, name))
        }
        Ok(_) | Err(_) => Err(Problem::Malformed),
    }
}
