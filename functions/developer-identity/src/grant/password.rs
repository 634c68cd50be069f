//! A name and a password, of the built-in directory or of the operator's.

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::limits::{CREDENTIALS_LIFE, FAMILY_IDLE, FAMILY_LIFE};
use lifeguard_identity::session::{Family, SessionId};
use lifeguard_identity::token::access::{AccessToken, GrantSource};
use lifeguard_identity::token::refresh::RefreshToken;
use lifeguard_policy::identity::Directory;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::directory_name::DirectoryName;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::passwords::{Passwords, Rehash};
use lifeguard_store::accounts::{Account, Attempt, NewAccount, NewSession, Written};

use super::{Granted, credentials, refused};
use crate::adapter;
use crate::ask::Scope;
use crate::chance::Chance;
use crate::fault::{Failure, Fault};
use crate::password::{Hashing, MOST_BYTES, Verified, verify_typed};
use crate::problem::TokenProblem;
use crate::provider::{Provider, World, is_active};
use crate::reason::Reason;
use crate::tags::Tags;

/// The first generation of a family.
const FIRST: u32 = 0;

impl<W: World> Provider<W> {
    /// Signs a user in: reserves an attempt, hashes the password, and in a second form where it is
    /// not typed in its normal one, asks the pool, stores the session.
    pub(super) async fn by_password(
        &self,
        client: &str,
        name: &Secret,
        password: &Secret,
        scope: Scope,
        chance: &Chance,
    ) -> Result<Granted, Failure<TokenProblem>> {
        let Some(directory) = &self.identity.directory else {
            return Err(Failure::Refused(TokenProblem::UnsupportedGrantType));
        };
        if !self.identity.first_party.contains(client) {
            return Err(Failure::Refused(TokenProblem::UnauthorizedClient));
        }
        let wrong = || refused(Reason::WrongPassword);
        if password.expose().len() > MOST_BYTES {
            return Err(wrong());
        }
        let account = match directory {
            Directory::BuiltIn => {
                let account = self.find(name, password, chance).await?;
                return self.begin_or_take_back(account, scope, chance).await;
            }
            Directory::Https { url, key_version, names } => {
                let counted = DirectoryName::parse(name.expose(), *names).ok_or_else(wrong)?;
                self.find_elsewhere(url, *key_version, &counted, name, password, chance).await?
            }
        };
        self.begin(account, scope, chance).await
    }

    /// Begins a session of somebody whose attempt was counted in advance. The password was right,
    /// so if there is no session all the same, the attempt is no wrong one.
    async fn begin_or_take_back(
        &self,
        account: Account,
        scope: Scope,
        chance: &Chance,
    ) -> Result<Granted, Failure<TokenProblem>> {
        let key = account.key.clone();
        let granted = self.begin(account, scope, chance).await;
        if granted.is_err() {
            self.accounts.reset_attempts(&key).await?;
        }
        granted
    }

    /// Somebody of the built-in directory. Nobody costs the same calls and the same hash.
    async fn find(
        &self,
        name: &Secret,
        password: &Secret,
        chance: &Chance,
    ) -> Result<Account, Failure<TokenProblem>> {
        let wrong = refused(Reason::WrongPassword);
        // What is no address belongs to nobody, as everybody can see.
        let Some(email) = Email::parse(name.expose()) else { return Err(wrong) };
        let key = AccountKey::from_address(&email);
        let found = match self.accounts.attempt(&key, chance.now).await? {
            Attempt::Reserved(found) => found,
            Attempt::Blocked => return Err(refused(Reason::BlockedPassword)),
        };
        let hash = found.as_ref().and_then(|account| account.hash.as_ref());
        let (verified, password) = verify_typed(&self.hashing, password, hash);
        let found = found.filter(|one| is_active(one) && one.kind == Kind::Directory);
        match (verified, found) {
            (Verified::Right, Some(account)) => Ok(account),
            (Verified::RightButWeak, Some(account)) => {
                self.rehash(&account, &password, chance).await?;
                Ok(account)
            }
            (Verified::Wrong, Some(_) | None) => Err(wrong),
            (Verified::Right | Verified::RightButWeak, None) => Err(refused(Reason::ClosedAccount)),
        }
    }

