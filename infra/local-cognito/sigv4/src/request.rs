//! A request as it was signed, and the signature it should carry.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};

use super::authorization::Authorization;
use super::key::Key;
use super::signing::{SigningKey, Unsigned, signature};
use local_cognito_aws_emulation::SignatureError;
use local_cognito_aws_emulation::timestamp::parse_basic;

const DATE: &str = "x-amz-date";
const TOKEN: &str = "x-amz-security-token";
const BODY_HASH: &str = "x-amz-content-sha256";

/// A request with a signature that is complete; whether it is right is still open.
pub(super) struct SignedRequest<'a> {
    pub(super) authorization: Authorization<'a>,
    /// Time of signing by the client's clock, in seconds since 1970.
    pub(super) date: u64,
    pub(super) session_token: Option<&'a [u8]>,
    unsigned: Unsigned<'a>,
}

impl<'a> SignedRequest<'a> {
    pub(super) fn parse(
        parts: &'a Parts,
        body: &'a [u8],
        authorization: Authorization<'a>,
    ) -> Result<Self, SignatureError> {
        let headers = &parts.headers;
        let signed: Vec<&str> = authorization.signed_headers.split(';').collect();
        let date = signing_date(headers, &authorization)?;
        let is_body_altered =
            one(headers, BODY_HASH)?.is_some_and(|hash| hash != hex(&Sha256::digest(body)));
        if is_body_altered {
            return Err(SignatureError::Mismatch);
        }
        Ok(Self {
            authorization,
            date,
            session_token: session_token(headers)?,
            unsigned: Unsigned {
                method: parts.method.as_str(),
                // The host is a signed header; the one in the address is not looked at.
                url: format!(
                    "http://localhost{}",
                    parts.uri.path_and_query().map_or("/", |path| path.as_str())
                ),
                headers: signed_values(headers, &signed)?,
                body,
            },
        })
    }

    /// The signature that the owner of the key would have made.
    pub(super) fn signature(&self, key: &Key) -> Option<String> {
        let Authorization { access_key_id, region, service, .. } = self.authorization;
        let key = SigningKey {
            access_key_id,
            secret_key: &key.secret_key,
            session_token: key.session_token.as_deref(),
            region,
            service,
        };
        signature(&self.unsigned, &key, self.date)
    }
}

/// Returns the time of signing by the client's clock, in seconds since 1970.
///
/// # Errors
/// A list of signed headers that is not canonical or leaves out what must be signed, or a date
/// that is missing or not the credential's.
pub(super) fn signing_date(
    headers: &HeaderMap,
    authorization: &Authorization<'_>,
) -> Result<u64, SignatureError> {
    check_signed_headers(headers, authorization.signed_headers)?;
    parse_date(one(headers, DATE)?.ok_or(SignatureError::Incomplete)?, authorization.date)
}

/// Checks the list of signed headers against the headers of the request.
///
/// # Errors
/// A list that is not canonical, or leaves out a header that could have been added on the way.
pub(super) fn check_signed_headers(
    headers: &HeaderMap,
    signed_headers: &str,
) -> Result<(), SignatureError> {
    let signed: Vec<&str> = signed_headers.split(';').collect();
    let is_canonical = signed.is_sorted_by(|one, next| one < next)
        && !signed_headers.contains(char::is_uppercase)
        && signed.iter().all(|name| headers.contains_key(*name));
    if !is_canonical || !signed.contains(&"host") {
        return Err(SignatureError::Incomplete);
    }
    let is_left_out = |name: &str| name.starts_with("x-amz-") && !signed.contains(&name);
    if headers.keys().any(|name| is_left_out(name.as_str())) {
        return Err(SignatureError::NotSigned);
    }
    Ok(())
}

/// Parses a time of signing, which has to be of the day in the credential.
pub(super) fn parse_date(text: &str, day: &str) -> Result<u64, SignatureError> {
    let date = parse_basic(text).ok_or(SignatureError::Incomplete)?;
    if !text.starts_with(day) || day.len() != 8 {
        return Err(SignatureError::WrongScope);
    }
    Ok(date)
}

/// Every value of every signed header.
fn signed_values<'a>(
    headers: &'a HeaderMap,
    signed: &[&'a str],
) -> Result<Vec<(&'a str, &'a str)>, SignatureError> {
    let mut values = Vec::new();
    for name in signed {
        for value in headers.get_all(*name) {
            values.push((*name, value.to_str().map_err(|_| SignatureError::Mismatch)?));
        }
    }
    Ok(values)
}

/// The session token that came along.
pub(super) fn session_token(headers: &HeaderMap) -> Result<Option<&[u8]>, SignatureError> {
    Ok(one(headers, TOKEN)?.map(str::as_bytes))
}

/// The value of a header that may stand there once.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, SignatureError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| SignatureError::Incomplete),
        (Some(_), Some(_)) => Err(SignatureError::Incomplete),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
