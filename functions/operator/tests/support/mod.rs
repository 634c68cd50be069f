//! The real tables on an embedded database, and pools that remember or fail.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use lifeguard_identity::account::{AccountId, AccountKey, Kind};
use lifeguard_identity::limits::{FAMILY_IDLE, FAMILY_LIFE};
use lifeguard_identity::linking::{Link, LoginKey, NonceTag};
use lifeguard_identity::session::{Family, SessionId};
use lifeguard_runtime::Failure;
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_in::verdict::{Judgement, Verdict};
use lifeguard_sign_up::email::Email;
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::{NewAccount, NewSession, Registration, Written};
use lifeguard_store::challenges::{Challenges, NewChallenge};
use lifeguard_store::profiles::{NewProfile, ProfileKey};
use lifeguard_store::{AccountTable, Accounts, ChallengeTable, ProfileTable};
use lifeguard_testkit::EmbeddedDynamo;
use lifeguard_testkit::embedded::{ACCOUNTS, CHALLENGES, PROFILES};
pub use lifeguard_testkit::fixtures::IDENTITY;
use lifeguard_testkit::fixtures::{CLIENT, IDENTITY_POOL, NOW, POLICY, SUB, settings};
use lifeguard_testkit::golden;
use operator::dependencies::Dependencies;
use operator::handle;
use operator::identities::{Identities, IdentitiesFault, Shared};
use operator::users::{User, UserPage, Users, UsersFault};
use serde_json::{Value, json};

pub const NOOR: &str = SUB;
pub const ADDRESS: &str = "noor@example.net";

/// Changes the users in the moment before one of them is looked up.
pub type Change = fn(&mut Vec<User>);

/// Counter of the calls of a pool, and the one that fails.
#[derive(Default)]
pub struct Calls {
    made: usize,
    fails: Option<usize>,
}

/// Pools that remember their users and identities, and fail at one call if told to.
#[derive(Default)]
pub struct Pools {
    pub users: Mutex<Vec<User>>,
    pub done: Mutex<Vec<String>>,
    pub identities: Mutex<Vec<String>>,
    /// The identity of each account.
    pub logins: Mutex<BTreeMap<AccountId, String>>,
    /// A session that stores an identity in the moment in which the user is disabled.
    pub meanwhile: Mutex<Option<(AccountTable, NewSession)>>,
    /// A profile that a repair writes in the same moment.
    pub repaired: Mutex<Option<(ProfileTable, NewProfile)>>,
    /// Events before each look-up of a user, first to last.
    pub changes: Mutex<VecDeque<Change>>,
    calls: Mutex<Calls>,
}

impl Pools {
    /// Lets the call of this number fail, counted from 0 from now on.
    pub fn fail_at(&self, call: Option<usize>) {
        *self.calls.lock().unwrap() = Calls { made: 0, fails: call };
    }

    /// Returns the number of calls since then.
    pub fn made(&self) -> usize {
        self.calls.lock().unwrap().made
    }

    fn shared(&self, identity: &str) -> Option<Shared> {
        let is_there = self.identities.lock().unwrap().iter().any(|known| known == identity);
        let logins = self.logins.lock().unwrap();
        let of_it = logins.iter().filter(|(_, known)| *known == identity);
        let accounts = of_it.map(|(account, _)| account.clone()).collect();
        is_there.then(|| Shared { identity: identity.to_owned(), accounts })
    }

    fn fails(&self) -> bool {
        let mut calls = self.calls.lock().unwrap();
        calls.made += 1;
        calls.fails == Some(calls.made - 1)
    }

    fn act(&self, what: &str, user_name: &str) -> Result<(), UsersFault> {
        if self.fails() {
            return Err(UsersFault("TooManyRequestsException".to_owned()));
        }
        self.done.lock().unwrap().push(format!("{what} {user_name}"));
        Ok(())
    }
}

impl Users for &Pools {
    async fn find(&self, _pool: &str, user_name: &str) -> Result<Option<User>, UsersFault> {
        let mut users = self.users.lock().unwrap();
        if let Some(change) = self.changes.lock().unwrap().pop_front() {
            change(&mut users);
        }
        let known = |user: &&User| user.user_name == user_name || user_name == ADDRESS;
        Ok(users.iter().find(known).cloned())
    }

    async fn is_known(&self, _pool: &str, sub: &str) -> Result<bool, UsersFault> {
        Ok(self.users.lock().unwrap().iter().any(|user| user.sub == sub))
    }

    async fn page(
        &self,
        _pool: &str,
        next: Option<String>,
        most: i32,
    ) -> Result<UserPage, UsersFault> {
        if self.fails() {
            return Err(UsersFault("TooManyRequestsException".to_owned()));
        }
        let first: usize = next.map_or(0, |next| next.parse().unwrap());
        let users = self.users.lock().unwrap();
        let after = first + usize::try_from(most).unwrap();
        let page = users.iter().skip(first).take(after - first).cloned().collect();
        Ok(UserPage { users: page, next: (after < users.len()).then(|| after.to_string()) })
    }

