//! A provider on test adapters: tables in memory, a pool that records its requests, a network of one
//! issuer, and a password hash without cost.
#![allow(dead_code, reason = "each test binary uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

pub(crate) mod administration;
pub(crate) mod fuse;
pub(crate) mod issuer;
pub(crate) mod logins;
mod pool;
mod pool_links;
mod table;
pub(crate) mod tokens;
mod users;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use developer_identity::password::{Comparison, HashFault, Hashing};
use developer_identity::settings::Settings;
use developer_identity::{Adapters, Dependencies, Invocation, Provider};
use lifeguard_identity::account::AccountKey;
use lifeguard_sign_in::code;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::outgoing::Delivery;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::email::Email;
use lifeguard_store::accounts::Accounts as _;
use lifeguard_store::accounts::passwords::{Passwords as _, Rehash};
use lifeguard_testkit::{KeySecret, MemoryChallenges, fixtures};
use serde_json::{Value, json};

pub(crate) use lifeguard_testkit::fixtures::{KEY, NOW, POOL};
pub(crate) use pool::Pool;
pub(crate) use table::Table;

pub(crate) const IDENTITY_POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
pub(crate) const CLIENT: &str = "app";
pub(crate) const PASSWORD: &str = "quiet trains at night";

pub(crate) struct TestAdapters;

impl Adapters for TestAdapters {
    type Accounts = Table;
    type Challenges = MemoryChallenges;
    type Keys = KeySecret;
    type Pool = Pool;
    type Web = issuer::Network;
    type Hashing = Hasher;
}

/// A hash that holds the password; cloning shares the count.
#[derive(Clone, Default)]
pub(crate) struct Hasher(pub(crate) Rc<Cell<usize>>);

impl Hashing for Hasher {
    fn hash(&self, password: &Secret, salt: [u8; 16]) -> Result<Secret, HashFault> {
        self.0.set(self.0.get() + 1);
        Ok(Secret::new(format!("new:{}:{}", salt[0], password.expose())))
    }

    fn verify(&self, password: &Secret, stored: Option<&Secret>) -> Comparison {
        self.0.set(self.0.get() + 1);
        let fits = |prefix: &str| {
            stored.is_some_and(|stored| {
                let rest = stored.expose().strip_prefix(prefix);
                rest.is_some_and(|rest| rest.split_once(':').unwrap().1 == password.expose())
            })
        };
        match (fits("new:"), fits("old:")) {
            (true, _) => Comparison::Right,
            (false, true) => Comparison::RightButWeak,
            (false, false) => Comparison::Wrong,
        }
    }
}

/// A provider, its adapters, and a clock.
pub(crate) struct Stage {
    pub(crate) provider: Provider<TestAdapters>,
    pub(crate) table: Table,
    pub(crate) challenges: MemoryChallenges,
    pub(crate) pool: Pool,
    pub(crate) hashes: Hasher,
    pub(crate) network: issuer::Network,
    pub(crate) now: Cell<u64>,
    /// The code and the record of the last line of the log.
    pub(crate) logged: RefCell<(String, String)>,
    /// The source of the last line of the log.
    pub(crate) source: RefCell<String>,
    drawn: Cell<u64>,
}

/// A response, with its body parsed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u64,
    pub(crate) headers: Value,
    pub(crate) body: Value,
}

pub(crate) fn policy() -> Value {
    json!({
        "pool": POOL,
        "clients": {fixtures::CLIENT: {}},
        "mail": {"application": "Acme"},
        "identity": {
            "identity_pool": IDENTITY_POOL,
            "provider": "lifeguard",
            "directory": "built_in",
            "first_party": [CLIENT],
            "tags": {"source": "directory"},
            "issuers": [{
                "iss": issuer::ISS, "jwks": issuer::JWKS, "audience": "lifeguard",
                "algorithm": "ES256", "tags": {"tenant": "tenant_id"},
            }],
            "links": [
                {
                    "provider": logins::SOCIAL, "jwks": logins::SOCIAL_JWKS,
                    "audiences": [logins::AUDIENCE], "algorithm": "ES256",
                },
                {
                    "provider": logins::USER_POOL, "audiences": [logins::AUDIENCE, "other"],
                    "algorithm": "ES256",
                },
            ],
        },
    })
}

