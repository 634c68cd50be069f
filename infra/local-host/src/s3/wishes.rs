//! What S3 can do and this one cannot: refused, never ignored.

use axum::http::HeaderMap;
use s3s::{S3Result, s3_error};

/// What would change the meaning of an upload, and does not exist here.
const UNKNOWN_WISHES: [&str; 8] = [
    "if-match",
    "if-none-match",
    "x-amz-acl",
    "x-amz-grant-",
    "x-amz-object-lock-",
    "x-amz-server-side-encryption-customer-",
    "x-amz-tagging",
    "x-amz-write-offset-bytes",
];

pub(super) fn refuse_unknown_wishes(headers: &HeaderMap) -> S3Result<()> {
    let is_unknown = |name: &str| UNKNOWN_WISHES.iter().any(|wish| name.starts_with(wish));
    match headers.keys().find(|name| is_unknown(name.as_str())) {
        None => Ok(()),
        Some(name) => Err(s3_error!(NotImplemented, "local-host does not have {name} of S3")),
    }
}

pub(super) fn refuse_versions(version: Option<&String>) -> S3Result<()> {
    match version {
        None => Ok(()),
        Some(_) => Err(s3_error!(NotImplemented, "local-host does not have versions of S3")),
    }
}
