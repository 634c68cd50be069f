//! Verifies the token of a trusted issuer and finds its subject.
//!
//! Pure: keys and time are arguments. The settings hold every rule.

use lifeguard_policy::issuers::Issuer;

use crate::signed_token::UnverifiedToken;
use crate::tags::Tags;
use crate::token_refusal::TokenRefusal;
use crate::verification_key::VerificationKey;

/// The longest subject, in bytes.
const LONGEST_SUBJECT: usize = 1024;

/// A user of a trusted issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The user's name at the issuer.
    pub(crate) sub: String,
    /// The expiry time of the token, in seconds since 1970.
    pub(crate) expires: u64,
    /// The principal tags from its claims.
    pub(crate) tags: Tags,
}

/// Checks algorithm and type against the settings of the issuer.
pub(crate) fn check_kind(token: &UnverifiedToken<'_>, issuer: &Issuer) -> Result<(), TokenRefusal> {
    token.check_kind(issuer.algorithm, issuer.types.iter())
}

/// Returns the subject, if one of the keys signed the token and its claims pass every check.
pub(crate) fn verify(
    token: &UnverifiedToken<'_>,
    issuer: &Issuer,
    keys: &[VerificationKey],
    now: u64,
) -> Result<Subject, TokenRefusal> {
    check_kind(token, issuer)?;
    let claims = token.verify(issuer.algorithm, keys)?;
    let sub = claims.subject(LONGEST_SUBJECT)?.to_owned();
    if !claims.audiences()?.contains(&issuer.audience.as_str()) {
        return Err(TokenRefusal::WrongAudience);
    }
    let expires = claims.check_times(now, Some(issuer.max_age))?;
    let tags = Tags::from_claims(issuer, claims.as_map()).ok_or(TokenRefusal::UnusableTag)?;
    Ok(Subject { sub, expires, tags })
}
