//! A pool with every trigger, one client, and scripted functions that a case may replace.

use std::time::Duration;

use local_cognito::clock::Clock;
use local_cognito::functions::{Functions, Outcome};
use local_cognito::journal::{Entry, Journal};
use local_cognito::outbox::Outbox;
use local_cognito::user_pool::{Caller, Settings, UserPools};
use serde_json::{Value, json};

use crate::input::{answer, arn, response, sign_up, start};
use crate::run::Run;
use crate::signing_keys;

/// The address of the user of most cases.
pub(crate) const NOOR: &str = "noor@example.com";
/// Her password.
pub(crate) const PASSWORD: &str = "Correct-horse-1";
/// A password that fits the policy and that no user has.
pub(crate) const OTHER_PASSWORD: &str = "Battery-staple-2";
/// The answer that the scripted verify function takes as right.
pub(crate) const RIGHT: &str = "42";
/// The text of every refused sign-in that must not say why.
pub(crate) const GENERIC: &str = "Incorrect username or password.";

const POOL: &str = "eu-west-1_Conform";
const CLIENT: &str = "1conformance00000000000000";
const TRIGGERS: [(&str, &str); 9] = [
    ("PreSignUp", "pre-sign-up"),
    ("PostConfirmation", "post-confirmation"),
    ("PreAuthentication", "pre-authentication"),
    ("PostAuthentication", "post-authentication"),
    ("DefineAuthChallenge", "define-auth-challenge"),
    ("CreateAuthChallenge", "create-auth-challenge"),
    ("VerifyAuthChallengeResponse", "verify-auth-challenge"),
    ("PreTokenGeneration", "pre-token-generation"),
    ("CustomMessage", "custom-message"),
];

/// Settings of a stage.
pub(crate) struct Plan {
    pub(crate) pool: Value,
    pub(crate) client: Value,
    pub(crate) settings: Settings,
}

impl Plan {
    /// Allows a further flow to the client.
    pub(crate) fn allow(&mut self, flow: &str) {
        self.client["ExplicitAuthFlows"].as_array_mut().unwrap().push(json!(flow));
    }

    /// Names a further function as a trigger.
    pub(crate) fn trigger(&mut self, trigger: &str, function: &str) {
        self.pool["LambdaConfig"][trigger] = json!(arn(function));
    }

    /// Leaves a trigger out.
    pub(crate) fn no_trigger(&mut self, trigger: &str) {
        self.pool["LambdaConfig"].as_object_mut().unwrap().remove(trigger);
    }

    /// Hides from the client whether a user exists.
    pub(crate) fn hide_existence(&mut self) {
        self.client["PreventUserExistenceErrors"] = json!("ENABLED");
    }

    /// Lets users choose their names, with addresses as aliases.
    pub(crate) fn aliases(&mut self) {
        let pool = self.pool.as_object_mut().unwrap();
        pool.remove("UsernameAttributes");
        pool.insert("AliasAttributes".to_owned(), json!(["email"]));
    }
}

/// One pool, ready to be called.
pub(crate) struct Stage {
    pub(crate) clock: Clock,
    pub(crate) functions: Functions,
    pub(crate) outbox: Outbox,
    pub(crate) journal: Journal,
    pools: UserPools,
}

impl Stage {
    /// E-mail addresses as names, every trigger but migration.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same with changes.
    pub(crate) fn with(change: impl FnOnce(&mut Plan)) -> Self {
        let mut plan = Plan {
            pool: json!({
                "PoolName": "conformance",
                "UsernameAttributes": ["email"],
                "AutoVerifiedAttributes": ["email"],
                "EmailConfiguration": {
                    "EmailSendingAccount": "DEVELOPER",
                    "SourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
                },
                "LambdaConfig": {},
            }),
            client: json!({
                "ClientName": "conformance",
                "ExplicitAuthFlows": [
                    "ALLOW_USER_PASSWORD_AUTH",
                    "ALLOW_USER_SRP_AUTH",
                    "ALLOW_CUSTOM_AUTH",
                    "ALLOW_REFRESH_TOKEN_AUTH",
                ],
            }),
            settings: Settings::default(),
        };
        for (trigger, function) in TRIGGERS {
            plan.trigger(trigger, function);
        }
        plan.settings.trigger_limit = Duration::from_millis(20);
        change(&mut plan);
        let (clock, functions) = (Clock::default(), Functions::default());
        let (journal, outbox) = (Journal::default(), Outbox::default());
        let pools = UserPools::new(
            plan.settings,
            clock.clone(),
            functions.clone(),
            journal.clone(),
            outbox.clone(),
        );
        pools.create_pool_with_id(POOL, plan.pool).unwrap();
        pools.create_client_with_id(POOL, CLIENT, plan.client).unwrap();
        signing_keys::lend(&pools, POOL);
        let stage = Self { clock, functions, outbox, journal, pools };
        stage.put_functions();
        stage
    }

