//! The function on adapters of the tests, with a clock.

use std::cell::{Cell, RefCell};

use developer_identity::{Adapters, Dependencies, Invocation, Provider};
use lifeguard_sign_in::code;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::outgoing::Delivery;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::Accounts as _;
use lifeguard_store::accounts::passwords::{Passwords as _, Rehash};
use lifeguard_testkit::fixtures::{KEY, NOW, POOL};
use lifeguard_testkit::{KeySecret, MemoryChallenges};
use serde_json::{Value, json};

use super::issuer::Network;
use super::{
    Answer, CLIENT, Hasher, InMemory, PASSWORD, Pool, Table, key, policy, request, settings, text,
};

/// The function as it is deployed, on the tables of `A`; everything else is a stand-in.
pub(crate) struct Deployment<A: Adapters = InMemory> {
    pub(crate) provider: Provider<A>,
    pub(crate) table: A::Accounts,
    pub(crate) challenges: A::Challenges,
    pub(crate) pool: Pool,
    pub(crate) hashes: Hasher,
    pub(crate) network: Network,
    pub(crate) now: Cell<u64>,
    /// The code and the record of the last line of the log.
    pub(crate) logged: RefCell<(String, String)>,
    /// The source of the last line of the log.
    pub(crate) source: RefCell<String>,
    drawn: Cell<u64>,
}

impl<A> Deployment<A>
where
    A: Adapters<Keys = KeySecret, Pool = Pool, Web = Network, Hashing = Hasher>,
    A::Accounts: Clone,
    A::Challenges: Clone,
{
    /// Deploys it with this `POLICY` on these tables.
    pub(crate) fn on(
        policy: &Value,
        table: A::Accounts,
        challenges: A::Challenges,
        pool: Pool,
    ) -> Self {
        let (hashes, network) = (Hasher::default(), Network::default());
        let dependencies = Dependencies::<A> {
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

    /// Sends an event unchanged.
    pub(crate) async fn send(&self, event: &Value) -> Answer {
        let mut draws = [[0; 16]; 7];
        for draw in &mut draws {
            self.drawn.set(self.drawn.get() + 1);
            draw[..8].copy_from_slice(&self.drawn.get().to_be_bytes());
            draw[8..].copy_from_slice(&self.drawn.get().wrapping_mul(0x9e37_79b9).to_be_bytes());
        }
        let invocation = Invocation::new(self.now.get(), draws);
        let reply = Box::pin(self.provider.handle(event, invocation)).await.unwrap();
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

    pub(crate) async fn request_recovery(&self, email: &str) -> Answer {
        self.post("/v1/accounts/recovery", &json!({"email": email})).await
    }

    /// Confirms a recovery with another password.
    pub(crate) async fn confirm_recovery(
        &self,
        email: &str,
        handle: &Value,
        code: &str,
        password: &str,
    ) -> Answer {
        let body = json!({
            "email": email, "handle": handle, "code": code, "new_password": password,
            "client_id": CLIENT,
        });
        self.post("/v1/accounts/recovery/confirm", &body).await
    }

    /// Signs in with a mailed code beside the password.
    pub(crate) async fn password_with_code(
        &self,
        email: &str,
        password: &str,
        handle: &Value,
        code: &str,
    ) -> Answer {
        self.token(&[
            ("grant_type", "password"),
            ("client_id", CLIENT),
            ("username", email),
            ("password", password),
            ("handle", handle.as_str().unwrap()),
            ("code", code),
        ])
        .await
    }

    /// Registers this address and confirms it by the code that `mailed` finds.
    pub(crate) async fn sign_up_by(&self, email: &str, mailed: impl FnOnce() -> String) {
        let handle = self.register(email).await.body["handle"].clone();
        assert_eq!(self.confirm(email, &handle, &mailed(), PASSWORD).await.status, 204);
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
}

impl Deployment {
    /// Deploys it on empty tables in memory.
    pub(crate) fn new() -> Self {
        Self::with(&policy())
    }

    /// Deploys it with this `POLICY` on empty tables in memory.
    /// Changes the settings; tables and network stay.
    pub(crate) fn redeploy(&mut self, policy: &Value) {
        let dependencies = Dependencies::<InMemory> {
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

    pub(crate) fn with(policy: &Value) -> Self {
        let table = Table::default();
        let pool = Pool::with_service(table.service.clone());
        Self::on(policy, table, MemoryChallenges::default(), pool)
    }

    /// Registers and confirms this address.
    pub(crate) async fn sign_up(&self, email: &str) {
        self.sign_up_by(email, || self.mailed(email).unwrap()).await;
    }

    /// Returns the code of the mail of a registration, if one is sent.
    pub(crate) fn mailed(&self, email: &str) -> Option<String> {
        self.mailed_for(Occasion::Registration, email)
    }

    /// Returns the code of the newest mail of this occasion, if there is one.
    pub(crate) fn mailed_for(&self, occasion: Occasion, email: &str) -> Option<String> {
        let row = occasion.row(POOL, key(email).as_str());
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
        self.challenges.newest(&occasion.row(POOL, key(email).as_str())).unwrap().1.language
    }

    /// Returns the long code of the newest mail of this occasion, as the mail shows it.
    pub(crate) fn long_mailed_for(&self, occasion: Occasion, email: &str) -> Option<String> {
        let (challenge, outgoing) =
            self.challenges.newest(&occasion.row(POOL, key(email).as_str()))?;
        let addressee = occasion.addressee(POOL, &outgoing.user_name, &outgoing.sub);
        let code = code::long(&CodeKey::new(1, KEY), &challenge, addressee);
        Some(code::grouped(&code).expose().to_owned())
    }

    /// Replaces the stored hash by a weaker one.
    pub(crate) async fn weaken(&self, email: &str) {
        let key = key(email);
        let account = self.table.read(&key, self.now.get()).await.unwrap().unwrap();
        let old = account.hash.unwrap();
        let weak = Secret::new(old.expose().replace("new:", "old:"));
        self.table.rehash(&Rehash { key, old, new: weak }).await.unwrap();
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
