//! Endpoints that variables set, instead of those that the SDK knows.

use std::fmt;

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use http::Uri;

/// Variable with the endpoint of all services. With the name of one of them behind it, such as
/// `AWS_ENDPOINT_URL_DYNAMODB`, it is that of this service and goes before.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// Reads the variables; `R` looks one up.
pub(crate) struct Endpoints<R>(R);

impl<R: Fn(&str) -> Option<String>> Endpoints<R> {
    /// Reads by this function.
    pub(crate) fn new(look_up: R) -> Self {
        Self(look_up)
    }

    /// Returns the endpoint of all services that have none of their own.
    pub(crate) fn of_all(&self) -> Option<String> {
        self.read(ENDPOINT)
    }

    fn read(&self, variable: &str) -> Option<String> {
        (self.0)(variable).filter(|value| !value.trim().is_empty())
    }
}

impl<R: Fn(&str) -> Option<String> + Send + Sync> LoadServiceConfig for Endpoints<R> {
    /// Returns what is set for one service. The SDK asks for its endpoint alone, with the name of
    /// the variable and the service's, such as `Secrets Manager`.
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_ascii_uppercase().replace(' ', "_");
        self.read(&format!("{}_{service}", key.env()))
    }
}

impl<R> fmt::Debug for Endpoints<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoints")
    }
}

/// True for an absolute address of HTTP or HTTPS.
pub(crate) fn is_url(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some()
    })
}