    fn put_functions(&self) {
        for (_, function) in TRIGGERS {
            self.answers(function, json!({}));
        }
        self.functions.script("define-auth-challenge", |event| {
            let session = event["request"]["session"].as_array().unwrap();
            let response = match session.last() {
                Some(last) if last["challengeResult"] == json!(true) => {
                    json!({"issueTokens": true, "failAuthentication": false})
                }
                _ if session.len() >= 3 => json!({"failAuthentication": true}),
                _ => json!({
                    "challengeName": "CUSTOM_CHALLENGE",
                    "issueTokens": false,
                    "failAuthentication": false,
                }),
            };
            answer(event, &response)
        });
        self.answers(
            "create-auth-challenge",
            json!({
                "publicChallengeParameters": {"hint": "the question"},
                "privateChallengeParameters": {"answer": RIGHT},
                "challengeMetadata": "ROUND",
            }),
        );
        self.functions.script("verify-auth-challenge", |event| {
            let right = event["request"]["challengeAnswer"]
                == event["request"]["privateChallengeParameters"]["answer"];
            answer(event, &json!({"answerCorrect": right}))
        });
    }

    /// Scripts a function that returns its event with these members written into `response`.
    pub(crate) fn answers(&self, function: &str, response: Value) {
        self.functions.script(function, move |event| answer(event, &response));
    }

    /// Scripts a function that returns an error of this text.
    pub(crate) fn fails(&self, function: &str, text: &'static str) {
        self.functions.script(function, move |_| Outcome::error(text));
    }

    /// Scripts a function that returns these bytes.
    pub(crate) fn returns(&self, function: &str, bytes: &'static str) {
        self.functions.script(function, move |_| Outcome::Returned(bytes.into()));
    }

    /// An unsigned call.
    pub(crate) async fn public(&self, action: &str, mut input: Value) -> Run {
        let needs_no_client = input.get("AccessToken").is_some();
        if input.get("ClientId").is_none() && !needs_no_client {
            input["ClientId"] = json!(CLIENT);
        }
        self.call(Caller::Public, action, input).await
    }

    /// A signed call on the pool.
    pub(crate) async fn signed(&self, action: &str, mut input: Value) -> Run {
        input["UserPoolId"] = json!(POOL);
        if action.ends_with("Auth") || action.ends_with("Challenge") || action.ends_with("Client") {
            input["ClientId"] = json!(CLIENT);
        }
        self.call(Caller::Signed, action, input).await
    }

    async fn call(&self, caller: Caller, action: &str, input: Value) -> Run {
        let mark = self.journal.mark();
        let result = self.pools.call(caller, action, input).await;
        let events = self
            .journal
            .since(mark)
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::Invoked { event, .. } => Some(event),
                Entry::Called { .. } => None,
            })
            .collect();
        Run { result, events }
    }

    /// The sign-up of one address.
    pub(crate) async fn sign_up(&self, address: &str) -> Run {
        self.public("SignUp", sign_up(address)).await
    }

    /// Signs a user up and confirms the address with the code that was mailed.
    pub(crate) async fn join(&self, address: &str) {
        self.sign_up(address).await.ok();
        let code = self.code(address);
        let input = json!({"Username": address, "ConfirmationCode": code});
        self.public("ConfirmSignUp", input).await.ok();
    }

    /// A sign-in with a password.
    pub(crate) async fn password(&self, address: &str, password: &str) -> Run {
        let parameters = json!({"USERNAME": address, "PASSWORD": password});
        let input = json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        self.public("InitiateAuth", input).await
    }

    /// The start of a custom sign-in.
    pub(crate) async fn start(&self, address: &str) -> Run {
        self.public("InitiateAuth", start(address)).await
    }

    /// The answer to the challenge that `open` carries.
    pub(crate) async fn respond(&self, open: &Value, text: &str) -> Run {
        self.public("RespondToAuthChallenge", response(open, text)).await
    }

    /// Describes a user as an administrator sees it.
    pub(crate) async fn user(&self, name: &str) -> Run {
        self.signed("AdminGetUser", json!({"Username": name})).await
    }

    /// The status of a user.
    pub(crate) async fn status(&self, name: &str) -> String {
        let user = self.user(name).await.ok();
        user["UserStatus"].as_str().unwrap().to_owned()
    }

    /// One attribute of a user; null if there is none.
    pub(crate) async fn attribute(&self, name: &str, attribute: &str) -> Value {
        let user = self.user(name).await.ok();
        user["UserAttributes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["Name"] == attribute)
            .map_or(Value::Null, |entry| entry["Value"].clone())
    }

    /// Asserts that a user does not exist.
    pub(crate) async fn is_unknown(&self, name: &str) {
        self.user(name).await.fails("UserNotFoundException");
    }

    /// Returns the code of the newest message to a receiver.
    pub(crate) fn code(&self, receiver: &str) -> String {
        let messages = self.outbox.to(receiver);
        let text = &messages.last().expect("no message").text;
        text.split(|sign: char| !sign.is_ascii_digit())
            .find(|digits| digits.len() == 6)
            .expect("no code in the message")
            .to_owned()
    }

    /// Moves the clock.
    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}
