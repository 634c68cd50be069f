//! An operator at work: every action of the function, on people for whom there is something to do.

use std::time::{Duration, Instant};

use lifeguard_store::profiles::ProfileKey;
use local_cognito::LocalCognito;
use local_cognito::default_pool::{DIRECTORY_CLIENT, WEB_CLIENT, pool_id};
use local_cognito::functions::Outcome;
use local_cognito::sigv4::{SigningKey, sign_call};
use local_cognito::user_pool::Caller;
use serde_json::{Value, json};

const RAJ: &str = "raj@example.net";
const UNA: &str = "una@example.net";
const PASSWORD: &str = "Seven herons over 1 weir";
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(5);

/// Plays every action of the operator, each of them with something to do.
pub(crate) async fn play(host: &LocalCognito) {
    let operator = Operator { host, http: reqwest::Client::builder().no_proxy().build().unwrap() };
    let raj = operator.user(RAJ).await;
    operator.start_sign_in(RAJ).await;
    let identity = operator.account(UNA).await;
    let (in_pool, in_directory) = (json!({"user_name": RAJ}), json!({"account": {"address": UNA}}));

    for (factor, person) in [("mail", &in_pool), ("password", &in_directory)] {
        operator.ask(json!({"action": "show_budgets", "factor": factor, "person": person})).await;
        let reset = json!({"action": "reset_budgets", "factor": factor, "person": person});
        operator.apply(reset).await;
    }
    let by_id = json!({"account": {"id": "0123456789abcdef0123456789abcdef"}});
    for person in [&in_pool, &in_directory, &by_id] {
        operator.apply(json!({"action": "end_sessions", "person": person})).await;
    }
    let repaired = operator.apply(json!({"action": "repair_profiles", "next": null})).await;
    assert!(repaired["missing"].as_u64().unwrap() >= 1, "{repaired}");

    // The identity is gone before its account is, so that it has to be asked for.
    operator.delete_identity(&identity).await;
    let person = json!({"user_name": RAJ, "account": {"address": UNA}});
    let erased = operator.apply(json!({"action": "erase", "person": person})).await;
    assert!(erased["report"].as_array().unwrap().len() >= 7, "{erased}");

    operator.leave_a_profile(&raj).await;
    let swept = operator.sweep().await;
    assert_eq!(swept, 1, "the profile of somebody who is gone");
}

struct Operator<'a> {
    host: &'a LocalCognito,
    http: reqwest::Client,
}

impl Operator<'_> {
    async fn apply(&self, mut request: Value) -> Value {
        request["mode"] = "apply".into();
        self.ask(request).await
    }

    async fn ask(&self, request: Value) -> Value {
        let payload = request.to_string().into_bytes();
        match self.host.functions().invoke("operator", payload, PATIENCE).await {
            Outcome::Returned(answer) => serde_json::from_slice(&answer).unwrap(),
            other => panic!("{request}: {other:?}"),
        }
    }

    /// How many profiles all pages together have lost.
    async fn sweep(&self) -> u64 {
        let (mut swept, mut next) = (0, Value::Null);
        loop {
            let page = self.apply(json!({"action": "sweep_profiles", "next": next})).await;
            swept += page["orphaned"].as_u64().unwrap();
            next = page["next"].clone();
            if next.is_null() {
                return swept;
            }
        }
    }

    /// A confirmed user without a profile; its `sub`.
    async fn user(&self, address: &str) -> String {
        let pool = pool_id(self.host.region());
        let attributes = json!([
            {"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"},
        ]);
        let create = json!({
            "UserPoolId": pool, "Username": address, "MessageAction": "SUPPRESS",
            "UserAttributes": attributes,
        });
        let created = self.pool("AdminCreateUser", create).await;
        let password = json!({
            "UserPoolId": pool, "Username": address, "Password": PASSWORD, "Permanent": true,
        });
        self.pool("AdminSetUserPassword", password).await;
        created["User"]["Username"].as_str().unwrap().to_owned()
    }

    /// Leaves a row of challenges.
    async fn start_sign_in(&self, address: &str) {
        let start = json!({
            "ClientId": WEB_CLIENT, "AuthFlow": "CUSTOM_AUTH",
            "AuthParameters": {"USERNAME": address},
        });
        self.pool("InitiateAuth", start).await;
        self.mail(address).await;
    }

    async fn pool(&self, action: &str, input: Value) -> Value {
        self.host.user_pools().call(Caller::Signed, action, input).await.unwrap()
    }

    /// An account of the built-in directory; its identity.
    async fn account(&self, address: &str) -> String {
        let url = |path: &str| format!("{}/v1/{path}", self.host.url());
        let body = json!({"email": address, "password": PASSWORD});
        let registered = self.http.post(url("accounts")).json(&body).send().await.unwrap();
        let registered: Value = registered.json().await.unwrap();
        let mail = self.mail(address).await;
        let runs = mail.split(|letter: char| !letter.is_ascii_digit());
        let code = runs.max_by_key(|run| run.len()).unwrap();
        let body = json!({"handle": registered["handle"], "code": code});
        let confirmed = self.http.post(url("accounts/confirm")).json(&body).send().await.unwrap();
        assert_eq!(confirmed.status(), 204);
        let form = [
            ("grant_type", "password"),
            ("client_id", DIRECTORY_CLIENT),
            ("username", address),
            ("password", PASSWORD),
        ];
        let form = reqwest::Url::parse_with_params("http://x/", form).unwrap();
        let request = self
            .http
            .post(url("token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap().to_owned());
        let tokens: Value = request.send().await.unwrap().json().await.unwrap();
        tokens["identity_id"].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned()
    }

    /// The newest mail to an address.
    async fn mail(&self, address: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(mail) = self.host.outbox().to(address).last() {
                return mail.text.clone();
            }
            assert!(Instant::now() < deadline, "no mail to {address}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn delete_identity(&self, identity: &str) {
        let input = json!({"IdentityIdsToDelete": [identity]});
        self.aws("AWSCognitoIdentityService.DeleteIdentities", "cognito-identity", &input).await;
    }

    /// An old profile whose user is gone.
    async fn leave_a_profile(&self, sub: &str) {
        let pool = pool_id(self.host.region());
        let key = ProfileKey::new(&pool, sub).unwrap();
        let input = json!({
            "TableName": "lifeguard-profiles",
            "Item": {
                "pk": {"S": key.text()}, "pool": {"S": pool}, "sub": {"S": sub},
                "created": {"N": "1"},
            },
        });
        self.aws("DynamoDB_20120810.PutItem", "dynamodb", &input).await;
    }

    async fn aws(&self, target: &str, service: &str, input: &Value) {
        let (url, body) = (format!("{}/", self.host.url()), input.to_string());
        let key = SigningKey::administrator(self.host.region(), service);
        let headers = sign_call(&url, target, &body, &key, self.host.clock().wall()).unwrap();
        let request = self.http.post(&url).body(body);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{target} {input}");
    }
}
