//! Logins at other providers that lead to the same identity.

use crate::command::Command;
use crate::matched_route::unescape;
use crate::problem::Problem;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::{CommonErrors, JsonErrors, RecentSignInErrors, ThrottlingErrors};
use crate::wire::links::{LinkAnswer, LinkBody, NonceAnswer};
use crate::wire::problems::ProblemBody;

/// The path in front of a provider's name. The name may have slashes in it, written as they are or
/// as `%2F`.
pub(super) const BY_PROVIDER: &str = "/v1/identity/links/";

/// The most bytes of a provider's name.
const MOST_NAME_BYTES: usize = 128;

/// Issues a nonce for the proof of another login.
///
/// Only for a session with a sign-in of the last five minutes. A new nonce replaces the previous one.
#[utoipa::path(
    post,
    path = "/v1/identity/links/nonce",
    operation_id = "link_nonce",
    tag = "links",
    security(("access_token" = [])),
    responses(
        (status = 200, description = "The nonce.", body = NonceAnswer),
        RecentSignInErrors,
        CommonErrors,
    ),
)]
pub(crate) fn nonce(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::IssueNonce(request.bearer_token()?))
}

/// Links a login at another provider to the account, so that both lead to one identity.
///
/// Both proofs must be at most five minutes old. A login that leads to another account, or has an
/// identity of its own, is `already_linked`.
#[utoipa::path(
    post,
    path = "/v1/identity/links",
    operation_id = "link",
    tag = "links",
    security(("access_token" = [])),
    request_body = LinkBody,
    responses(
        (status = 200, description = "The login is linked.", body = LinkAnswer),
        (status = 400, description = "The proof is not accepted, or the body is invalid.", body = ProblemBody),
        (status = 409, description = "The login cannot be linked.", body = ProblemBody),
        RecentSignInErrors,
        ThrottlingErrors,
        JsonErrors,
    ),
)]
pub(crate) fn link(request: &Request<'_>) -> Result<Command, Response> {
    let token = request.bearer_token()?;
    let LinkBody { id_token } = request.json()?;
    Ok(Command::Link { token, id_token })
}

/// Unlinks a login at another provider from the account.
///
/// Only for a session with a sign-in of the last five minutes. The account's own login cannot be
/// unlinked.
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
        (status = 204, description = "The login is unlinked."),
        (status = 400, description = "The name of the provider is invalid.", body = ProblemBody),
        (status = 404, description = "The link does not exist.", body = ProblemBody),
        (status = 409, description = "The login is the account's own.", body = ProblemBody),
        RecentSignInErrors,
        ThrottlingErrors,
        CommonErrors,
    ),
)]
pub(crate) fn unlink(request: &Request<'_>) -> Result<Command, Response> {
    let token = request.bearer_token()?;
    let provider = request.path.strip_prefix(BY_PROVIDER).and_then(unescape);
    let provider = provider.filter(|name| (1..=MOST_NAME_BYTES).contains(&name.len()));
    let provider = provider.ok_or(Problem::Malformed)?;
    Ok(Command::Unlink { token, provider })
}
