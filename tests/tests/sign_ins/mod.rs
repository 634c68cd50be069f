//! Sign-ins at a local Cognito with the real binaries, as a client of the pool makes them, and the
//! rows that they leave.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use lifeguard_sign_in::row::{Factor, RowKey};
use local_cognito::user_pool::FakeUserName;
use local_cognito_testing::{Reply, TestCognito, with_real_functions};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, MutexGuard, OnceCell};

/// Default pool of the local Cognito.
pub(crate) const POOL: &str = "eu-west-1_Lifeguard";
/// One round, a code.
pub(crate) const CODES: &str = "1webclient0000000000000000";
/// Two rounds, a code or a link, links in any browser.
pub(crate) const ANYWHERE: &str = "1passwordless0000000000000";
/// One round, a link that works in its session only.
pub(crate) const LINKS: &str = "1onelinkclient000000000000";
/// Two rounds, a code or a link that works in its session only.
pub(crate) const BOUND: &str = "1boundclient00000000000000";
/// Target of links.
pub(crate) const REDIRECT: &str = "https://app.example.com/sign-in";
/// Table of challenges.
pub(crate) const TABLE: &str = "lifeguard-challenges";
/// No code has this many letters of this kind, so it is wrong whatever the code is.
pub(crate) const WRONG: &str = "1234567x";

const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(5);

/// Runtime of a test file, which outlives a local Cognito that several tests share.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// Local Cognito that the tests of a file share, one after the other: what a test finds in the
/// journal and among the calls is its own.
static SHARED: OnceCell<Mutex<TestCognito>> = OnceCell::const_new();

/// Waits until no other test of the file uses the shared local Cognito.
pub(crate) async fn shared() -> MutexGuard<'static, TestCognito> {
    let start = async || Mutex::new(start(&[]).await);
    SHARED.get_or_init(start).await.lock().await
}

/// Starts a local Cognito with these variables of the functions beside their own. Its fake user
/// names are stable, so that an unknown user has a row and budgets as known users have.
pub(crate) async fn start(variables: &[(&str, &str)]) -> TestCognito {
    start_with(variables, FakeUserName::Stable).await
}

/// Starts it with fake user names of this kind.
pub(crate) async fn start_with(variables: &[(&str, &str)], names: FakeUserName) -> TestCognito {
    let policy = policy().to_string();
    let variables = [("POLICY", policy.as_str())].into_iter().chain(variables.iter().copied());
    let mut options = with_real_functions();
    options.variables =
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    options.user_pools.uncertain.unknown_user_name = names;
    let cognito = TestCognito::serve_recorded(options).await;
    cognito.server().logs().hush();
    for (id, name) in [(LINKS, "one-link"), (BOUND, "bound")] {
        let input = json!({
            "UserPoolId": POOL,
            "ClientName": name,
            "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "PreventUserExistenceErrors": "ENABLED",
            "AuthSessionValidity": 10,
        });
        cognito.user_pools.create_client_with_id(POOL, id, input).unwrap();
    }
    warm_up(&cognito).await;
    cognito
}

/// Fails one sign-in, so that every process has started and knows the code key.
async fn warm_up(cognito: &TestCognito) {
    cognito.add_with_address("warm-up@example.net", "true").await;
    let (pending, _) = cognito.begin(CODES, "EMAIL_OTP", "warm-up@example.net").await;
    cognito.answer(&pending.unwrap(), WRONG).await;
    cognito.mail("warm-up@example.net", 1).await;
}

/// A challenge that waits for its answer.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) client: String,
    pub(crate) session: String,
    pub(crate) user_name: String,
    pub(crate) method: &'static str,
}

/// Sign-ins by code and link, and their rows in the table of challenges.
pub(crate) trait SignIns {
    /// Starts a sign-in.
    async fn start_at(&self, client: &str, name: &str) -> Reply;

    /// Starts a sign-in and, where the client has two rounds, names the method; all the replies.
    async fn begin(
        &self,
        client: &str,
        method: &'static str,
        name: &str,
    ) -> (Option<Pending>, Vec<Reply>);

    /// Answers a challenge, and names method and redirect again.
    async fn answer(&self, pending: &Pending, answer: &str) -> Reply;

    /// Answers a challenge with this metadata.
    async fn answer_with(&self, pending: &Pending, answer: &str, metadata: Value) -> Reply;

    /// Returns every row of the table of challenges.
    async fn rows(&self) -> Vec<Value>;

    /// Returns the row of a user at a client, by the name that trigger events have.
    async fn row(&self, client: &str, user_name: &str) -> Value;

    /// Waits until every message is delivered or dropped.
    async fn settle(&self) -> Vec<Value>;

    /// Makes the mails of a user at a client an hour older, as if that time had passed since.
    async fn pass_the_gap(&self, client: &str, user_name: &str);
}

impl SignIns for TestCognito {
    async fn start_at(&self, client: &str, name: &str) -> Reply {
        let input = json!({
            "ClientId": client,
            "AuthFlow": "CUSTOM_AUTH",
            "AuthParameters": {"USERNAME": name},
        });
        self.post("InitiateAuth", &input).await
    }

