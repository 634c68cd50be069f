//! Administration of accounts: for IAM principals, who sign with AWS Signature Version 4, and never
//! for callers with credentials of an identity pool.

use lifeguard_identity::account::AccountId;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::NewStatus;

use crate::administration::command::{AccountQuery, AdministrationCommand};
use crate::command::Command;
use crate::problem::Problem;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::{AdministrationErrors, ThrottlingErrors};
use crate::wire::administration::{
    AccountBody, LookUpAnswer, LookUpBody, MergeAnswer, MergeBody, StatusAnswer, UnlinkAnswer,
};
use crate::wire::problems::ProblemBody;

/// The most bytes of an identity's id.
const MOST_IDENTITY_BYTES: usize = 55;

/// Looks accounts up.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/look-up",
    operation_id = "lookUpAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = LookUpBody,
    responses(
        (status = 200, description = "The accounts.", body = LookUpAnswer),
        AdministrationErrors,
        ThrottlingErrors,
    ),
)]
pub(crate) fn look_up(request: &Request<'_>) -> Result<Command, Response> {
    let principal = request.principal()?;
    let LookUpBody { account_id, address, identity_id } = request.json()?;
    let query = match (account_id, address, identity_id) {
        (Some(id), None, None) => {
            AccountQuery::Account(AccountId::parse(&id).ok_or(Problem::Malformed)?)
        }
        (None, Some(address), None) => AccountQuery::Address(Secret::new(address)),
        (None, None, Some(identity)) if is_identity(&identity) => AccountQuery::Identity(identity),
        (_, _, _) => return Err(Problem::Malformed.into()),
    };
    Ok(Command::Administer(principal, AdministrationCommand::LookUp(query)))
}

/// Disables an account, which revokes every session.
///
/// AWS credentials that were issued before stay valid for up to an hour.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/disable",
    operation_id = "disableAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = AccountBody,
    responses(
        (status = 200, description = "The account is disabled.", body = StatusAnswer),
        (status = 409, description = "The account was changed by another request.", body = ProblemBody),
        AdministrationErrors,
    ),
)]
pub(crate) fn disable(request: &Request<'_>) -> Result<Command, Response> {
    let principal = request.principal()?;
    Ok(Command::Administer(
        principal,
        AdministrationCommand::SetStatus(request.json()?, NewStatus::Disabled),
    ))
}

/// Enables an account again; sessions from before stay revoked.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/enable",
    operation_id = "enableAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = AccountBody,
    responses(
        (status = 200, description = "The account is active.", body = StatusAnswer),
        (status = 409, description = "The account was changed by another request.", body = ProblemBody),
        AdministrationErrors,
    ),
)]
pub(crate) fn enable(request: &Request<'_>) -> Result<Command, Response> {
    let principal = request.principal()?;
    Ok(Command::Administer(
        principal,
        AdministrationCommand::SetStatus(request.json()?, NewStatus::Active),
    ))
}

/// Unlinks an account from an identity that it shares with others, and revokes its sessions.
///
/// Its next sign-in creates a new identity; the data stored under the old one stays with the other
/// accounts.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/unlink",
    operation_id = "unlinkAccount",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = AccountBody,
    responses(
        (status = 200, description = "The account has no identity.", body = UnlinkAnswer),
        (status = 409, description = "The account cannot be unlinked.", body = ProblemBody),
        AdministrationErrors,
        ThrottlingErrors,
    ),
)]
pub(crate) fn unlink(request: &Request<'_>) -> Result<Command, Response> {
    let principal = request.principal()?;
    Ok(Command::Administer(principal, AdministrationCommand::Unlink(request.json()?)))
}

/// Merges two accounts of one user: both get the destination's identity, and every session of the
/// source is revoked.
///
/// The data stored under the source's identity becomes unreachable; copy it first. A merge cannot be
/// undone.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/merge",
    operation_id = "mergeAccounts",
    tag = "administration",
    extensions(("x-amazon-apigateway-auth" = json!({"type": "AWS_IAM"}))),
    request_body = MergeBody,
    responses(
        (status = 200, description = "Both accounts have one identity.", body = MergeAnswer),
        (status = 409, description = "The accounts cannot be merged.", body = ProblemBody),
        AdministrationErrors,
        ThrottlingErrors,
    ),
)]
pub(crate) fn merge(request: &Request<'_>) -> Result<Command, Response> {
    let principal = request.principal()?;
    Ok(Command::Administer(principal, AdministrationCommand::Merge(request.json()?)))
}

/// True for a text of the form that the identity pool accepts as an identity id.
fn is_identity(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) || byte == b'-';
    text.len() <= MOST_IDENTITY_BYTES
        && text.split_once(':').is_some_and(|(region, id)| {
            let filled = !(region.is_empty() || id.is_empty());
            filled && region.bytes().all(word) && id.bytes().all(digit)
        })
}
