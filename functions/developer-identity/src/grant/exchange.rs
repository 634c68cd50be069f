//! The grant by a token of a trusted issuer (RFC 8693).

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::token::access::{AccessToken, AccountFingerprint, GrantSource};
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{Account, NewAccount, Written};

use super::granted::{Granted, refused};
use crate::fault::Failure;
use crate::invocation::Invocation;
use crate::key_sets::KeyQuery;
use crate::problem::TokenProblem;
use crate::provider::{Adapters, Provider, is_active};
use crate::reason::Reason;
use crate::signed_token::UnverifiedToken;
use crate::subject_token::{self, Subject};
use crate::token_refusal::TokenRefusal;
use crate::wire::token::ISSUED_TOKEN_TYPE;

impl<A: Adapters> Provider<A> {
    /// Exchanges a token: finds or creates the account of (`iss`, `sub`), gets a token of the pool,
    /// and stores the identity if it is new. The tokens expire no later than the exchanged one, and
    /// there is no refresh token: the client returns to the issuer.
    pub(super) async fn by_exchange(
        &self,
        subject_token: &Secret,
        invocation: &Invocation,
    ) -> Result<Granted, Failure> {
        if self.identity.issuers.is_empty() {
            return Err(TokenProblem::UnsupportedGrantType.into());
        }
        let now = invocation.now;
        let (iss, subject) = self.subject(subject_token, now).await?;
        let newcomer = NewAccount {
            key: AccountKey::from_issuer(&iss, &subject.sub),
            id: AccountId::from_random(invocation.account),
            kind: Kind::Issuer,
            now,
        };
        let account = self.accounts.find_or_create(&newcomer).await?;
        if !is_active(&account) || account.kind != Kind::Issuer {
            return Err(refused(Reason::ClosedAccount));
        }
        let key = self.newest_key(now).await?;
        let life = self.identity.token_life.min(subject.expires.saturating_sub(now));
        let developer_token = self.token_for(&account, &subject.tags, life).await?;
        if account.identity.is_none() {
            let identity = &developer_token.identity;
            let Account { key, id, version, .. } = &account;
            match self.accounts.keep_identity(key, id, *version, identity).await? {
                Written::Done => {}
                Written::Refused => return Err(TokenProblem::InvalidGrant.into()),
            }
        }
        let source = GrantSource::Exchanged(AccountFingerprint::new(&account.id, account.version));
        let access =
            AccessToken { account: account.key, source, authenticated: now, expires: now + life };
        Ok(Granted {
            developer_token,
            access_token: access.mint(&key),
            life,
            refresh_token: None,
            credentials_token: None,
            issued_token_type: Some(ISSUED_TOKEN_TYPE),
        })
    }

    /// Verifies a token and returns its issuer and its subject.
    async fn subject(&self, text: &Secret, now: u64) -> Result<(String, Subject), Failure> {
        let token = UnverifiedToken::parse(text).map_err(foreign)?;
        let issuer = self.identity.issuers.get(&token.iss);
        let issuer = issuer.ok_or(foreign(TokenRefusal::UnknownIssuer))?;
        subject_token::check_kind(&token, issuer).map_err(foreign)?;
        let query = KeyQuery { kid: token.kid.as_deref(), algorithm: issuer.algorithm };
        let keys = self.key_sets.keys(&self.web, &issuer.jwks, query, now).await?;
        let keys = keys.map_err(foreign)?;
        let subject = subject_token::verify(&token, issuer, &keys, now).map_err(foreign)?;
        Ok((token.iss, subject))
    }
}

fn foreign(refusal: TokenRefusal) -> Failure {
    refused(Reason::RefusedToken(refusal))
}
