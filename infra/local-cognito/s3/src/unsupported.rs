//! Requests for something that S3 has and this one has not.

use s3s::dto::CopySource;
use s3s::{S3Error, S3Result, s3_error};

/// Something that is not served, and is refused rather than ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsupported {
    /// The whole operation.
    Operation,
    /// A header or a member of the query, or its value.
    Parameter(String),
}

impl From<Unsupported> for S3Error {
    fn from(unsupported: Unsupported) -> Self {
        match unsupported {
            Unsupported::Operation => {
                s3_error!(NotImplemented, "The local S3 does not implement this operation")
            }
            Unsupported::Parameter(name) => {
                s3_error!(NotImplemented, "The local S3 does not implement {name} in this way")
            }
        }
    }
}

/// Returns bucket and key of a copy's source, which is the newest version of an object.
pub(super) fn source(source: &CopySource) -> S3Result<(&str, &str)> {
    match source {
        CopySource::Bucket { bucket, key, version_id: None } => Ok((bucket, key)),
        CopySource::Bucket { .. } | CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => {
            Err(Unsupported::Parameter("x-amz-copy-source".to_owned()).into())
        }
    }
}
