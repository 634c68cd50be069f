//! Invocations of every function: sign-ins of many people, and for the others their own events.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use local_cognito::LocalCognito;
use local_cognito::default_pool::{DIRECTORY_CLIENT, WEB_CLIENT, pool_id};
use local_cognito::functions::Outcome;
use local_cognito::journal::Entry;
use local_cognito::template::DeployedTrigger;
use local_cognito::user_pool::Caller;
use serde_json::{Value, json};

const PASSWORD: &str = "Seven-herons-over-1-weir";
const KNOWN_USER: &str = "uma@example.net";
/// Sample events that would do the work of another one again, or that are refused on purpose.
const NOT_LOADED: [&str; 3] = [
    "PostConfirmation_ConfirmForgotPassword.json",
    "PreSignUp_SignUp.json",
    "PreSignUp_ExternalProvider.json",
];
const PATIENCE: Duration = Duration::from_secs(60);
/// Number of sign-ins by known users, for which mails are sent.
const KNOWN: usize = 10;
/// Numbers of requests at the provider that cost a hash and that refresh a token.
const HASHED: usize = 20;
const REFRESHED: usize = 100;

/// Users of a local Cognito and what they do.
pub(crate) struct Load<'a> {
    host: &'a LocalCognito,
    pool: String,
    http: reqwest::Client,
    /// Number of the next round.
    next: usize,
    /// Access token of the account at the provider.
    access: String,
    /// The newest event of each function that was invoked without a sign-in.
    sent: BTreeMap<String, Bytes>,
}

impl<'a> Load<'a> {
    /// Registers the users.
    pub(crate) async fn new(host: &'a LocalCognito) -> Result<Self, Box<dyn Error>> {
        let (pool, http) = (pool_id(host.region()), reqwest::Client::new());
        let load = Self { host, pool, http, next: 0, access: String::new(), sent: BTreeMap::new() };
        load.user(KNOWN_USER).await?;
        Ok(load)
    }

    /// Invokes each function at least this often.
    pub(crate) async fn invoke_all(&mut self, times: usize) -> Result<(), Box<dyn Error>> {
        for _ in 0..times {
            self.round().await?;
        }
        self.provider(times).await
    }