    async fn begin(
        &self,
        client: &str,
        method: &'static str,
        name: &str,
    ) -> (Option<Pending>, Vec<Reply>) {
        let first = self.start_at(client, name).await;
        let Some(mut pending) = pending(client, method, &first) else { return (None, vec![first]) };
        let asked = first.text("/ChallengeParameters/challenge") == "PROVIDE_AUTH_PARAMETERS";
        if !asked {
            return (Some(pending), vec![first]);
        }
        let second = self.answer(&pending, "__dummy__").await;
        let next = self::pending(client, method, &second);
        if let Some(next) = &next {
            pending = next.clone();
        }
        (next.map(|_| pending), vec![first, second])
    }

    async fn answer(&self, pending: &Pending, answer: &str) -> Reply {
        let metadata = json!({"signInMethod": pending.method, "redirectUri": REDIRECT});
        self.answer_with(pending, answer, metadata).await
    }

    async fn answer_with(&self, pending: &Pending, answer: &str, metadata: Value) -> Reply {
        let input = json!({
            "ClientId": pending.client,
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": pending.session,
            "ChallengeResponses": {"USERNAME": pending.user_name, "ANSWER": answer},
            "ClientMetadata": metadata,
        });
        self.post("RespondToAuthChallenge", &input).await
    }

    async fn rows(&self) -> Vec<Value> {
        let rows = self.table("Scan", &json!({"TableName": TABLE})).await;
        rows["Items"].as_array().unwrap().clone()
    }

    async fn row(&self, client: &str, user_name: &str) -> Value {
        let key = key_of(client, user_name);
        let key = json!({"TableName": TABLE, "Key": key, "ConsistentRead": true});
        self.table("GetItem", &key).await["Item"].clone()
    }

    async fn settle(&self) -> Vec<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let rows = self.rows().await;
            if rows.iter().all(|row| row.get("out").is_none()) {
                return rows;
            }
            assert!(Instant::now() < deadline, "a message was not delivered");
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn pass_the_gap(&self, client: &str, user_name: &str) {
        self.settle().await;
        let row = self.row(client, user_name).await;
        let filled = (1..=10).map(|place| format!("s{place}")).filter(|s| row.get(s).is_some());
        let sends: Vec<String> = filled.collect();
        let times: serde_json::Map<String, Value> = sends
            .iter()
            .map(|name| {
                let at: u64 = row[name]["N"].as_str().unwrap().parse().unwrap();
                (format!(":{name}"), json!({"N": at.saturating_sub(3_601).to_string()}))
            })
            .collect();
        let sets: Vec<String> = sends.iter().map(|name| format!("{name} = :{name}")).collect();
        let input = json!({
            "TableName": TABLE,
            "Key": key_of(client, user_name),
            "UpdateExpression": format!("SET {}", sets.join(", ")),
            "ExpressionAttributeValues": times,
        });
        self.table("UpdateItem", &input).await;
    }
}

/// Returns the reply without what differs between any two sign-ins.
pub(crate) fn masked(reply: &Reply) -> Reply {
    let mut body = reply.body.clone();
    for pointer in ["/Session", "/ChallengeParameters/USERNAME"] {
        let value = reply.text(pointer);
        if !value.is_empty() {
            body = body.replace(&value, pointer);
        }
    }
    let mark = reply.text("/ChallengeParameters/mark");
    let body = body.replace(&format!(r#""mark":"{mark}""#), r#""mark":"/mark""#);
    Reply { body, ..reply.clone() }
}

fn key_of(client: &str, user_name: &str) -> Value {
    json!({"pk": {"S": RowKey::new(POOL, Factor::Email, client, user_name).as_str()}})
}

/// The challenge of a reply that holds one.
pub(crate) fn pending(client: &str, method: &'static str, reply: &Reply) -> Option<Pending> {
    let user_name = reply.text("/ChallengeParameters/USERNAME");
    (!user_name.is_empty()).then(|| Pending {
        client: client.to_owned(),
        session: reply.text("/Session"),
        user_name,
        method,
    })
}

fn policy() -> Value {
    json!({
        "pool": POOL,
        "key_version": 1,
        "clients": {
            CODES: {"methods": ["EMAIL_OTP"], "default_method": "EMAIL_OTP"},
            LINKS: {
                "methods": ["MAGIC_LINK"],
                "default_method": "MAGIC_LINK",
                "redirects": [REDIRECT],
                "default_redirect": REDIRECT,
            },
            ANYWHERE: {
                "name": "passwordless",
                "methods": ["EMAIL_OTP", "MAGIC_LINK"],
                "link_binding": "any_browser",
                "redirects": [REDIRECT],
                "default_redirect": REDIRECT,
            },
            BOUND: {
                "methods": ["EMAIL_OTP", "MAGIC_LINK"],
                "redirects": [REDIRECT],
                "default_redirect": REDIRECT,
            },
        },
        "sign_up": {"confirmation": "by_code", "denied_domains": ["refused.example"]},
        "profile": {"default_group": "members"},
    })
}
