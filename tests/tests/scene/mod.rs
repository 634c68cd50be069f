//! A host with the real binaries, seen as a client of the pool sees it, and a door of our own
//! before it that writes down every AWS call of the functions.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod calls;
pub(crate) mod forms;

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use lifeguard_sign_in::row::{Factor, RowKey};
use local_cognito::sigv4::{SigningKey, sign_call};
use local_cognito::user_pool::{Caller, FakeUserName};
use local_cognito::{FunctionSource, LocalCognito, StartOptions};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use self::calls::Calls;

/// The pool of the host.
pub(crate) const POOL: &str = "eu-west-1_Lifeguard";
/// One round, a code.
pub(crate) const CODES: &str = "1webclient0000000000000000";
/// Two rounds, a code or a link, links in any browser.
pub(crate) const ANYWHERE: &str = "1passwordless0000000000000";
/// One round, a link that works in its session only.
pub(crate) const LINKS: &str = "1onelinkclient000000000000";
/// Two rounds, a code or a link that works in its session only.
pub(crate) const BOUND: &str = "1boundclient00000000000000";
/// Where links lead.
pub(crate) const REDIRECT: &str = "https://app.example.com/sign-in";
/// The table of challenges.
pub(crate) const TABLE: &str = "lifeguard-challenges";
/// No code has this many letters of this kind, so it is wrong whatever the code is.
pub(crate) const WRONG: &str = "1234567x";
/// A password that the pool takes.
pub(crate) const PASSWORD: &str = "Swim-between-the-flags-1";

const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(5);

/// The runtime of a test file: a host that several tests share lives as long as it does.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// A host, and what happens at it.
pub(crate) struct Scene {
    pub(crate) host: LocalCognito,
    pub(crate) calls: Calls,
    http: reqwest::Client,
}

/// What a client reads of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The header that names an error.
    pub(crate) kind: String,
    pub(crate) body: String,
}

