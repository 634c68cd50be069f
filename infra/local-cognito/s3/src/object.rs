//! One object of the bucket.

use axum::body::Bytes;
use s3s::dto::ETag;

use super::label::Label;

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) body: Bytes,
    pub(super) label: Label,
    /// No MD5, as it is in S3 for some objects as well.
    pub(super) etag: String,
    /// In milliseconds since 1970.
    pub(super) modified: u64,
}

impl Object {
    pub(super) fn etag(&self) -> ETag {
        ETag::Strong(self.etag.clone())
    }
}
