//! Tokens, for whoever proves who they are.

mod exchange;
mod password;
mod refresh;

use lifeguard_identity::account::AccountKey;
use lifeguard_identity::limits::{CREDENTIALS_LIFE, CREDENTIALS_SESSIONS};
use lifeguard_identity::session::{CredentialsSession, Family, SessionId};
use lifeguard_identity::token::credentials::CredentialsToken;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::Account;

use crate::answer::Answered;
use crate::ask::{Grant, Scope};
use crate::chance::Chance;
use crate::fault::Failure;
use crate::identity_pool::Vended;
use crate::problem::TokenProblem;
use crate::provider::{Provider, World};
use crate::reason::Reason;
use crate::routes::token::TokenAnswer;

/// What was presented is not accepted, for a reason that the log alone tells.
fn refused(reason: Reason) -> Failure<TokenProblem> {
    Failure::NotAccepted(TokenProblem::InvalidGrant, reason)
}

/// What goes with the identity pool's token.
struct Granted {
    vended: Vended,
    access_token: Secret,
    /// For how many seconds the tokens live.
    life: u64,
    refresh_token: Option<Secret>,
    credentials_token: Option<Secret>,
    issued_token_type: Option<&'static str>,
}

/// What the log says of a grant.
#[derive(Clone, Copy)]
enum Word {
    Password,
    Refresh,
    Exchange,
}

impl<W: World> Provider<W> {
    /// Grants tokens, or says no.
    pub(crate) async fn grant(
        &self,
        grant: Grant,
        chance: &Chance,
    ) -> Result<Answered, Failure<TokenProblem>> {
        let (word, granted) = match grant {
            Grant::Password { client, name, password, scope } => {
                let granted = self.by_password(&client, &name, &password, scope, chance).await?;
                (Word::Password, granted)
            }
            Grant::Refresh { token, scope } => {
                (Word::Refresh, self.by_refresh_token(token, scope, chance).await?)
            }
            Grant::Exchange { subject_token } => {
                (Word::Exchange, self.by_exchange(&subject_token, chance).await?)
            }
        };
        let text = |token: Option<Secret>| token.map(|token| token.expose().to_owned());
        let body = TokenAnswer {
            identity_id: granted.vended.identity,
            token: granted.vended.token.expose().to_owned(),
            token_type: "Bearer",
            access_token: granted.access_token.expose().to_owned(),
            expires_in: granted.life,
            region: self.identity.region().to_owned(),
            identity_pool_id: self.identity.identity_pool.clone(),
            refresh_token: text(granted.refresh_token),
            credentials_token: text(granted.credentials_token),
            issued_token_type: granted.issued_token_type,
        };
        Ok(Answered::of(200, &body, word.text()))
    }
}

impl Word {
    const fn text(self) -> &'static str {
        match self {
            Self::Password => "signed-in",
            Self::Refresh => "refreshed",
            Self::Exchange => "exchanged",
        }
    }
}

/// A session for credentials with its token.
struct NewCredentials {
    session: CredentialsSession,
    token: Secret,
}

/// The session for credentials that `scope` asks for, if the account has room for it.
fn credentials(
    scope: Scope,
    account: &Account,
    family: &Family,
    key: &CodeKey,
    chance: &Chance,
) -> Result<Option<NewCredentials>, TokenProblem> {
    let id = SessionId(chance.credentials);
    match scope {
        Scope::Session => Ok(None),
        Scope::Credentials if account.credentials.len() >= CREDENTIALS_SESSIONS => {
            Err(TokenProblem::InvalidScope)
        }
        Scope::Credentials => {
            let expires = family.ends.min(chance.now + CREDENTIALS_LIFE);
            let (tag, family) = (id.tag(), family.tag.clone());
            let session = CredentialsSession { tag, family, created: chance.now, expires };
            let token = credentials_token(account.key.clone(), id, expires, key);
            Ok(Some(NewCredentials { session, token }))
        }
    }
}

fn credentials_token(
    account: AccountKey,
    session: SessionId,
    expires: u64,
    key: &CodeKey,
) -> Secret {
    CredentialsToken { account, session, expires }.mint(key)
}