    /// Stores a better hash of the same password. If somebody else did or changed the password
    /// meanwhile, theirs stays.
    async fn rehash(
        &self,
        account: &Account,
        password: &Secret,
        chance: &Chance,
    ) -> Result<(), Failure<TokenProblem>> {
        let Some(old) = account.hash.clone() else { return Ok(()) };
        let new = self.hashing.hash(password, chance.salt)?;
        self.accounts.rehash(&Rehash { key: account.key.clone(), old, new }).await?;
        Ok(())
    }

    /// Somebody of the operator's directory, whose answer makes the account. The attempts at a name
    /// are counted here as well: its endpoint may count none.
    async fn find_elsewhere(
        &self,
        url: &str,
        key_version: u16,
        counted: &DirectoryName,
        name: &Secret,
        password: &Secret,
        chance: &Chance,
    ) -> Result<Account, Failure<TokenProblem>> {
        let now = chance.now;
        let key = self.adapter_keys.as_ref().ok_or(Fault::NoKey(key_version))?;
        let key = key.key(key_version, now).await?.ok_or(Fault::NoKey(key_version))?;
        let attempts = AccountKey::from_adapter_name(counted);
        match self.accounts.attempt(&attempts, now).await? {
            Attempt::Reserved(_) => {}
            Attempt::Blocked => return Err(refused(Reason::BlockedPassword)),
        }
        let question = adapter::Question { name, password, now, nonce: &chance.nonce };
        let id = match adapter::ask(&self.web, url, &key, &question).await? {
            adapter::Opinion::Known(id) => id,
            adapter::Opinion::Refused => return Err(refused(Reason::WrongPassword)),
        };
        self.accounts.mark_known(&attempts).await?;
        let newcomer = NewAccount {
            key: AccountKey::from_adapter_id(&id),
            id: AccountId::from_random(chance.account),
            kind: Kind::Adapter,
            now,
        };
        let account = self.accounts.find_or_create(&newcomer).await?;
        if is_active(&account) && account.kind == Kind::Adapter {
            Ok(account)
        } else {
            Err(refused(Reason::ClosedAccount))
        }
    }

    /// Begins a session of somebody who has just proved who they are.
    async fn begin(
        &self,
        account: Account,
        scope: Scope,
        chance: &Chance,
    ) -> Result<Granted, Failure<TokenProblem>> {
        let now = chance.now;
        let key = self.newest_key(now).await?;
        let session = SessionId(chance.family);
        // Without a refresh token, a family is there for its session for credentials alone.
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
        let credentials =
            credentials(scope, &account, &family, &key, chance).map_err(Failure::Refused)?;
        let (life, tags) = (self.identity.token_life, Tags::of_directory(&self.identity));
        let vended = self.token_for(&account, &tags, life).await?;
        let (credentials, credentials_token) =
            credentials.map(|new| (new.session, new.token)).unzip();
        let new = NewSession {
            key: account.key.clone(),
            version: account.version,
            identity: vended.identity.clone(),
            family,
            credentials,
            now,
        };
        match self.accounts.begin(&new).await? {
            Written::Done => {}
            Written::Refused => return Err(refused(Reason::Overtaken)),
        }
        let source = GrantSource::SignIn(session);
        let (account, expires) = (account.key, now + life);
        let refresh = RefreshToken { account: account.clone(), session, generation: FIRST };
        let access = AccessToken { account, source, authenticated: now, expires };
        Ok(Granted {
            vended,
            access_token: access.mint(&key),
            life,
            refresh_token: (scope == Scope::Session).then(|| refresh.mint(&key)),
            credentials_token,
            issued_token_type: None,
        })
    }
}
