//! The grant by a user name and a password, of the built-in directory or of the operator's.

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_policy::identity::Directory;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::directory_name::DirectoryName;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::passwords::{Passwords, Rehash};
use lifeguard_store::accounts::{Account, Attempt, NewAccount};

use super::granted::{Granted, refused};
use crate::adapter;
use crate::command::{MailedCode, Scope};
use crate::fault::{Failure, Fault};
use crate::invocation::Invocation;
use crate::password::{Comparison, Hashing, MOST_BYTES, verify_typed};
use crate::problem::TokenProblem;
use crate::provider::{Adapters, Provider, is_active};
use crate::reason::Reason;

/// Parts of a request that the user typed.
pub(super) struct Typed<'a> {
    pub(super) name: &'a Secret,
    pub(super) password: &'a Secret,
    pub(super) mailed: &'a MailedCode,
}

impl<A: Adapters> Provider<A> {
    /// Signs a user in: reserves an attempt, hashes the password (twice if it is not typed in its
    /// normal form), gets a token of the pool, stores the session.
    pub(super) async fn by_password(
        &self,
        client: &str,
        typed: &Typed<'_>,
        scope: Scope,
        invocation: &Invocation,
    ) -> Result<Granted, Failure> {
        let Typed { name, password, .. } = *typed;
        let Some(directory) = &self.identity.directory else {
            return Err(TokenProblem::UnsupportedGrantType.into());
        };
        if !self.is_first_party(client) {
            return Err(TokenProblem::UnauthorizedClient.into());
        }
        let wrong = || refused(Reason::WrongPassword);
        if password.expose().len() > MOST_BYTES {
            return Err(wrong());
        }
        let account = match directory {
            Directory::BuiltIn => {
                let account = self.find_user(typed, invocation).await?;
                return self.begin_or_take_back(account, scope, invocation).await;
            }
            Directory::Https { url, key_version, names } => {
                let counted = DirectoryName::parse(name.expose(), *names).ok_or_else(wrong)?;
                self.find_in_operators_directory(
                    url,
                    *key_version,
                    &counted,
                    name,
                    password,
                    invocation,
                )
                .await?
            }
        };
        Ok(self.begin(account, scope, invocation).await?)
    }

    /// Begins a session after an attempt that was counted in advance. The password was right, so a
    /// failure takes the attempt back.
    async fn begin_or_take_back(
        &self,
        account: Account,
        scope: Scope,
        invocation: &Invocation,
    ) -> Result<Granted, Failure> {
        let key = account.key.clone();
        let granted = self.begin(account, scope, invocation).await;
        if granted.is_err() {
            self.accounts.reset_attempts(&key).await?;
        }
        Ok(granted?)
    }

    /// Finds a user of the built-in directory by name and password. An unknown user costs the same
    /// calls and the same hash.
    async fn find_user(
        &self,
        typed: &Typed<'_>,
        invocation: &Invocation,
    ) -> Result<Account, Failure> {
        let Typed { name, password, mailed } = *typed;
        let wrong = refused(Reason::WrongPassword);
        // A malformed address belongs to no user, which reveals nothing.
        let Some(email) = Email::parse(name.expose()) else { return Err(wrong) };
        let key = AccountKey::from_address(&email);
        let found = match self.accounts.attempt(&key, invocation.now).await? {
            Attempt::Reserved(found) => found,
            Attempt::Blocked if self.identity.code_under_attack => {
                self.prove_mailbox(&email, mailed, invocation).await?
            }
            Attempt::Blocked => return Err(refused(Reason::BlockedPassword)),
        };
        let hash = found.as_ref().and_then(|account| account.hash.as_ref());
        let (compared, password) = verify_typed(&self.hashing, password, hash);
        let found = found.filter(|one| is_active(one) && one.kind == Kind::Directory);
        match (compared, found) {
            (Comparison::Right, Some(account)) => Ok(account),
            (Comparison::RightButWeak, Some(account)) => {
                self.rehash(&account, &password, invocation).await?;
                Ok(account)
            }
            (Comparison::Wrong, Some(_) | None) => Err(wrong),
            (Comparison::Right | Comparison::RightButWeak, None) => {
                Err(refused(Reason::ClosedAccount))
            }
        }
    }

    /// Stores a stronger hash of the same password. If a concurrent request stored another hash, that
    /// one stays.
    async fn rehash(
        &self,
        account: &Account,
        password: &Secret,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let Some(old) = account.hash.clone() else { return Ok(()) };
        let new = self.hashing.hash(password, invocation.salt)?;
        self.accounts.rehash(&Rehash { key: account.key.clone(), old, new }).await?;
        Ok(())
    }

    /// Finds a user of the operator's directory by name and password, and creates the account. The
    /// attempts at a name are counted here as well: the directory may not count them.
    async fn find_in_operators_directory(
        &self,
        url: &str,
        key_version: u16,
        counted: &DirectoryName,
        name: &Secret,
        password: &Secret,
        invocation: &Invocation,
    ) -> Result<Account, Failure> {
        let now = invocation.now;
        let key = self.adapter_keys.as_ref().ok_or(Fault::NoKey(key_version))?;
        let key = key.key(key_version, now).await?.ok_or(Fault::NoKey(key_version))?;
        let attempts = AccountKey::from_adapter_name(counted);
        match self.accounts.attempt(&attempts, now).await? {
            Attempt::Reserved(_) => {}
            Attempt::Blocked => return Err(refused(Reason::BlockedPassword)),
        }
        let check = adapter::PasswordCheck { name, password, now, nonce: &invocation.nonce };
        let id = match adapter::check_password(&self.web, url, &key, &check).await? {
            adapter::CheckResult::Right(id) => id,
            adapter::CheckResult::Refused => return Err(refused(Reason::WrongPassword)),
        };
        self.accounts.mark_known(&attempts).await?;
        let newcomer = NewAccount {
            key: AccountKey::from_adapter_id(&id),
            id: AccountId::from_random(invocation.account),
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
}
