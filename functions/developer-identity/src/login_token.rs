//! Decides which login at another provider an ID token proves.
//!
//! Pure: the keys and the time come in as arguments. Everything by which a token is judged stands
//! in the settings. `lifeguard_identity::linking` decides if the proof is fresh and of this session.

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
/// The use of an ID token of a user pool.
const USE: &str = "id";

/// A login at another provider, proved by an ID token of theirs: there is no other way to make
/// one.
#[derive(Clone, Debug)]
pub struct ProvedLogin {
    provider: String,
    key: LoginKey,
    nonce: Option<String>,
    authenticated: Option<u64>,
    token: Secret,
}

impl ProvedLogin {
    /// The provider, as the identity pool names it.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The token, for the identity pool.
    #[must_use]
    pub fn token(&self) -> &Secret {
        &self.token
    }

    pub(crate) fn key(&self) -> &LoginKey {
        &self.key
    }

    pub(crate) fn claims(&self) -> Claims<'_> {
        Claims { nonce: self.nonce.as_deref(), authenticated: self.authenticated }
    }

    /// Where the login leads, as far as the list of one account says.
    pub(crate) fn place_in(&self, links: &[Link]) -> LoginOwner {
        match links.iter().find(|link| link.provider == self.provider) {
            None => LoginOwner::Unlinked,
            Some(link) if link.login == self.key => LoginOwner::ThisAccount,
            Some(_) => LoginOwner::OtherLogin,
        }
    }
}

/// Checks that algorithm and type are those of the provider's ID tokens.
pub(crate) fn check_kind(
    token: &UnverifiedToken<'_>,
    provider: &LoginProvider,
) -> Result<(), TokenRefusal> {
    token.check_kind(provider.algorithm, [TokenType::new(TYPE)].iter())
}

/// Returns the login, if one of the keys signed the token for one of our clients and no other
/// party, and it is valid now.
pub(crate) fn verify(
    token: &UnverifiedToken<'_>,
    name: &str,
    provider: &LoginProvider,
    keys: &[VerificationKey],
    now: u64,
) -> Result<ProvedLogin, TokenRefusal> {
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
    Ok(ProvedLogin {
        provider: name.to_owned(),
        key: LoginKey::new(name, sub),
        nonce: claims.text("nonce")?.map(str::to_owned),
        authenticated: claims.seconds("auth_time")?,
        token: token.text().clone(),
    })
}
