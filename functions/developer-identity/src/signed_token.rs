//! A token that another issuer signed: a JWS of the compact form (RFC 7515) with claims (RFC 7519).
//!
//! Pure: the keys are an argument. Of the header, `alg`, `typ`, `kid` and `crit` are read.
//! Members that name or hold keys (`jku`, `jwk`, `x5u`, `x5c`, `x5t`) are not: keys come from the
//! address in the settings. `cty` and members that are not known change nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_policy::issuers::Algorithm;
use lifeguard_policy::strict::Strict;
use lifeguard_policy::token_type::TokenType;
use lifeguard_sign_in::secret::Secret;
use serde_json::{Map, Value};

use crate::token_refusal::TokenRefusal;
use crate::verification_key::{VerificationKey, is_name};
use crate::verified_claims::VerifiedClaims;

/// The longest token, in bytes: Entra lists up to 200 groups in one, which makes twelve thousand.
const MOST_BYTES: usize = 14 * 1024;

/// A token with a signature that is not checked yet: it names its issuer and perhaps its key.
#[derive(Debug)]
pub(crate) struct UnverifiedToken<'a> {
    text: &'a Secret,
    /// The issuer that it claims to be from.
    pub(crate) iss: String,
    /// The key that it claims to be signed with.
    pub(crate) kid: Option<String>,
    algorithm: String,
    typ: Option<TokenType>,
    claims: Map<String, Value>,
}

impl<'a> UnverifiedToken<'a> {
    /// Parses a text.
    ///
    /// # Errors
    /// [`TokenRefusal`] for anything but a signed token without critical extensions. A repeated
    /// member is an error, so that no other parser can understand the token differently.
    pub(crate) fn parse(text: &'a Secret) -> Result<Self, TokenRefusal> {
        let malformed = TokenRefusal::MalformedToken;
        let parts: Vec<&str> = text.expose().split('.').collect();
        let [header, claims, _signature] = parts.as_slice() else { return Err(malformed) };
        if text.expose().len() > MOST_BYTES {
            return Err(malformed);
        }
        let header = object(header).ok_or(malformed)?;
        let claims = object(claims).ok_or(malformed)?;
        let algorithm = member(&header, "alg")?.ok_or(malformed)?;
        let (typ, kid) = (member(&header, "typ")?, member(&header, "kid")?);
        let iss = member(&claims, "iss")?.ok_or(malformed)?;
        if header.contains_key("crit") {
            return Err(TokenRefusal::CriticalHeader);
        }
        Ok(Self { text, iss, kid, algorithm, typ: typ.as_deref().map(TokenType::new), claims })
    }

    /// Returns the text of the token.
    pub(crate) fn text(&self) -> &Secret {
        self.text
    }

    /// Checks that the token names this algorithm and, if it names a type, one of these. Otherwise no
    /// key could verify it.
    pub(crate) fn check_kind<'t>(
        &self,
        algorithm: Algorithm,
        mut types: impl Iterator<Item = &'t TokenType>,
    ) -> Result<(), TokenRefusal> {
        if !is_name(&self.algorithm, algorithm) {
            return Err(TokenRefusal::WrongAlgorithm);
        }
        match &self.typ {
            Some(typ) if !types.any(|known| known == typ) => Err(TokenRefusal::WrongType),
            Some(_) | None => Ok(()),
        }
    }

    /// Returns the claims, if one of the keys signed the token. The caller checks times and audience.
    pub(crate) fn verify(
        &self,
        algorithm: Algorithm,
        keys: &[VerificationKey],
    ) -> Result<VerifiedClaims<'_>, TokenRefusal> {
        let (message, signature) =
            self.text.expose().rsplit_once('.').ok_or(TokenRefusal::MalformedToken)?;
        let is_signed = is_name(&self.algorithm, algorithm)
            && keys
                .iter()
                .any(|key| key.fits(algorithm) && key.verifies(algorithm, message, signature));
        is_signed.then(|| VerifiedClaims::new(&self.claims)).ok_or(TokenRefusal::WrongSignature)
    }
}

/// Returns a text of an object, if the member is present.
fn member(object: &Map<String, Value>, name: &str) -> Result<Option<String>, TokenRefusal> {
    let text =
        |value: &Value| value.as_str().map(str::to_owned).ok_or(TokenRefusal::MalformedToken);
    object.get(name).map(text).transpose()
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice(&bytes) {
        Ok(Strict(Value::Object(members))) => Some(members),
        Ok(Strict(_)) | Err(_) => None,
    }
}
