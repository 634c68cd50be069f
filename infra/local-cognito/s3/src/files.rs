//! The files of the bucket: its objects and the uploads in parts.

use std::sync::Arc;

use axum::body::Bytes;
use local_cognito_aws_emulation::clock::Clock;
use s3s::{S3Error, S3Result, s3_error};

use super::body::etag;
use super::label::Label;
use super::missing::Missing;
use super::object::Object;
use super::objects::Objects;
use super::uploads::Uploads;

/// The bucket as the server sees it.
pub(super) struct Files {
    objects: Objects,
    pub(super) uploads: Uploads,
    pub(super) region: String,
    clock: Clock,
}

impl Files {
    pub(super) fn new(objects: Objects, region: &str, clock: Clock) -> Self {
        Self { objects, uploads: Uploads::default(), region: region.to_owned(), clock }
    }

    pub(super) fn objects(&self) -> &Objects {
        &self.objects
    }

    pub(super) fn demand_bucket(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.objects.bucket() {
            return Ok(());
        }
        Err(s3_error!(NoSuchBucket, "The specified bucket does not exist"))
    }

    pub(super) fn find(&self, bucket: &str, key: &str, missing: Missing) -> S3Result<Arc<Object>> {
        self.demand_bucket(bucket)?;
        self.objects.get(key).ok_or_else(|| missing.into())
    }

    /// Puts an object in its place and returns it.
    pub(super) async fn put(&self, key: String, body: Bytes, label: Label) -> S3Result<Object> {
        let etag = etag(&body);
        let object = Object { body, label, etag, modified: self.clock.now_millis() };
        self.objects.put(key, object.clone()).await.map_err(unkept)?;
        Ok(object)
    }

    /// Deletes an object; a key that is not there is deleted too, as in S3.
    pub(super) async fn delete(&self, key: String) -> S3Result<()> {
        self.objects.delete(key).await.map_err(unkept)
    }
}

/// Reports a file that cannot be written to the developer, not to the client.
fn unkept(error: anyhow::Error) -> S3Error {
    eprintln!("{error:#}");
    s3_error!(InternalError)
}
