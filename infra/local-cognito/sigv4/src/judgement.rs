//! Judgement of one signature: its place, its key, its value and its time.

use local_cognito_aws_emulation::SignatureError;
use subtle::ConstantTimeEq;

use super::authorization::Authorization;
use super::key::Key;
use super::request::SignedRequest;

/// The largest difference of a client's clock, in seconds.
const LARGEST_SKEW: u64 = 15 * 60;

/// Place that a signature is made for, beside its date.
#[derive(PartialEq, Eq)]
pub(super) struct Scope<'a> {
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

/// The present time, in seconds since 1970: clients sign by the wall clock, credentials expire by
/// the clock of the local Cognito, which can be moved.
pub(super) struct Times {
    pub(super) wall: u64,
    pub(super) host: u64,
}

/// Checks that a request was signed with this key, for this place, in time.
pub(super) fn judge(
    request: &SignedRequest<'_>,
    scope: &Scope<'_>,
    key: &Key,
    times: &Times,
) -> Result<(), SignatureError> {
    let Authorization { region, service, .. } = request.authorization;
    judge_key(&Scope { region, service }, scope, key, request.session_token)?;
    let expected = request.signature(key).ok_or(SignatureError::Mismatch)?;
    if !bool::from(expected.as_bytes().ct_eq(request.authorization.signature.as_bytes())) {
        return Err(SignatureError::Mismatch);
    }
    judge_time(request.date, None, key, times)
}

/// Checks that the credential is for this place, and that all of it is there.
pub(super) fn judge_key(
    signed: &Scope<'_>,
    scope: &Scope<'_>,
    key: &Key,
    session_token: Option<&[u8]>,
) -> Result<(), SignatureError> {
    if signed != scope {
        return Err(SignatureError::WrongScope);
    }
    if !key.takes(session_token) {
        return Err(SignatureError::WrongToken);
    }
    Ok(())
}

/// Checks that the signature is fresh and the credentials have not expired. A presigned URL is
/// fresh for its own validity, in seconds; every other signature for a fixed time.
pub(super) fn judge_time(
    date: u64,
    validity: Option<u64>,
    key: &Key,
    times: &Times,
) -> Result<(), SignatureError> {
    match validity {
        None if date.abs_diff(times.wall) > LARGEST_SKEW => return Err(SignatureError::Skewed),
        Some(_) if date > times.wall.saturating_add(LARGEST_SKEW) => {
            return Err(SignatureError::NotYetValid);
        }
        Some(validity) if times.wall > date.saturating_add(validity) => {
            return Err(SignatureError::UrlExpired);
        }
        None | Some(_) => {}
    }
    if key.is_dead(times.host) {
        return Err(SignatureError::Expired);
    }
    Ok(())
}
