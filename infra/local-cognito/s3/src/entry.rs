//! The entry to S3: finds the operation of a request and the signature that it claims, and checks
//! all that the server behind it does not.

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use s3s::dto::CopySource;
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};
use uuid::Uuid;

use super::checksum;
use super::operation;
use super::unsupported::{Unsupported, source};
use local_cognito_sam_template::ACCOUNT;
use local_cognito_sigv4::{Claim, OLD_MEMBERS, SIGNATURE_MEMBERS, SignatureError};

/// Largest list of keys to delete, in bytes: S3 takes a thousand keys of a kilobyte.
const LARGEST_LIST: usize = 4 * 1024 * 1024;

/// Start of a section of XML with text that stands for itself.
const CDATA: &[u8] = b"<![CDATA[";

/// Identifier of a request, for the client's error messages.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

/// Hands a request on to the server with its [`Claim`] and its operation as extensions, or refuses
/// it.
pub(super) async fn enter(request: Request, next: Next) -> Response {
    let mut response = match prepare(request).await {
        Ok(request) => next.run(request).await,
        Err(error) => answer(error),
    };
    let id = Uuid::new_v4().simple().to_string().to_uppercase();
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

async fn prepare(request: Request) -> S3Result<Request> {
    let (mut parts, mut body) = request.into_parts();
    let Query(mut query) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|_| s3_error!(InvalidURI, "The query string cannot be read"))?;
    // Read before anything is moved, so that it is known what was signed as a header.
    let claim = Claim::parse(&parts.headers, &parts.uri);
    let is_presigned = query.iter().any(|(name, _)| {
        SIGNATURE_MEMBERS.contains(&name.as_str()) || OLD_MEMBERS.contains(&name.as_str())
    });
    if is_presigned {
        move_to_headers(&mut query, &mut parts.headers)?;
    }
    if parts.method == Method::POST && is_form(&parts.headers) {
        return Err(Unsupported::Operation.into());
    }
    let operation = operation::find(&parts.method, parts.uri.path(), &query, &parts.headers)?;
    check_copy_source(&parts.headers)?;
    refuse_repeated(&query, &parts.headers)?;
    let claim = claim.map_err(|error| refusal(error, is_presigned))?;
    check_owners(&parts.headers)?;
    if operation.name == "DeleteObjects" {
        body = checked_list(&parts.headers, body).await?;
    }
    parts.extensions.insert(operation);
    if let Some(claim) = claim {
        parts.extensions.insert(claim);
    }
    Ok(Request::from_parts(parts, body))
}

/// Moves the headers that a presigned URL has in its query to where headers are: the signature
/// covers them there, so they are as good as signed.
fn move_to_headers(query: &mut Vec<(String, String)>, headers: &mut HeaderMap) -> S3Result<()> {
    let (moved, kept) = std::mem::take(query).into_iter().partition(|(name, _)| {
        name.to_ascii_lowercase().starts_with("x-amz-")
            && !SIGNATURE_MEMBERS.contains(&name.as_str())
    });
    *query = kept;
    let moved: Vec<(String, String)> = moved;
    for (name, value) in moved {
        let invalid = || s3_error!(InvalidArgument, "The parameter {name} cannot be read");
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid())?;
        if headers.insert(header, value).is_some() {
            return Err(s3_error!(InvalidArgument, "The parameter {name} stands twice"));
        }
    }
    Ok(())
}

/// True for the form of a page, which the server would take for an upload, whatever else the
/// request says.
fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|content_type| {
        content_type.as_bytes().to_ascii_lowercase().trim_ascii_start().starts_with(b"multipart/")
    })
}

/// Refuses a source that is no object of a bucket, such as a version: that needs no signature.
fn check_copy_source(headers: &HeaderMap) -> S3Result<()> {
    let Some(value) = headers.get("x-amz-copy-source") else {
        return Ok(());
    };
    let invalid =
        || s3_error!(InvalidArgument, "Copy Source must mention the source bucket and key");
    let text = value.to_str().map_err(|_| invalid())?;
    source(&CopySource::parse(text).map_err(|_| invalid())?).map(drop)
}

/// Refuses parameters that stand twice: the server would read one of them, or none.
fn refuse_repeated(query: &[(String, String)], headers: &HeaderMap) -> S3Result<()> {
    let mut names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let in_query = names.windows(2).find_map(|pair| match pair {
        [one, next] if one == next => Some(*one),
        _ => None,
    });
    let in_headers = headers
        .keys()
        .map(HeaderName::as_str)
        .filter(|name| name.starts_with("x-amz-") && !name.starts_with("x-amz-meta-"))
        .find(|name| headers.get_all(*name).iter().nth(1).is_some());
    match in_query.or(in_headers) {
        None => Ok(()),
        Some(name) => Err(s3_error!(InvalidArgument, "The parameter {name} stands twice")),
    }
}

/// Refuses a request for a bucket of another account.
fn check_owners(headers: &HeaderMap) -> S3Result<()> {
    let is_other = |name: &str| headers.get(name).is_some_and(|owner| owner != ACCOUNT);
    if is_other("x-amz-expected-bucket-owner") || is_other("x-amz-source-expected-bucket-owner") {
        return Err(s3_error!(AccessDenied, "Access Denied"));
    }
    Ok(())
}

/// Reads a list of keys to delete, which has to come with a checksum. The server behind drops the
/// text of CDATA sections, and with it part of a key, so a list with one is refused.
async fn checked_list(headers: &HeaderMap, body: Body) -> S3Result<Body> {
    let list = to_bytes(body, LARGEST_LIST).await.map_err(|_| s3_error!(MalformedXML))?;
    if !checksum::verify(headers, None, &list)? {
        return Err(s3_error!(
            InvalidRequest,
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"
        ));
    }
    if list.windows(CDATA.len()).any(|part| part == CDATA) {
        return Err(s3_error!(MalformedXML));
    }
    Ok(list.into())
}

/// Converts a refused signature into S3's error.
pub(super) fn refusal(error: SignatureError, is_presigned: bool) -> S3Error {
    let malformed = || match is_presigned {
        true => S3ErrorCode::AuthorizationQueryParametersError,
        false => S3ErrorCode::AuthorizationHeaderMalformed,
    };
    let code = match error {
        SignatureError::Missing
        | SignatureError::NotSigned
        | SignatureError::NotYetValid
        | SignatureError::UrlExpired => S3ErrorCode::AccessDenied,
        SignatureError::Several => S3ErrorCode::InvalidArgument,
        SignatureError::OtherScheme => S3ErrorCode::InvalidRequest,
        SignatureError::IncompleteQuery | SignatureError::Validity => {
            S3ErrorCode::AuthorizationQueryParametersError
        }
        SignatureError::Incomplete | SignatureError::WrongScope => malformed(),
        SignatureError::UnknownKey => S3ErrorCode::InvalidAccessKeyId,
        SignatureError::WrongToken => S3ErrorCode::InvalidToken,
        SignatureError::Mismatch => S3ErrorCode::SignatureDoesNotMatch,
        SignatureError::Skewed => S3ErrorCode::RequestTimeTooSkewed,
        SignatureError::Expired => S3ErrorCode::ExpiredToken,
    };
    S3Error::with_message(code, error.to_string())
}

/// Converts an error into its XML.
pub(super) fn answer(error: S3Error) -> Response {
    match error.to_http_response() {
        Ok(response) => response.map(Body::new),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
