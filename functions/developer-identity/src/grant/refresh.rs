//! The grant by a refresh token: each is valid once, and using an older one revokes its session.

use lifeguard_identity::refresh::{Use, judge};
use lifeguard_identity::token::access::{AccessToken, GrantSource};
use lifeguard_identity::token::refresh::RefreshToken;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{Account, Revocation, Rotation, Written};

use super::granted::{Granted, new_credentials, refused};
use crate::command::Scope;
use crate::fault::Failure;
use crate::invocation::Invocation;
use crate::provider::{Adapters, Provider, is_active};
use crate::reason::Reason;
use crate::tags::Tags;

impl<A: Adapters> Provider<A> {
    /// Refreshes: reads the row, gets a token of the pool, uses the generation up. In this order, a
    /// fault of the pool costs no session.
    pub(super) async fn by_refresh_token(
        &self,
        token: Secret,
        scope: Scope,
        invocation: &Invocation,
    ) -> Result<Granted, Failure> {
        let now = invocation.now;
        let (foreign, dead) = (|| refused(Reason::ForeignToken), || refused(Reason::DeadToken));
        let unverified = RefreshToken::parse(token).ok_or_else(foreign)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or_else(foreign)?;
        let token = unverified.verify(&key).ok_or_else(foreign)?;
        let account = self.accounts.read(&token.account, now).await?.ok_or_else(dead)?;
        let family = account.family(&token.session.tag());
        match (judge(account.status, family, token.generation, now), scope) {
            (Use::Rotate | Use::SameSuccessor, Scope::Session) => {
                self.rotate(&account, &token, invocation).await
            }
            (Use::Rotate, Scope::Credentials) => {
                self.begin_credentials(&account, &token, invocation).await
            }
            (Use::Reuse, _) => {
                let ending = Revocation::Family(token.session.tag());
                self.accounts.revoke(&account.key, &account.id, &ending).await?;
                Err(refused(Reason::ReusedToken(token.session.tag())))
            }
            (Use::Inactive, _) if !is_active(&account) => Err(refused(Reason::ClosedAccount)),
            (Use::SameSuccessor, Scope::Credentials) | (Use::Inactive, _) => Err(dead()),
        }
    }

    /// Uses the generation up, or finds that this very token was used a moment ago.
    async fn rotate(
        &self,
        account: &Account,
        token: &RefreshToken,
        invocation: &Invocation,
    ) -> Result<Granted, Failure> {
        let key = self.newest_key(invocation.now).await?;
        let granted = self.refreshed(account, token, &key, invocation).await?;
        match self.accounts.rotate(&rotation(account, token, invocation.now)).await? {
            Written::Done => {}
            Written::Refused => return Err(refused(Reason::Overtaken)),
        }
        let generation =
            token.generation.checked_add(1).ok_or_else(|| refused(Reason::DeadToken))?;
        let next = RefreshToken { generation, ..token.clone() };
        Ok(Granted { refresh_token: Some(next.mint(&key)), ..granted })
    }

    /// Begins a credentials session; the generation stays.
    async fn begin_credentials(
        &self,
        account: &Account,
        token: &RefreshToken,
        invocation: &Invocation,
    ) -> Result<Granted, Failure> {
        let key = self.newest_key(invocation.now).await?;
        let family =
            account.family(&token.session.tag()).ok_or_else(|| refused(Reason::DeadToken))?;
        let new = new_credentials(Scope::Credentials, account, family, &key, invocation)?
            .ok_or_else(|| refused(Reason::DeadToken))?;
        let granted = self.refreshed(account, token, &key, invocation).await?;
        let rotation = rotation(account, token, invocation.now);
        match self.accounts.add_credentials(&rotation, &new.session).await? {
            Written::Done => Ok(Granted { credentials_token: Some(new.token), ..granted }),
            Written::Refused => Err(refused(Reason::Overtaken)),
        }
    }

    async fn refreshed(
        &self,
        account: &Account,
        token: &RefreshToken,
        key: &CodeKey,
        invocation: &Invocation,
    ) -> Result<Granted, Failure> {
        let family =
            account.family(&token.session.tag()).ok_or_else(|| refused(Reason::DeadToken))?;
        let (life, tags) = (self.identity.token_life, Tags::from_directory(&self.identity));
        let developer_token = self.token_for(account, &tags, life).await?;
        let access = AccessToken {
            account: account.key.clone(),
            source: GrantSource::Refreshed(token.session),
            authenticated: family.authenticated,
            expires: invocation.now + life,
        };
        Ok(Granted {
            developer_token,
            access_token: access.mint(key),
            life,
            refresh_token: None,
            credentials_token: None,
            issued_token_type: None,
        })
    }
}

fn rotation(account: &Account, token: &RefreshToken, now: u64) -> Rotation {
    Rotation {
        key: account.key.clone(),
        id: account.id.clone(),
        version: account.version,
        family: token.session.tag(),
        generation: token.generation,
        now,
    }
}