    async fn join(&self, _pool: &str, user_name: &str, group: &str) -> Result<bool, UsersFault> {
        self.act(&format!("add to {group}"), user_name)?;
        Ok(!user_name.starts_with("gone"))
    }

    async fn disable(&self, _pool: &str, user_name: &str) -> Result<(), UsersFault> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some((accounts, session)) = meanwhile {
            match accounts.begin(&session).await.unwrap() {
                Written::Done => self.identities.lock().unwrap().push(session.identity),
                Written::Refused => {}
            }
        }
        let repaired = self.repaired.lock().unwrap().take();
        if let Some((profiles, profile)) = repaired {
            profiles.create(&profile).await.unwrap();
        }
        self.act("disable", user_name)
    }

    async fn sign_out(&self, _pool: &str, user_name: &str) -> Result<(), UsersFault> {
        self.act("sign out", user_name)
    }

    async fn delete(&self, _pool: &str, user_name: &str) -> Result<(), UsersFault> {
        self.act("delete", user_name)?;
        self.users.lock().unwrap().retain(|user| user.user_name != user_name);
        Ok(())
    }
}

impl Identities for &Pools {
    async fn of_account(
        &self,
        _pool: &str,
        account: &AccountId,
    ) -> Result<Option<Shared>, IdentitiesFault> {
        let identity = self.logins.lock().unwrap().get(account).cloned();
        Ok(identity.and_then(|identity| self.shared(&identity)))
    }

    async fn of_identity(
        &self,
        _pool: &str,
        identity: &str,
    ) -> Result<Option<Shared>, IdentitiesFault> {
        Ok(self.shared(identity))
    }

    async fn delete(&self, identity: &str) -> Result<(), IdentitiesFault> {
        if self.fails() {
            return Err(IdentitiesFault("TooManyRequestsException".to_owned()));
        }
        self.identities.lock().unwrap().retain(|known| known != identity);
        self.logins.lock().unwrap().retain(|_, known| known != identity);
        Ok(())
    }
}

/// Builds the dependencies over a database behind `url`.
pub async fn dependencies<'a>(url: &str, pools: &'a Pools) -> Dependencies<&'a Pools, &'a Pools> {
    let configuration = lifeguard_aws::stand_in(url);
    let mut policy: Value = serde_json::from_str(POLICY).unwrap();
    policy["mail"] = json!({"application": "Acme"});
    policy["profile"] = json!({"default_group": "members"});
    policy["identity"] = json!({
        "identity_pool": IDENTITY_POOL, "provider": "lifeguard", "directory": "built_in", "first_party": ["app"],
    });
    Dependencies {
        policy: settings(&policy.to_string(), |variables| variables.policy()),
        challenges: ChallengeTable::new(&configuration, CHALLENGES.to_owned()),
        profiles: ProfileTable::new(&configuration, PROFILES.to_owned()),
        accounts: AccountTable::new(&configuration, ACCOUNTS.to_owned()),
        users: pools,
        identities: pools,
    }
}

/// Sends a request and returns the payload.
pub async fn ask(
    dependencies: &Dependencies<&Pools, &Pools>,
    request: Value,
) -> Result<Value, Failure> {
    handle(dependencies, request, NOW).await.map(lifeguard_runtime::Reply::into_payload)
}

/// Requests with their answers, as a golden file holds them.
#[derive(Default)]
pub struct Transcript(Vec<Value>);

impl Transcript {
    /// Sends a request, and adds it with its answer.
    pub async fn ask(&mut self, dependencies: &Dependencies<&Pools, &Pools>, request: Value) {
        let answer = shown(ask(dependencies, request.clone()).await);
        self.0.push(json!({"request": request, "answer": answer}));
    }

    /// Compares all of it with a golden file.
    #[track_caller]
    pub fn check(self, name: &str) {
        golden::check(name, &self.0.into());
    }
}

/// Returns an answer as the caller of the function sees it.
pub fn shown(answer: Result<Value, Failure>) -> Value {
    match answer {
        Ok(payload) => payload,
        Err(Failure::Refused { code, sentence } | Failure::RefusedAfter { code, sentence, .. }) => {
            json!({"errorType": code, "errorMessage": sentence})
        }
        Err(Failure::Fault(_)) => json!({"errorType": "Fault"}),
    }
}

/// A user of the pool.
pub fn user(user_name: &str) -> User {
    User {
        user_name: user_name.to_owned(),
        sub: user_name.to_owned(),
        may_sign_in: true,
        claims: BTreeMap::from([("locale", "nl".to_owned())]),
    }
}

