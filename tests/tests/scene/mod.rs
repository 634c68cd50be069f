//! A local Cognito with the real binaries, seen as a client of the pool sees it, and a proxy
//! before it that records every AWS call of the functions.
#![allow(dead_code, unused_imports, reason = "each test file uses a part of it")]

pub(crate) mod calls;
pub(crate) mod forms;
mod mails;

use std::ops::Deref;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use lifeguard_sign_in::row::{Factor, RowKey};
use local_cognito::user_pool::FakeUserName;
use local_cognito_testing::{PASSWORD, Reply, TestCognito, with_real_functions};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use self::calls::Calls;
pub(crate) use self::mails::{code_of, fragment_of, long_code_of};

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

const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(5);

/// Runtime of a test file, which outlives a local Cognito that several tests share.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// A local Cognito, and the AWS calls of its functions.
pub(crate) struct Scene {
    cognito: TestCognito,
    pub(crate) calls: Calls,
}

impl Deref for Scene {
    type Target = TestCognito;

    fn deref(&self) -> &TestCognito {
        &self.cognito
    }
}

/// A challenge that waits for its answer.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) client: String,
    pub(crate) session: String,
    pub(crate) user_name: String,
    pub(crate) method: &'static str,
}

impl Scene {
    /// Starts it with these variables of the functions beside their own. Its fake user names are
    /// stable, so that an unknown user has a row and budgets as known users have.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_with(variables, FakeUserName::Stable).await
    }

    pub(crate) async fn start_with(variables: &[(&str, &str)], names: FakeUserName) -> Self {
        let calls = Calls::listen().await;
        let policy = policy().to_string();
        let own = [("POLICY", policy.as_str()), ("AWS_ENDPOINT_URL", calls.url())];
        let variables = own.iter().chain(variables);
        let mut options = with_real_functions();
        options.variables =
            variables.map(|(name, value)| (name.to_string(), value.to_string())).collect();
        options.user_pools.uncertain.unknown_user_name = names;
        let cognito = TestCognito::serve(&options).await;
        cognito.server().logs().hush();
        calls.pass_on_to(cognito.server().url());
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
        let scene = Self { cognito, calls };
        scene.warm_up().await;
        scene
    }

    /// Fails one sign-in, so that every process has started and knows the code key.
    async fn warm_up(&self) {
        self.person("warm-up@example.net", "true").await;
        let (pending, _) = self.begin(CODES, "EMAIL_OTP", "warm-up@example.net").await;
        self.answer(&pending.unwrap(), WRONG).await;
        self.mail("warm-up@example.net", 1).await;
    }

    /// Creates a confirmed user; `verified` is the flag of the address. Returns the user name.
    pub(crate) async fn person(&self, address: &str, verified: &str) -> String {
        let attributes = json!([
            {"Name": "email", "Value": address},
            {"Name": "email_verified", "Value": verified},
        ]);
        self.add_user(address, PASSWORD, attributes).await
    }

    /// Starts a sign-in.
    pub(crate) async fn start_at(&self, client: &str, name: &str) -> Reply {
        let input = json!({
            "ClientId": client,
            "AuthFlow": "CUSTOM_AUTH",
            "AuthParameters": {"USERNAME": name},
        });
        self.post("InitiateAuth", &input).await
    }

    /// Starts a sign-in and, where the client has two rounds, names the method; all the replies.
    pub(crate) async fn begin(
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

    pub(crate) async fn answer(&self, pending: &Pending, answer: &str) -> Reply {
        let metadata = json!({"signInMethod": pending.method, "redirectUri": REDIRECT});
        self.answer_with(pending, answer, metadata).await
    }

    pub(crate) async fn answer_with(
        &self,
        pending: &Pending,
        answer: &str,
        metadata: Value,
    ) -> Reply {
        let input = json!({
            "ClientId": pending.client,
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": pending.session,
            "ChallengeResponses": {"USERNAME": pending.user_name, "ANSWER": answer},
            "ClientMetadata": metadata,
        });
        self.post("RespondToAuthChallenge", &input).await
    }

    /// Every row of the table of challenges.
    pub(crate) async fn rows(&self) -> Vec<Value> {
        let rows = self.table("Scan", &json!({"TableName": TABLE})).await;
        rows["Items"].as_array().unwrap().clone()
    }

    /// The row of a user at a client, by the name that trigger events have.
    pub(crate) async fn row(&self, client: &str, user_name: &str) -> Value {
        let key = key_of(client, user_name);
        let key = json!({"TableName": TABLE, "Key": key, "ConsistentRead": true});
        self.table("GetItem", &key).await["Item"].clone()
    }

    /// Waits until every message is delivered or dropped.
    pub(crate) async fn settle(&self) -> Vec<Value> {
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

    /// Makes the mails of a user at a client an hour older, as if that time had passed since.
    pub(crate) async fn pass_the_gap(&self, client: &str, user_name: &str) {
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
