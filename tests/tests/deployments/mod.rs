//! The templates of `infra`, as a deployment with these parameters resolves them.
#![allow(dead_code, reason = "each test file uses a part of it")]

use lifeguard_testkit::fixtures::IDENTITY_POOL;
use local_cognito::template::{self, Deployment, ResolvedTemplate};
use serde_json::{Value, json};

/// The template of CloudFront in front of the HTTP APIs.
pub(crate) const EDGE: &str = include_str!("../../../infra/edge.yaml");
/// The id of a certificate.
pub(crate) const CERTIFICATE: &str = "12345678-90ab-cdef-1234-567890abcdef";

fn with(region: &str, given: &Value, parameters: &Value) -> Deployment {
    let all = [given, parameters].map(|some| some.as_object().unwrap().clone());
    Deployment {
        region: region.to_owned(),
        parameters: all.into_iter().flatten().collect(),
        ids: [
            ("UserPool", "eu-west-1_New"),
            ("IdentityPool", IDENTITY_POOL),
            ("WebClient", "1newwebclient"),
            ("ServerClient", "2newserverclient"),
        ]
        .map(|(logical_id, id)| (logical_id.to_owned(), id.to_owned()))
        .into(),
    }
}

/// Returns a deployment of the main template; the parameters without a default are given.
pub(crate) fn deployment(parameters: &Value) -> Deployment {
    let given = json!({
        "WebOrigins": "https://app.example.com,https://admin.example.com",
        "LinkRedirects": "https://app.example.com/,https://app.example.com/sign-in",
        "MailFrom": "no-reply@example.com",
        "MailIdentity": "example.com",
    });
    with("eu-west-1", &given, parameters)
}

/// Resolves the main template with these parameters.
///
/// # Errors
/// The refusal, which begins with the parameter or the rule that refuses.
pub(crate) fn resolve(parameters: &Value) -> Result<ResolvedTemplate, String> {
    parse(template::OWN, deployment(parameters))
}

/// The same for the template of CloudFront, in a Region.
pub(crate) fn resolve_edge(region: &str, parameters: &Value) -> Result<ResolvedTemplate, String> {
    let given = json!({
        "ApiDomain": "id.example.com",
        "ApiCertificate": CERTIFICATE,
        "ApiOrigin": "d-ab12cd34ef.execute-api.eu-west-1.amazonaws.com",
    });
    parse(EDGE, with(region, &given, parameters))
}

/// Resolves a text as a template.
pub(crate) fn parse(text: &str, deployment: Deployment) -> Result<ResolvedTemplate, String> {
    ResolvedTemplate::parse(text, deployment).map_err(|error| error.to_string())
}
