//! The bytes of objects: read from requests, and cut into ranges.

use axum::body::Bytes;
use futures_util::StreamExt;
use s3s::dto::{Range, StreamingBlob};
use s3s::{S3Result, s3_error};
use sha2::{Digest, Sha256};

/// The largest object and the largest part, in bytes: all of them are kept in memory.
const LARGEST: usize = 64 * 1024 * 1024;

/// Reads a body; the server has compared it with what was signed when it ends.
pub(super) async fn collect(body: Option<StreamingBlob>) -> S3Result<Bytes> {
    let mut bytes = Vec::new();
    let Some(mut body) = body else {
        return Ok(Bytes::new());
    };
    while let Some(chunk) = body.next().await {
        // Whatever goes wrong here is that the body is not the one that was announced.
        let chunk = chunk.map_err(|_| s3_error!(BadDigest))?;
        if bytes.len() + chunk.len() > LARGEST {
            return Err(s3_error!(EntityTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

/// The part of a body that is asked for, and the header that says so.
pub(super) fn part(body: &Bytes, range: Option<Range>) -> S3Result<(Bytes, Option<String>)> {
    let Some(range) = range else {
        return Ok((body.clone(), None));
    };
    let invalid = || s3_error!(InvalidRange, "The requested range is not satisfiable");
    let length = u64::try_from(body.len()).map_err(|_| invalid())?;
    let range = range.check(length).map_err(|_| invalid())?;
    let start = usize::try_from(range.start).map_err(|_| invalid())?;
    let end = usize::try_from(range.end).map_err(|_| invalid())?;
    let last = range.end.saturating_sub(1);
    let header = format!("bytes {}-{last}/{length}", range.start);
    Ok((body.slice(start..end), Some(header)))
}

/// Returns the entity tag of a body; it is no MD5, as it is in S3 for some objects as well.
pub(super) fn etag(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
