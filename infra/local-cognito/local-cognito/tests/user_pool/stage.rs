//! One pool with one client and one user, and short ways to call it.

use std::sync::LazyLock;

use local_cognito::clock::Clock;
use local_cognito::functions::Functions;
use local_cognito::journal::Journal;
use local_cognito::outbox::Outbox;
use local_cognito::user_pool::{ApiError, Caller, Settings, UserPools};
use serde_json::{Value, json};

pub(crate) const POOL: &str = "eu-west-1_Stage";
pub(crate) const CLIENT: &str = "stageclient000000000000000";
pub(crate) const NOOR: &str = "noor@example.com";
pub(crate) const PASSWORD: &str = "Correct-horse-1";

/// Keys made once for all tests.
static KEYS: LazyLock<Value> = LazyLock::new(|| {
    std::thread::spawn(|| {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            let stage = Stage::bare(json!({}));
            stage.add(NOOR);
            stage.sign_in(NOOR, PASSWORD).await.unwrap();
            stage.pools.snapshot()["pools"][POOL]["keys"].clone()
        })
    })
    .join()
    .unwrap()
});

pub(crate) struct Stage {
    pub(crate) clock: Clock,
    pub(crate) functions: Functions,
    pub(crate) outbox: Outbox,
    pub(crate) pools: UserPools,
}

impl Stage {
    /// A pool with Noor in it, and a client with these settings besides its flows.
    pub(crate) fn with_client(client: Value) -> Self {
        let stage = Self::bare(client);
        stage.add(NOOR);
        let mut state = stage.pools.snapshot();
        state["pools"][POOL]["keys"] = KEYS.clone();
        stage.pools.restore(state).unwrap();
        stage
    }

    pub(crate) fn new() -> Self {
        Self::with_client(json!({}))
    }

    fn bare(client: Value) -> Self {
        let (clock, outbox) = (Clock::default(), Outbox::default());
        let functions = Functions::default();
        let pools = UserPools::new(
            Settings::default(),
            clock.clone(),
            functions.clone(),
            Journal::default(),
            outbox.clone(),
        );
        let pool = json!({
            "PoolName": "stage",
            "UsernameAttributes": ["email"],
            "AutoVerifiedAttributes": ["email"],
        });
        pools.create_pool_with_id(POOL, pool).unwrap();
        let mut settings = json!({
            "ClientName": "stage",
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        let settings_map = settings.as_object_mut().unwrap();
        settings_map.extend(client.as_object().unwrap().clone());
        pools.create_client_with_id(POOL, CLIENT, settings).unwrap();
        Self { clock, functions, outbox, pools }
    }

    /// Adds a confirmed user with the common password.
    pub(crate) fn add(&self, email: &str) {
        let block_on = |action: &'static str, input: Value| {
            let pools = self.pools.clone();
            let call = async move { pools.call(Caller::Signed, action, input).await };
            run_at_once(call).unwrap();
        };
        block_on(
            "AdminCreateUser",
            json!({
                "UserPoolId": POOL,
                "Username": email,
                "MessageAction": "SUPPRESS",
                "UserAttributes": [{"Name": "email_verified", "Value": "true"}],
            }),
        );
        block_on(
            "AdminSetUserPassword",
            json!({
                "UserPoolId": POOL, "Username": email, "Password": PASSWORD, "Permanent": true,
            }),
        );
    }

    pub(crate) async fn public(&self, action: &str, input: Value) -> Result<Value, ApiError> {
        self.pools.call(Caller::Public, action, input).await
    }

    /// A signed call about this pool.
    pub(crate) async fn signed(&self, action: &str, mut input: Value) -> Result<Value, ApiError> {
        input["UserPoolId"] = json!(POOL);
        self.pools.call(Caller::Signed, action, input).await
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Result<Value, ApiError> {
        let input = json!({
            "ClientId": CLIENT,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": name, "PASSWORD": password},
        });
        self.public("InitiateAuth", input)
            .await
            .map(|answer| answer["AuthenticationResult"].clone())
    }

    pub(crate) async fn get_user(&self, token: &Value) -> Result<Value, ApiError> {
        self.public("GetUser", json!({"AccessToken": token})).await
    }
}

/// Runs a call that never really waits, inside or outside a runtime.
fn run_at_once<T>(call: impl Future<Output = T>) -> T {
    let mut call = std::pin::pin!(call);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the call waited for something"),
    }
}

/// The error's kind and text in one line.
#[track_caller]
pub(crate) fn error(outcome: Result<Value, ApiError>) -> String {
    outcome.unwrap_err().to_string()
}
