//! Making a signature, for the tour, for tests, and to compare another one with.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningInstructions,
    SigningSettings, UriPathNormalizationMode,
};
use aws_sigv4::sign::v4;
use axum::http::Uri;

use super::key::{ADMINISTRATOR, FUNCTION_TOKEN, LOCAL_SECRET};

/// A request that is to be signed.
#[derive(Clone, Debug)]
pub struct Unsigned<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Address, percent-encoded as it will be sent.
    pub url: String,
    /// The headers to sign, beside those that signing adds.
    pub headers: Vec<(&'a str, &'a str)>,
    /// Body.
    pub body: &'a [u8],
}

/// Key that a request is signed with, and the place that the signature is for.
#[derive(Clone, Copy)]
pub struct SigningKey<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret_key: &'a str,
    /// The session token, for temporary credentials.
    pub session_token: Option<&'a str>,
    /// The region.
    pub region: &'a str,
    /// The service's name as it stands in signatures.
    pub service: &'a str,
}

impl<'a> SigningKey<'a> {
    /// Returns the key of the administrator, who may do everything.
    #[must_use]
    pub const fn administrator(region: &'a str, service: &'a str) -> Self {
        Self {
            access_key_id: ADMINISTRATOR,
            secret_key: LOCAL_SECRET,
            session_token: None,
            region,
            service,
        }
    }

    /// The key of a function.
    #[must_use]
    pub const fn function(name: &'a str, region: &'a str, service: &'a str) -> Self {
        Self {
            access_key_id: name,
            secret_key: LOCAL_SECRET,
            session_token: Some(FUNCTION_TOKEN),
            region,
            service,
        }
    }
}

/// The headers that make `request` a signed one, at `now` in seconds since 1970; nothing if it
/// cannot be sent at all.
#[must_use]
pub fn sign(
    request: &Unsigned<'_>,
    key: &SigningKey<'_>,
    now: u64,
) -> Option<Vec<(String, String)>> {
    let (instructions, _) = compute(request, key, now)?;
    Some(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The headers of a signed call of a JSON service: `target` at `url`, with this body.
#[must_use]
pub fn sign_call(
    url: &str,
    target: &str,
    body: &str,
    key: &SigningKey<'_>,
    now: u64,
) -> Option<Vec<(String, String)>> {
    let kind = match key.service {
        "dynamodb" => "application/x-amz-json-1.0",
        _ => "application/x-amz-json-1.1",
    };
    let headers = vec![("content-type", kind), ("x-amz-target", target)];
    let unsigned = Unsigned { method: "POST", url: url.to_owned(), headers, body: body.as_bytes() };
    let mut signed = sign(&unsigned, key, now)?;
    signed.extend(unsigned.headers.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    Some(signed)
}

/// The signature alone.
pub(super) fn signature(request: &Unsigned<'_>, key: &SigningKey<'_>, now: u64) -> Option<String> {
    compute(request, key, now).map(|(_, signature)| signature)
}

fn compute(
    request: &Unsigned<'_>,
    key: &SigningKey<'_>,
    now: u64,
) -> Option<(SigningInstructions, String)> {
    let token = key.session_token.map(str::to_owned);
    let credentials =
        Credentials::new(key.access_key_id, key.secret_key, token, None, "local-cognito");
    let identity = credentials.into();
    let time: SystemTime = UNIX_EPOCH + Duration::from_secs(now);
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(key.region)
        .name(key.service)
        .time(time)
        .settings(settings(key.service))
        .build()
        .ok()?
        .into();
    // The library takes it for granted that there is a local Cognito.
    let url: Uri = request.url.parse().ok()?;
    url.host()?;
    let headers = request.headers.iter().copied();
    let body = SignableBody::Bytes(request.body);
    let signable = SignableRequest::new(request.method, &request.url, headers, body).ok()?;
    let (instructions, signature) =
        aws_sigv4::http_request::sign(signable, &params).ok()?.into_parts();
    Some((instructions, signature))
}

/// S3 takes paths as they are and wants to see the body's hash; all others are alike.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    // The caller chooses what to sign.
    settings.excluded_headers = None;
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}