pub(crate) fn settings(policy: &Value) -> Settings {
    fixtures::settings(&policy.to_string(), Settings::load)
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(&policy())
    }

    pub(crate) fn with(policy: &Value) -> Self {
        let (table, challenges) = (Table::default(), MemoryChallenges::default());
        let (pool, hashes) = (Pool::with_fuse(table.fuse.clone()), Hasher::default());
        let network = issuer::Network::default();
        let dependencies = Dependencies::<TestAdapters> {
            accounts: table.clone(),
            challenges: challenges.clone(),
            keys: KeySecret::default(),
            adapter_keys: Some(KeySecret::default()),
            pool: pool.clone(),
            web: network.clone(),
            hashing: hashes.clone(),
        };
        let provider = Provider::new(settings(policy), dependencies);
        let (now, drawn) = (Cell::new(NOW), Cell::new(0));
        let (logged, source) = (RefCell::default(), RefCell::default());
        Self { provider, table, challenges, pool, hashes, network, now, logged, source, drawn }
    }

    /// Changes the settings; tables and network stay.
    pub(crate) fn redeploy(&mut self, policy: &Value) {
        let dependencies = Dependencies::<TestAdapters> {
            accounts: self.table.clone(),
            challenges: self.challenges.clone(),
            keys: KeySecret::default(),
            adapter_keys: Some(KeySecret::default()),
            pool: self.pool.clone(),
            web: self.network.clone(),
            hashing: self.hashes.clone(),
        };
        self.provider = Provider::new(settings(policy), dependencies);
    }

    /// Sends an event unchanged.
    pub(crate) async fn send(&self, event: &Value) -> Answer {
        let mut draws = [[0; 16]; 7];
        for draw in &mut draws {
            self.drawn.set(self.drawn.get() + 1);
            draw[..8].copy_from_slice(&self.drawn.get().to_be_bytes());
            draw[8..].copy_from_slice(&self.drawn.get().wrapping_mul(0x9e37_79b9).to_be_bytes());
        }
        let reply = self.provider.handle(event, Invocation::new(self.now.get(), draws)).await;
        let reply = reply.unwrap();
        reply.source().clone_into(&mut self.source.borrow_mut());
        *self.logged.borrow_mut() = (reply.code().to_owned(), reply.record().to_owned());
        let reply = reply.into_payload();
        let body = reply["body"].as_str().unwrap();
        assert_eq!(reply["headers"]["cache-control"], "no-store");
        Answer {
            status: reply["statusCode"].as_u64().unwrap(),
            headers: reply["headers"].clone(),
            body: match body {
                "" => Value::Null,
                body => serde_json::from_str(body).unwrap(),
            },
        }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = json!({"content-type": "application/json"});
        self.send(&request("POST", path, headers, Some(&body.to_string()))).await
    }

    /// Sends a body, or none, with an access token.
    pub(crate) async fn with_token(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Answer {
        let headers = json!({"authorization": token, "content-type": "application/json"});
        let body = body.map(ToString::to_string);
        self.send(&request(method, path, headers, body.as_deref())).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        let headers = json!({"authorization": token});
        self.send(&request("GET", path, headers, None)).await
    }

    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let headers = json!({"content-type": "application/x-www-form-urlencoded"});
        let body = serde_urlencoded::to_string(form).unwrap();
        self.send(&request("POST", "/v1/token", headers, Some(&body))).await
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        self.post("/v1/accounts", &json!({"email": email})).await
    }

    /// Confirms a registration with a password.
    pub(crate) async fn confirm(
        &self,
        email: &str,
        handle: &Value,
        code: &str,
        password: &str,
    ) -> Answer {
        let body = json!({"email": email, "handle": handle, "code": code, "password": password});
        self.post("/v1/accounts/confirm", &body).await
    }

    /// Returns the code of the mail of a registration, if one is sent.
    pub(crate) fn mailed(&self, email: &str) -> Option<String> {
        self.mailed_for(Occasion::Registration, email)
    }

    /// Returns the code of the newest mail of this occasion, if there is one.
    pub(crate) fn mailed_for(&self, occasion: Occasion, email: &str) -> Option<String> {
        let key = AccountKey::from_address(&Email::parse(email).unwrap());
        let row = occasion.row(POOL, key.as_str());
        let (challenge, outgoing) = self.challenges.newest(&row)?;
        (outgoing.delivery == Delivery::Send).then(|| {
            assert_eq!(outgoing.destination, email);
            let addressee = occasion.addressee(POOL, &outgoing.user_name, &outgoing.sub);
            code::short(&CodeKey::new(1, KEY), &challenge, addressee, occasion::DIGITS)
                .expose()
                .to_owned()
        })
    }

    /// Returns the language of the newest mail of this occasion.
    pub(crate) fn language_for(&self, occasion: Occasion, email: &str) -> Language {
        let key = AccountKey::from_address(&Email::parse(email).unwrap());
        let row = occasion.row(POOL, key.as_str());
        self.challenges.newest(&row).unwrap().1.language
    }

    /// Returns the long code of the newest mail of this occasion, as the mail shows it.
    pub(crate) fn long_mailed_for(&self, occasion: Occasion, email: &str) -> Option<String> {
        let key = AccountKey::from_address(&Email::parse(email).unwrap());
        let (challenge, outgoing) = self.challenges.newest(&occasion.row(POOL, key.as_str()))?;
        let addressee = occasion.addressee(POOL, &outgoing.user_name, &outgoing.sub);
        let code = code::long(&CodeKey::new(1, KEY), &challenge, addressee);
        Some(code::grouped(&code).expose().to_owned())
    }

    /// Registers and confirms this address.
    pub(crate) async fn sign_up(&self, email: &str) {
        let handle = self.register(email).await.body["handle"].clone();
        let code = self.mailed(email).unwrap();
        assert_eq!(self.confirm(email, &handle, &code, PASSWORD).await.status, 204);
    }

    /// Replaces the stored hash by a weaker one.
    pub(crate) async fn weaken(&self, email: &str) {
        let key = AccountKey::from_address(&Email::parse(email).unwrap());
        let account = self.table.read(&key, self.now.get()).await.unwrap().unwrap();
        let old = account.hash.unwrap();
        let weak = Secret::new(old.expose().replace("new:", "old:"));
        self.table.rehash(&Rehash { key, old, new: weak }).await.unwrap();
    }

    pub(crate) async fn password(&self, email: &str, password: &str) -> Answer {
        self.token(&[
            ("grant_type", "password"),
            ("client_id", CLIENT),
            ("username", email),
            ("password", password),
        ])
        .await
    }

    pub(crate) async fn password_for(&self, email: &str, password: &str, scope: &str) -> Answer {
        self.token(&[
            ("grant_type", "password"),
            ("client_id", CLIENT),
            ("username", email),
            ("password", password),
            ("scope", scope),
        ])
        .await
    }

    pub(crate) async fn credentials_token(&self, email: &str) -> String {
        let answer = self.password_for(email, PASSWORD, "credentials").await;
        text(&answer.body["credentials_token"])
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub(crate) async fn exchange(&self, token: &str) -> Answer {
        self.token(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("subject_token", token),
        ])
        .await
    }

    /// Returns the number of AWS calls since the last time.
    pub(crate) fn calls(&self) -> usize {
        let calls = self.table.calls.get() + self.pool.calls();
        self.table.calls.set(0);
        self.pool.requests.borrow_mut().clear();
        self.pool.credentials.set(0);
        calls
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// An event of payload format 2.0.
pub(crate) fn request(method: &str, path: &str, headers: Value, body: Option<&str>) -> Value {
    let (raw_path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut event = json!({
        "version": "2.0",
        "routeKey": format!("{method} {raw_path}"),
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": method, "path": raw_path, "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7", "userAgent": "test",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": format!("{method} {raw_path}"),
            "stage": "$default",
            "time": "15/Jan/2027:08:00:00 +0000",
            "timeEpoch": 1_800_000_000_000_u64,
        },
        "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["body"] = body.into();
    }
    event
}
