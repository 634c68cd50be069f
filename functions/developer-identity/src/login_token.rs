//! Verifies the ID token of a login at another provider.
//!
//! Pure: keys and time are arguments. The settings hold every rule. `lifeguard_identity::linking`
//! checks age and nonce.

use lifeguard_identity::linking::{Claims, Link, LoginKey, LoginOwner};
use lifeguard_policy::login_providers::LoginProvider;
use lifeguard_policy::token_type::TokenType;
use lifeguard_sign_in::secret::Secret;

use crate::signed_token::UnverifiedToken;
use crate::token_refusal::TokenRefusal;
use crate::verification_key::VerificationKey;

/// The longest subject, in bytes.
const LONGEST_SUBJECT: usize = 255;
/// The type of an ID token, where it names one.
const TYPE: &str = "JWT";
/// The `token_use` of an ID token of a user pool.
const USE: &str = "id";

/// A login at another provider, from a verified ID token: it has no other source.
#[derive(Clone, Debug)]
pub struct VerifiedLogin {
    provider: String,
    key: LoginKey,
    nonce: Option<String>,
    authenticated: Option<u64>,
    token: Secret,
}

impl VerifiedLogin {
    /// Returns the provider, as the identity pool names it.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Returns the ID token, for the identity pool.
    #[must_use]
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Returns the key of the login.
    pub(crate) fn key(&self) -> &LoginKey {
        &self.key
    }

    /// Returns the claims that linking checks.
    pub(crate) fn claims(&self) -> Claims<'_> {
        Claims { nonce: self.nonce.as_deref(), authenticated: self.authenticated }
    }

    /// Compares the login with the links of one account.
    pub(crate) fn compare(&self, links: &[Link]) -> LoginOwner {
        match links.iter().find(|link| link.provider == self.provider) {
            None => LoginOwner::Unlinked,
            Some(link) if link.login == self.key => LoginOwner::ThisAccount,
            Some(_) => LoginOwner::OtherLogin,
        }
    }
}

/// Checks algorithm and type against the settings of the provider.
pub(crate) fn check_kind(
    token: &UnverifiedToken<'_>,
    provider: &LoginProvider,
) -> Result<(), TokenRefusal> {
    token.check_kind(provider.algorithm, [TokenType::new(TYPE)].iter())
}

/// Returns the login, if one of the keys signed the token, its only audience is a configured client,
/// and it is valid now.
pub(crate) fn verify(
    token: &UnverifiedToken<'_>,
    name: &str,
    provider: &LoginProvider,
    keys: &[VerificationKey],
    now: u64,
) -> Result<VerifiedLogin, TokenRefusal> {
    check_kind(token, provider)?;
    let claims = token.verify(provider.algorithm, keys)?;
    let sub = claims.subject(LONGEST_SUBJECT)?;
    let is_ours = match claims.audiences()?.as_slice() {
        [only] => provider.audiences.contains(*only),
        _ => false,
    };
    if !is_ours {
        return Err(TokenRefusal::WrongAudience);
    }
    if claims.text("token_use")?.is_some_and(|purpose| purpose != USE) {
        return Err(TokenRefusal::WrongUse);
    }
    claims.check_times(now, None)?;
    Ok(VerifiedLogin {
        provider: name.to_owned(),
        key: LoginKey::new(name, sub),
        nonce: claims.text("nonce")?.map(str::to_owned),
        authenticated: claims.seconds("auth_time")?,
        token: token.text().clone(),
    })
}
