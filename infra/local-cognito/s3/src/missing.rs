//! Answers about keys that are missing.
//!
//! Contract: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>, "Permissions"

use s3s::{S3Error, s3_error};

/// Answer to a request that reads a missing object, by what the caller may list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Missing {
    /// The caller may list the bucket, and so learn that the key is missing.
    Told,
    /// The caller may not.
    #[default]
    Denied,
}

impl From<Missing> for S3Error {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Told => s3_error!(NoSuchKey, "The specified key does not exist."),
            Missing::Denied => s3_error!(AccessDenied, "Access Denied"),
        }
    }
}
