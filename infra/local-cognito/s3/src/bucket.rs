//! The port of S3: its bucket behind signatures and policies.

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::data_folder::DataFolder;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_iam::Roles;
use local_cognito_sam_template::CorsRule;
use local_cognito_sigv4::Verifier;
use s3s::HttpError;
use s3s::service::S3ServiceBuilder;

use super::access::Gate;
use super::cors::{self, Cors};
use super::entry;
use super::files::Files;
use super::kept::Kept;
use super::objects::Objects;

/// Settings and dependencies of S3.
pub struct S3 {
    /// The name of its one bucket.
    pub bucket: String,
    /// Its rules for cross-origin requests.
    pub cors: Vec<CorsRule>,
    /// Origin of the page of this local Cognito.
    pub page: String,
    /// The region that requests must be signed for.
    pub region: String,
    /// Signatures that count.
    pub verifier: Verifier,
    /// Roles of the holders of temporary credentials.
    pub roles: Roles,
    /// Journal that calls are recorded in.
    pub journal: Journal,
    /// Clock that objects are dated by.
    pub clock: Clock,
    /// Folder of the objects, if they are to outlive the process.
    pub data: Option<DataFolder>,
}

impl S3 {
    /// Everything that the port of S3 serves.
    ///
    /// # Errors
    /// A data folder that cannot be used.
    pub fn router(self) -> anyhow::Result<Router> {
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
