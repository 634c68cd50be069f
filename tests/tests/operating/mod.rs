//! Every action of the operator function, on users with something to do.

use std::time::Duration;

use lifeguard_store::profiles::ProfileKey;
use local_cognito::default_pool::DIRECTORY_CLIENT;
use local_cognito::functions::Outcome;
use local_cognito_testing::TestCognito;
use reqwest::Method;
use serde_json::{Value, json};

const RAJ: &str = "raj@example.net";
const UNA: &str = "una@example.net";
const PASSWORD: &str = "Seven herons over 1 weir";
const PATIENCE: Duration = Duration::from_secs(10);

/// Plays every action of the operator, each of them with something to do.
pub(crate) async fn play(cognito: &TestCognito) {
    let operator = Operator(cognito);
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
    assert_eq!(swept, 1, "the profile of a deleted user");
}

struct Operator<'a>(&'a TestCognito);

impl Operator<'_> {
    async fn apply(&self, mut request: Value) -> Value {
        request["mode"] = "apply".into();
        self.ask(request).await
    }

    async fn ask(&self, request: Value) -> Value {
        let payload = request.to_string().into_bytes();
        match self.0.functions.invoke("operator", payload, PATIENCE).await {
            Outcome::Returned(answer) => serde_json::from_slice(&answer).unwrap(),
            other => panic!("{request}: {other:?}"),
        }
    }

    /// Sweeps all pages; returns the number of orphaned profiles.
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

    /// Creates a confirmed user without a profile; returns its `sub`.
    async fn user(&self, address: &str) -> String {
        let attributes = json!([
            {"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"},
        ]);
        self.0.add_user(address, PASSWORD, attributes).await
    }

    /// Leaves a row of challenges.
    async fn start_sign_in(&self, address: &str) {
        self.0.start(address).await.ok();
        self.0.mail(address, 1).await;
    }

    /// Creates an account of the built-in directory; returns its identity.
    async fn account(&self, address: &str) -> String {
        let post = |path: &str| self.0.request(Method::POST, &format!("/v1/{path}"));
        let body = json!({"email": address});
        let registered = post("accounts").json(&body).send().await.unwrap();
        let registered: Value = registered.json().await.unwrap();
        let mail = self.0.mail(address, 1).await;
        let runs = mail.split(|letter: char| !letter.is_ascii_digit());
        let code = runs.max_by_key(|run| run.len()).unwrap();
        let handle = &registered["handle"];
        let body = json!({"email": address, "handle": handle, "code": code, "password": PASSWORD});
        let confirmed = post("accounts/confirm").json(&body).send().await.unwrap();
        assert_eq!(confirmed.status(), 204);
        let form = [
            ("grant_type", "password"),
            ("client_id", DIRECTORY_CLIENT),
            ("username", address),
            ("password", PASSWORD),
        ];
        let form = reqwest::Url::parse_with_params("http://x/", form).unwrap();
        let request = post("token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap().to_owned());
        let tokens: Value = request.send().await.unwrap().json().await.unwrap();
        tokens["identity_id"].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned()
    }

    async fn delete_identity(&self, identity: &str) {
        let input = json!({"IdentityIdsToDelete": [identity]});
        self.0.aws("AWSCognitoIdentityService.DeleteIdentities", &input).await;
    }

    /// Writes an old profile of a user that is deleted.
    async fn leave_a_profile(&self, sub: &str) {
        let pool = &self.0.pool;
        let key = ProfileKey::new(pool, sub).unwrap();
        let input = json!({
            "TableName": "lifeguard-profiles",
            "Item": {
                "pk": {"S": key.text()}, "pool": {"S": pool}, "sub": {"S": sub},
                "created": {"N": "1"},
            },
        });
        self.0.table("PutItem", &input).await;
    }
}