    /// Invokes every function once, for a known user, and returns an event of each.
    pub(crate) async fn events(&mut self) -> Result<BTreeMap<String, Bytes>, Box<dyn Error>> {
        self.next = self.next.next_multiple_of(KNOWN);
        let mark = self.host.journal().mark();
        self.round().await?;
        self.ask_identity().await?;
        let functions = xtask::workspace::function_packages()?;
        let (started, mut missing) = (Instant::now(), String::new());
        while started.elapsed() < PATIENCE {
            let mut events = self.sent.clone();
            for entry in self.host.journal().since(mark) {
                if let Entry::Invoked { function, event, .. } = entry {
                    // A later event may need no call: a further answer gets the same challenge.
                    events.entry(function).or_insert_with(|| event.to_string().into());
                }
            }
            match functions.keys().find(|function| !events.contains_key(*function)) {
                None => return Ok(events),
                Some(function) => missing.clone_from(function),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(format!("{missing} gets no event").into())
    }

    /// One start and answer, and one event of each function that they do not invoke.
    async fn round(&mut self) -> Result<(), Box<dyn Error>> {
        let number = self.next;
        self.next += 1;
        self.sign_in(number).await?;
        let host = self.host;
        for trigger in &host.template().triggers {
            if !trigger.name.contains("AuthChallenge") {
                self.fire(trigger, number).await?;
            }
        }
        let ask = json!({
            "action": "show_budgets", "factor": "mail", "person": {"user_name": KNOWN_USER},
        });
        self.invoke("operator", &ask).await.map(drop).map_err(Into::into)
    }

    async fn pool(&self, caller: Caller, action: &str, input: Value) -> Result<Value, String> {
        let answer = self.host.user_pools().call(caller, action, input).await;
        answer.map_err(|error| format!("{action}: {error}"))
    }

    async fn user(&self, address: &str) -> Result<(), String> {
        let input = json!({
            "UserPoolId": self.pool,
            "Username": address,
            "MessageAction": "SUPPRESS",
            "UserAttributes": [
                {"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"},
            ],
        });
        self.pool(Caller::Signed, "AdminCreateUser", input).await?;
        let input = json!({
            "UserPoolId": self.pool, "Username": address, "Password": PASSWORD, "Permanent": true,
        });
        self.pool(Caller::Signed, "AdminSetUserPassword", input).await.map(drop)
    }

    /// A start and a wrong answer: every challenge function, and the delivery beside them.
    async fn sign_in(&self, number: usize) -> Result<(), String> {
        let name = format!("person-{number}@example.net");
        if number.is_multiple_of(KNOWN) {
            self.user(&name).await?;
        }
        let start = json!({
            "ClientId": WEB_CLIENT, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": name},
        });
        let started = self.pool(Caller::Public, "InitiateAuth", start).await?;
        let answer = json!({
            "ClientId": WEB_CLIENT,
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": started.get("Session"),
            "ChallengeResponses": {
                "USERNAME": started.pointer("/ChallengeParameters/USERNAME"), "ANSWER": "12345678",
            },
        });
        self.pool(Caller::Public, "RespondToAuthChallenge", answer).await.map(drop)
    }

    /// Sends the sample events of a trigger that no challenge fires. Each has a user of its own, so
    /// that each makes a new profile; the group is that of one and the same user.
    async fn fire(
        &mut self,
        trigger: &DeployedTrigger,
        number: usize,
    ) -> Result<(), Box<dyn Error>> {
        let prefix = format!("{}_", trigger.name);
        let mut seen = 0;
        for entry in std::fs::read_dir(xtask::workspace::root().join("events"))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.starts_with(&prefix) || NOT_LOADED.contains(&name.as_str()) {
                continue;
            }
            let mut event = self.event(&std::fs::read_to_string(path)?, KNOWN_USER)?;
            let sub = format!("00000000-0000-4000-8000-{number:012}");
            if let Some(own) = event.pointer_mut("/request/userAttributes/sub") {
                *own = sub.into();
            }
            self.invoke(&trigger.function, &event).await?;
            seen += 1;
        }
        if seen == 0 {
            return Err(format!("events has no sample event of {}", trigger.name).into());
        }
        Ok(())
    }

    /// A sample event about our pool and client.
    fn event(&self, sample: &str, user_name: &str) -> Result<Value, String> {
        let mut event: Value = serde_json::from_str(sample).map_err(|error| error.to_string())?;
        let ours = [
            ("/userPoolId", self.pool.as_str()),
            ("/callerContext/clientId", WEB_CLIENT),
            ("/userName", user_name),
        ];
        for (pointer, value) in ours {
            let member = event.pointer_mut(pointer).ok_or("a sample event lacks a member")?;
            *member = value.into();
        }
        Ok(event)
    }

    async fn invoke(&mut self, function: &str, event: &Value) -> Result<Value, String> {
        let payload = Bytes::from(event.to_string());
        self.sent.insert(function.to_owned(), payload.clone());
        match self.host.functions().invoke(function, payload.to_vec(), PATIENCE).await {
            Outcome::Returned(answer) => {
                serde_json::from_slice(&answer).map_err(|error| error.to_string())
            }
            other => Err(format!("{function}: {other:?}")),
        }
    }

    /// An account that signs in, refreshes and asks who it is.
    async fn provider(&mut self, times: usize) -> Result<(), Box<dyn Error>> {
        let url = |path: &str| format!("{}/v1/{path}", self.host.url());
        let body = json!({"email": KNOWN_USER});
        let registered = self.http.post(url("accounts")).json(&body).send().await?;
        let registered: Value = registered.json().await?;
        let code = self.code().await?;
        let handle = registered.get("handle");
        let body = json!({
            "email": KNOWN_USER, "handle": handle, "code": code, "password": PASSWORD,
        });
        self.http.post(url("accounts/confirm")).json(&body).send().await?.error_for_status()?;
        let password = [
            ("grant_type", "password"),
            ("client_id", DIRECTORY_CLIENT),
            ("username", KNOWN_USER),
            ("password", PASSWORD),
        ];
        let mut tokens = Value::Null;
        for _ in 0..HASHED {
            tokens = self.grant(&url("token"), &password).await?;
        }
        for _ in 0..REFRESHED {
            let refresh = tokens.get("refresh_token").and_then(Value::as_str);
            let refresh = refresh.ok_or("there is no refresh token")?.to_owned();
            let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
            tokens = self.grant(&url("token"), &form).await?;
        }
        let access = tokens.get("access_token").and_then(Value::as_str);
        self.access = access.ok_or("there is no access token")?.to_owned();
        for _ in HASHED + REFRESHED..times {
            self.ask_identity().await?;
        }
        Ok(())
    }

    async fn ask_identity(&self) -> Result<(), Box<dyn Error>> {
        let url = format!("{}/v1/identity", self.host.url());
        let asked = self.http.get(url).bearer_auth(&self.access).send().await?;
        asked.error_for_status()?.bytes().await?;
        Ok(())
    }

    async fn grant(&self, url: &str, form: &[(&str, &str)]) -> Result<Value, Box<dyn Error>> {
        let form = reqwest::Url::parse_with_params(url, form)?;
        let form = form.query().unwrap_or_default().to_owned();
        let kind = "application/x-www-form-urlencoded";
        let request = self.http.post(url).header("content-type", kind).body(form);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// The code of the mail about the registration.
    async fn code(&self) -> Result<String, Box<dyn Error>> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(mail) = self.host.outbox().to(KNOWN_USER).last() {
                let runs = mail.text.split(|letter: char| !letter.is_ascii_digit());
                return Ok(runs.max_by_key(|run| run.len()).unwrap_or_default().to_owned());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("there is no mail".into())
    }
}
