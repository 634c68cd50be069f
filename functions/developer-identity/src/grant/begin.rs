//! The session of a user who has just authenticated: by a password, or by the code of a recovery.

use lifeguard_identity::limits::{CREDENTIALS_LIFE, FAMILY_IDLE, FAMILY_LIFE};
use lifeguard_identity::session::{Family, SessionId};
use lifeguard_identity::token::access::{AccessToken, GrantSource};
use lifeguard_identity::token::refresh::RefreshToken;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{Account, NewSession, Written};

use super::granted::{Granted, new_credentials, refused};
use crate::command::Scope;
use crate::fault::{Failure, Fault};
use crate::invocation::Invocation;
use crate::problem::TokenProblem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::tags::Tags;

/// The first generation of a session.
const FIRST: u32 = 0;

/// Reason why no session begins. Each route has its own words for it.
pub(crate) enum NotBegun {
    /// The account has the most credentials sessions.
    TooManySessions,
    /// A concurrent request changed the account.
    Overtaken,
    /// A fault; the log names it.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for NotBegun {
    fn from(fault: E) -> Self {
        Self::Fault(fault.into())
    }
}

/// The words of the token endpoint.
impl From<NotBegun> for Failure {
    fn from(reason: NotBegun) -> Self {
        match reason {
            NotBegun::TooManySessions => TokenProblem::InvalidScope.into(),
            NotBegun::Overtaken => refused(Reason::Overtaken),
            NotBegun::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl<A: Adapters> Provider<A> {
    /// Begins a session after the user of an account has authenticated: gets a token of the pool
    /// and stores the session. No limit that an attacker can reach is a condition of it.
    pub(super) async fn begin(
        &self,
        account: Account,
        scope: Scope,
        invocation: &Invocation,
    ) -> Result<Granted, NotBegun> {
        let now = invocation.now;
        let key = self.newest_key(now).await?;
        let session = SessionId(invocation.family);
        // Without a refresh token, the session exists for its credentials session alone.
        let (idle, ends) = match scope {
            Scope::Session => (now + FAMILY_IDLE, now + FAMILY_LIFE),
            Scope::Credentials => (now + CREDENTIALS_LIFE, now + CREDENTIALS_LIFE),
        };
        let family = Family {
            tag: session.tag(),
            generation: FIRST,
            rotated: now,
            authenticated: now,
            idle,
            ends,
        };
        let credentials = new_credentials(scope, &account, &family, &key, invocation)
            .map_err(|_| NotBegun::TooManySessions)?;
        let (life, tags) = (self.identity.token_life, Tags::from_directory(&self.identity));
        let developer_token = self.token_for(&account, &tags, life).await?;
        let (credentials, credentials_token) =
            credentials.map(|new| (new.session, new.token)).unzip();
        let new = NewSession {
            key: account.key.clone(),
            id: account.id.clone(),
            version: account.version,
            identity: developer_token.identity.clone(),
            family,
            credentials,
            now,
        };
        match self.accounts.begin(&new).await? {
            Written::Done => {}
            Written::Refused => return Err(NotBegun::Overtaken),
        }
        let source = GrantSource::SignIn(session);
        let (account, expires) = (account.key, now + life);
        let refresh = RefreshToken { account: account.clone(), session, generation: FIRST };
        let access = AccessToken { account, source, authenticated: now, expires };
        Ok(Granted {
            developer_token,
            access_token: access.mint(&key),
            life,
            refresh_token: (scope == Scope::Session).then(|| refresh.mint(&key)),
            credentials_token,
            issued_token_type: None,
        })
    }
}
