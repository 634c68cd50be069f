//! The function on adapters of the tests: tables in memory, a pool that records its requests, a
//! network of one issuer, and a password hash without cost.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

pub(crate) mod administration;
mod deployment;
pub(crate) mod issuer;
pub(crate) mod logins;
mod pool;
mod pool_links;
mod table;
pub(crate) mod tokens;
mod users;

use std::cell::Cell;
use std::rc::Rc;

use developer_identity::Adapters;
use developer_identity::password::{Comparison, HashFault, Hashing};
use developer_identity::settings::Settings;
use lifeguard_identity::account::AccountKey;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::email::Email;
use lifeguard_testkit::{KeySecret, MemoryChallenges, fixtures};
use serde_json::{Value, json};

pub(crate) use deployment::Deployment;
pub(crate) use lifeguard_testkit::fixtures::{IDENTITY_POOL, KEY, NOW, POOL};
pub(crate) use pool::Pool;
pub(crate) use table::Table;

/// The app client of the settings.
pub(crate) const CLIENT: &str = "app";
/// The address of the user of most tests.
pub(crate) const NOOR: &str = "noor@example.net";
/// The address of another user, or of an attacker.
pub(crate) const EVE: &str = "eve@example.net";
/// An address without an account.
pub(crate) const UNKNOWN: &str = "unknown@example.net";
/// The password of every user, until it is changed.
pub(crate) const PASSWORD: &str = "quiet trains at night";
/// Two passwords that follow it.
pub(crate) const NEW: &str = "rivers run to the sea";
pub(crate) const OTHER: &str = "mountains stay where they are";

/// Tables in memory.
pub(crate) struct InMemory;

impl Adapters for InMemory {
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

/// Returns the row of an address.
pub(crate) fn key(email: &str) -> AccountKey {
    AccountKey::from_address(&Email::parse(email).unwrap())
}

/// Runs a future in a runtime of its own, for tests that run many.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
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
