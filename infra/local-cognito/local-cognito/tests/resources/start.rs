//! A whole local Cognito where Ada and Bob have temporary credentials of the template's role.

use aws_sdk_s3::error::ProvideErrorMetadata;
use local_cognito::StartOptions;
use local_cognito_testing::TestCognito;

pub(crate) const BUCKET: &str = "lifeguard-files";
/// Table of rows that belong to identities.
pub(crate) const NOTES: &str = "lifeguard-notes";

/// Starts it with the default options.
pub(crate) async fn serve() -> TestCognito {
    TestCognito::serve_with_sessions(&StartOptions::default()).await
}

/// Returns the code of a refusal; `done` if it was none.
pub(crate) fn code<T, E: ProvideErrorMetadata>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(error) => error.code().unwrap_or("no code").to_owned(),
    }
}
