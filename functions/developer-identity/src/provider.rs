//! The provider of developer-authenticated identities, with its adapters.

use lifeguard_aws::{CodeKeys, KeySource};
use lifeguard_identity::account::{AccountId, Status};
use lifeguard_policy::Policy;
use lifeguard_policy::identity::IdentityPolicy;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_store::accounts::Account;
use lifeguard_store::accounts::administration::Administration;
use lifeguard_store::accounts::links::Links;
use lifeguard_store::accounts::passwords::Passwords;
use lifeguard_store::quotas::Quotas;
use lifeguard_store::{Accounts, Challenges, Ties};

use crate::fault::Fault;
use crate::identity_pool::developer_users::DeveloperUsers;
use crate::identity_pool::links::PoolLinks;
use crate::identity_pool::{DeveloperToken, IdentityPool};
use crate::key_sets::KeySets;
use crate::logins::Logins;
use crate::password::Hashing;
use crate::settings::Settings;
use crate::tags::Tags;
use crate::web::Web;

/// Types of the adapters: one set for AWS, one for tests.
pub trait Adapters {
    /// The accounts table.
    type Accounts: Accounts + Administration + Links + Passwords + Quotas;
    /// The challenges table.
    type Challenges: Challenges + Ties;
    /// The source of keys.
    type Keys: KeySource;
    /// The identity pool.
    type Pool: IdentityPool + DeveloperUsers + PoolLinks;
    /// The HTTPS client.
    type Web: Web;
    /// The password hash.
    type Hashing: Hashing;
}

/// The provider of developer-authenticated identities.
pub struct Provider<A: Adapters> {
    pub(crate) policy: Policy,
    pub(crate) identity: IdentityPolicy,
    pub(crate) accounts: A::Accounts,
    pub(crate) challenges: A::Challenges,
    pub(crate) keys: CodeKeys<A::Keys>,
    pub(crate) pool: A::Pool,
    pub(crate) web: A::Web,
    pub(crate) hashing: A::Hashing,
    pub(crate) adapter_keys: Option<CodeKeys<A::Keys>>,
    pub(crate) key_sets: KeySets,
}

/// Dependencies of a [`Provider`].
pub struct Dependencies<A: Adapters> {
    /// The accounts table.
    pub accounts: A::Accounts,
    /// The challenges table.
    pub challenges: A::Challenges,
    /// The code keys.
    pub keys: A::Keys,
    /// The keys shared with the operator's endpoints, if there are any.
    pub adapter_keys: Option<A::Keys>,
    /// The identity pool.
    pub pool: A::Pool,
    /// The HTTPS client for other servers.
    pub web: A::Web,
    /// The password hash.
    pub hashing: A::Hashing,
}

impl<A: Adapters> Provider<A> {
    /// Builds a provider with these settings.
    #[must_use]
    pub fn new(settings: Settings, dependencies: Dependencies<A>) -> Self {
        let Settings { policy, identity, .. } = settings;
        Self {
            policy,
            identity,
            accounts: dependencies.accounts,
            challenges: dependencies.challenges,
            keys: CodeKeys::new(dependencies.keys),
            pool: dependencies.pool,
            web: dependencies.web,
            hashing: dependencies.hashing,
            adapter_keys: dependencies.adapter_keys.map(CodeKeys::new),
            key_sets: KeySets::default(),
        }
    }

    /// Gets a token of the identity pool for an account that was verified in this invocation. The
    /// pool must name the identity that is stored.
    pub(crate) async fn token_for(
        &self,
        account: &Account,
        tags: &Tags,
        seconds: u64,
    ) -> Result<DeveloperToken, Fault> {
        let logins = self.logins(&account.id);
        let token = self.pool.token_for(&logins, tags, seconds).await?;
        match &account.identity {
            Some(stored) if *stored != token.identity => Err(Fault::OtherIdentity),
            Some(_) | None => Ok(token),
        }
    }

    /// Returns the logins of an account.
    pub(crate) fn logins(&self, id: &AccountId) -> Logins {
        Logins::new(&self.identity.provider, id)
    }

    /// Returns the code key for new tokens and codes.
    pub(crate) async fn newest_key(&self, now: u64) -> Result<CodeKey, Fault> {
        let version = self.policy.key_version;
        self.key(version, now).await?.ok_or(Fault::NoKey(version))
    }

    /// Returns the code key of a version, if there is one.
    pub(crate) async fn key(&self, version: u16, now: u64) -> Result<Option<CodeKey>, Fault> {
        Ok(self.keys.key(version, now).await?)
    }
}

/// True for an account that may sign in.
pub(crate) fn is_active(account: &Account) -> bool {
    match account.status {
        Status::Active => true,
        Status::Disabled => false,
    }
}