/// Key of Noor's account.
pub fn account() -> AccountKey {
    AccountKey::from_address(&Email::parse(ADDRESS).unwrap())
}

/// The rows of challenges that Noor has.
pub fn rows(pool: &str) -> [RowKey; 3] {
    [
        RowKey::new(pool, Factor::Email, CLIENT, NOOR),
        RowKey::new(pool, Factor::EmailSecond, CLIENT, NOOR),
        Occasion::Recovery.row(pool, account().as_str()),
    ]
}

/// A challenge without a recipient.
pub fn challenge(row: RowKey) -> NewChallenge {
    NewChallenge {
        row,
        id: [7; 16],
        now: NOW - 60,
        key_version: 1,
        client: CLIENT.to_owned(),
        session: [7; 8],
        outgoing: Outgoing::without_recipient(),
        user: Existence::Known,
    }
}

/// Writes all data that a person can have, for Noor.
pub async fn leave_traces(dependencies: &Dependencies<&Pools, &Pools>, pools: &Pools) {
    let pool = dependencies.policy.scope.pool();
    pools.users.lock().unwrap().push(user(NOOR));
    pools.identities.lock().unwrap().push(IDENTITY.to_owned());
    pools.logins.lock().unwrap().insert(AccountId::from_random([1; 16]), IDENTITY.to_owned());
    for row in rows(pool) {
        dependencies.challenges.issue(&challenge(row)).await.unwrap();
    }
    let key = ProfileKey::new(pool, NOOR).unwrap();
    let profile = NewProfile { key, created: NOW - 60, claims: BTreeMap::new() };
    dependencies.profiles.create(&profile).await.unwrap();
    leave_account(&dependencies.accounts).await;
}

/// Gives an account of another user an identity.
pub async fn leave_other(
    dependencies: &Dependencies<&Pools, &Pools>,
    pools: &Pools,
    identity: &str,
) {
    let (key, id) = (other(), AccountId::from_random([9; 16]));
    let newcomer = NewAccount { key: key.clone(), id: id.clone(), kind: Kind::Adapter, now: NOW };
    dependencies.accounts.find_or_create(&newcomer).await.unwrap();
    dependencies.accounts.keep_identity(&key, &id, 1, identity).await.unwrap();
    pools.logins.lock().unwrap().insert(id, identity.to_owned());
}

/// The row of [`leave_other`].
pub fn other() -> AccountKey {
    AccountKey::from_adapter_id("noor")
}

/// Confirms an account of Noor's without a session.
pub async fn confirm_account(accounts: &AccountTable) {
    let registration = Registration {
        key: account(),
        id: AccountId::from_random([1; 16]),
        hash: Secret::new("hash".to_owned()),
    };
    accounts.register(&registration).await.unwrap();
}

/// Noor's first session.
pub fn first_session() -> NewSession {
    let family = Family {
        tag: SessionId([1; 16]).tag(),
        generation: 0,
        rotated: NOW - 60,
        authenticated: NOW - 60,
        idle: NOW + FAMILY_IDLE,
        ends: NOW + FAMILY_LIFE,
    };
    NewSession {
        key: account(),
        id: AccountId::from_random([1; 16]),
        version: 1,
        identity: IDENTITY.to_owned(),
        family,
        credentials: None,
        now: NOW - 60,
    }
}

async fn leave_account(accounts: &AccountTable) {
    confirm_account(accounts).await;
    let new = first_session();
    let session = LinkSession {
        key: account(),
        id: new.id.clone(),
        version: 1,
        family: new.family.tag.clone(),
        nonce: NonceTag::new("nonce"),
        now: NOW - 60,
    };
    accounts.begin(&new).await.unwrap();
    accounts.give_nonce(&session).await.unwrap();
    accounts.list_link(&session, &link()).await.unwrap();
    accounts.reserve_login(&link().login, &account()).await.unwrap();
}

/// The login of another provider that leads to Noor's account.
pub fn link() -> Link {
    let login = LoginKey::new("accounts.example", "noor");
    Link { provider: "accounts.example".to_owned(), login, since: NOW - 60 }
}

/// Counts the rows, users and identities that are left of Noor.
pub fn left(dynamo: &EmbeddedDynamo, pools: &Pools) -> usize {
    let rows = [CHALLENGES, PROFILES, ACCOUNTS].map(|table| dynamo.items(table).len());
    let users = pools.users.lock().unwrap().len();
    rows.iter().sum::<usize>() + users + pools.identities.lock().unwrap().len()
}

/// A wrong answer to a code of Noor's, with this tag.
pub fn wrong(row: RowKey, tag: u8) -> Judgement {
    Judgement {
        row,
        // A new row counts from the time.
        number: u32::try_from(NOW - 60 + 1).unwrap(),
        code_length: CodeLength::Short,
        tag: [tag; 8],
        verdict: Verdict::Wrong,
        now: NOW,
    }
}
