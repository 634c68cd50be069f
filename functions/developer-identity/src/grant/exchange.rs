//! A token of a trusted issuer (RFC 8693).

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::token::access::{AccessToken, AccountFingerprint, GrantSource};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{NewAccount, Written};

use super::{Granted, refused};
use crate::chance::Chance;
use crate::fault::Failure;
use crate::key_sets::Wanted;
use crate::problem::TokenProblem;
use crate::provider::{Provider, World, is_active};
use crate::reason::Reason;
use crate::routes::token::ISSUED_TOKEN_TYPE;
use crate::signed_token::UnverifiedToken;
use crate::subject_token::{self, Subject};
use crate::token_refusal::TokenRefusal;

const REFUSED: Failure<TokenProblem> = Failure::Refused(TokenProblem::InvalidGrant);

impl<W: World> Provider<W> {
    /// Exchanges a token: finds or makes the account of (`iss`, `sub`), asks the pool, and keeps
    /// the identity if it is new. What it grants ends with the token, and there is no refresh
    /// token: the issuer is asked again.
    pub(super) async fn by_exchange(
        &self,
        subject_token: &Secret,
        chance: &Chance,
    ) -> Result<Granted, Failure<TokenProblem>> {
        if self.identity.issuers.is_empty() {
            return Err(Failure::Refused(TokenProblem::UnsupportedGrantType));
        }
        let now = chance.now;
        let (iss, subject) = self.subject(subject_token, now).await?;
        let newcomer = NewAccount {
            key: AccountKey::from_issuer(&iss, &subject.sub),
            id: AccountId::from_random(chance.account),
            kind: Kind::Issuer,
            now,
        };
        let account = self.accounts.find_or_create(&newcomer).await?;
        if !is_active(&account) || account.kind != Kind::Issuer {
            return Err(refused(Reason::ClosedAccount));
        }
        let key = self.newest_key(now).await?;
        let life = self.identity.token_life.min(subject.expires.saturating_sub(now));
        let vended = self.token_for(&account, &subject.tags, life).await?;
        if account.identity.is_none() {
            let identity = &vended.identity;
            match self.accounts.keep_identity(&account.key, account.version, identity).await? {
                Written::Done => {}
                Written::Refused => return Err(REFUSED),
            }
        }
        let source = GrantSource::Exchanged(AccountFingerprint::new(&account.id, account.version));
        let access =
            AccessToken { account: account.key, source, authenticated: now, expires: now + life };
        Ok(Granted {
            vended,
            access_token: access.mint(&key),
            life,
            refresh_token: None,
            credentials_token: None,
            issued_token_type: Some(ISSUED_TOKEN_TYPE),
        })
    }

    /// Returns the issuer and the subject of a token.
    async fn subject(
        &self,
        text: &Secret,
        now: u64,
    ) -> Result<(String, Subject), Failure<TokenProblem>> {
        let token = UnverifiedToken::read(text).map_err(foreign)?;
        let issuer = self.identity.issuers.get(&token.iss);
        let issuer = issuer.ok_or(foreign(TokenRefusal::UnknownIssuer))?;
        subject_token::check_kind(&token, issuer).map_err(foreign)?;
        let wanted = Wanted { kid: token.kid.as_deref(), algorithm: issuer.algorithm };
        let keys = self.key_sets.keys(&self.web, &issuer.jwks, wanted, now).await?;
        let keys = keys.map_err(foreign)?;
        let subject = subject_token::verify(&token, issuer, &keys, now).map_err(foreign)?;
        Ok((token.iss, subject))
    }
}

fn foreign(refusal: TokenRefusal) -> Failure<TokenProblem> {
    refused(Reason::RefusedToken(refusal))
}
