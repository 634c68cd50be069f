//! S3 as far as people's own files need it: one bucket behind signatures and policies.
//!
//! The server is the `s3s` library, which compares signatures by itself; who may do what is
//! decided in `access`.
//! Addresses have the bucket in their path.

mod access;
mod body;
mod checksum;
mod conditions;
mod copy;
mod cors;
mod deletion;
mod download;
mod entry;
mod kept;
mod label;
mod listing;
mod missing;
mod objects;
mod operation;
mod permission;
mod service;
mod unsupported;
mod uploads;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use s3s::HttpError;
use s3s::service::S3ServiceBuilder;

use self::access::Gate;
use self::cors::Cors;
use self::kept::Kept;
use self::objects::Objects;
use self::service::Files;
use crate::clock::Clock;
use crate::data_folder::DataFolder;
use crate::iam::Roles;
use crate::journal::Journal;
use crate::sigv4::Verifier;
use crate::template::CorsRule;

/// What S3 needs of its host.
pub(crate) struct S3 {
    /// The name of its one bucket.
    pub(crate) bucket: String,
    /// Its rules for cross-origin requests.
    pub(crate) cors: Vec<CorsRule>,
    /// Origin of the page of this local Cognito.
    pub(crate) page: String,
    /// The region that requests must be signed for.
    pub(crate) region: String,
    /// Whose signatures count.
    pub(crate) verifier: Verifier,
    /// What holders of temporary credentials may do.
    pub(crate) roles: Roles,
    /// Where calls are noted.
    pub(crate) journal: Journal,
    /// What objects are dated by.
    pub(crate) clock: Clock,
    /// Where objects are kept, if they are to outlive the host.
    pub(crate) data: Option<DataFolder>,
}

impl S3 {
    /// Everything that the port of S3 serves.
    ///
    /// # Errors
    /// A data folder that cannot be used.
    pub(crate) fn router(self) -> anyhow::Result<Router> {
        let kept = self.data.as_ref().map(Kept::open).transpose()?;
        let files = Files::new(Objects::open(&self.bucket, kept)?, &self.region, self.clock);
        let gate = Gate::new(self.verifier, self.roles, self.journal);
        let mut builder = S3ServiceBuilder::new(files);
        // Without the first, the second is never asked.
        builder.set_auth(gate.clone());
        builder.set_access(gate);
        Ok(Router::new()
            .fallback_service(HandleError::new(builder.build(), broken))
            .layer(from_fn(entry::enter))
            .layer(from_fn_with_state(Cors::new(self.cors, &self.page), cors::answer)))
    }
}

async fn broken(_: HttpError) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}