/// A challenge that waits for its answer.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) client: String,
    pub(crate) session: String,
    pub(crate) user_name: String,
    pub(crate) method: &'static str,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A text of the body; empty if it is absent.
    pub(crate) fn text(&self, pointer: &str) -> String {
        let body = self.json();
        body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The same without what differs between any two sign-ins.
    pub(crate) fn masked(&self) -> Self {
        let mut body = self.body.clone();
        for pointer in ["/Session", "/ChallengeParameters/USERNAME"] {
            let value = self.text(pointer);
            if !value.is_empty() {
                body = body.replace(&value, pointer);
            }
        }
        let mark = self.text("/ChallengeParameters/mark");
        let body = body.replace(&format!(r#""mark":"{mark}""#), r#""mark":"/mark""#);
        Self { body, ..self.clone() }
    }

    pub(crate) fn is_tokens(&self) -> bool {
        self.json()["AuthenticationResult"]["IdToken"].is_string()
    }
}

impl Scene {
    /// Starts a host whose functions have these variables beside their own. Its made-up names
    /// stay the same, so that nobody has a row and budgets like everybody else.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_with(variables, FakeUserName::Stable).await
    }

    pub(crate) async fn start_with(variables: &[(&str, &str)], names: FakeUserName) -> Self {
        let calls = Calls::listen().await;
        let policy = policy().to_string();
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf();
        let own = [("POLICY", policy.as_str()), ("AWS_ENDPOINT_URL", calls.url())];
        let variables = own.iter().chain(variables);
        let mut options = StartOptions {
            functions: FunctionSource::Workspace(workspace),
            variables: variables
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
            ..StartOptions::default()
        };
        options.user_pools.uncertain.unknown_user_name = names;
        let host = local_cognito::start(&options).await.unwrap();
        host.logs().hush();
        calls.pass_on_to(host.url());
        for (id, name) in [(LINKS, "one-link"), (BOUND, "bound")] {
            let input = json!({
                "UserPoolId": POOL,
                "ClientName": name,
                "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
                "PreventUserExistenceErrors": "ENABLED",
                "AuthSessionValidity": 10,
            });
            host.user_pools().create_client_with_id(POOL, id, input).unwrap();
        }
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let scene = Self { host, calls, http };
        scene.warm_up().await;
        scene
    }

    /// One sign-in of nobody, so that every process has started and knows the code key.
    async fn warm_up(&self) {
        self.person("warm-up@example.net", "true").await;
        let (pending, _) = self.begin(CODES, "EMAIL_OTP", "warm-up@example.net").await;
        self.answer(&pending.unwrap(), WRONG).await;
        self.mail("warm-up@example.net", 1).await;
    }

    /// Creates a confirmed user; `verified` is the flag of the address.
    pub(crate) async fn person(&self, address: &str, verified: &str) -> String {
        let input = json!({
            "UserPoolId": POOL,
            "Username": address,
            "MessageAction": "SUPPRESS",
            "UserAttributes": [
                {"Name": "email", "Value": address},
                {"Name": "email_verified", "Value": verified},
            ],
        });
        let created = self.admin("AdminCreateUser", input).await;
        let password = json!({
            "UserPoolId": POOL, "Username": address, "Password": PASSWORD, "Permanent": true,
        });
        self.admin("AdminSetUserPassword", password).await;
        created["User"]["Username"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn admin(&self, action: &str, input: Value) -> Value {
        self.host.user_pools().call(Caller::Signed, action, input).await.unwrap()
    }

    /// Calls the pool over HTTP, unsigned.
    pub(crate) async fn post(&self, action: &str, input: &Value) -> Reply {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let request = self
            .http
            .post(self.host.url())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(input.to_string());
        let response = request.send().await.unwrap();
        let kind = response.headers().get("x-amzn-errortype");
        Reply {
            status: response.status().as_u16(),
            kind: kind.map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default(),
            body: response.text().await.unwrap(),
        }
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

    /// The text of the mail with this number, from 1, to an address.
    pub(crate) async fn mail(&self, address: &str, number: usize) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(mail) = self.host.outbox().to(address).get(number - 1) {
                return mail.text.clone();
            }
            assert!(Instant::now() < deadline, "mail {number} to {address} did not arrive");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// A call at DynamoDB, as an operator makes it.
    pub(crate) async fn dynamo(&self, action: &str, input: &Value) -> Value {
        self.aws(&format!("DynamoDB_20120810.{action}"), input).await
    }

    /// A call at AWS, as an operator makes it.
    pub(crate) async fn aws(&self, target: &str, input: &Value) -> Value {
        let service = match target.split_once('.') {
            Some(("DynamoDB_20120810", _)) => "dynamodb",
            Some((service, _)) => service,
            None => panic!("{target} names no service"),
        };
        let (url, body) = (format!("{}/", self.host.url()), input.to_string());
        let key = SigningKey::administrator(self.host.region(), service);
        let headers = sign_call(&url, target, &body, &key, self.host.clock().wall()).unwrap();
        let request = self.http.post(&url).body(body);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{target} {input}");
        response.json().await.unwrap()
    }

    /// Every row of the table of challenges.
    pub(crate) async fn rows(&self) -> Vec<Value> {
        let rows = self.dynamo("Scan", &json!({"TableName": TABLE})).await;
        rows["Items"].as_array().unwrap().clone()
    }

    /// The row of a user at a client, by the name that trigger events have.
    pub(crate) async fn row(&self, client: &str, user_name: &str) -> Value {
        let key = key_of(client, user_name);
        let key = json!({"TableName": TABLE, "Key": key, "ConsistentRead": true});
        self.dynamo("GetItem", &key).await["Item"].clone()
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
        self.dynamo("UpdateItem", &input).await;
    }
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

/// The short code in the text of a mail: a line of its own.
pub(crate) fn code_of(mail: &str) -> String {
    line_of(mail, |line| line.len() >= 6 && line.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The long code in the text of a mail, in groups.
pub(crate) fn long_code_of(mail: &str) -> String {
    line_of(mail, |line| {
        let groups: Vec<&str> = line.split('-').collect();
        let plain = |group: &&str| {
            group.len() == 4 && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        groups.len() == 4 && groups.iter().all(plain)
    })
}

fn line_of(mail: &str, is_code: impl Fn(&str) -> bool) -> String {
    let code = mail.lines().map(str::trim).find(|line| is_code(line));
    code.unwrap_or_else(|| panic!("no code in {mail}")).to_owned()
}

/// The fragment of the link in the text of a mail: what the client answers with.
pub(crate) fn fragment_of(mail: &str) -> String {
    let link = mail.split_whitespace().find(|word| word.starts_with("https://"));
    let (_, fragment) = link.and_then(|link| link.split_once('#')).expect("a link");
    fragment.to_owned()
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
