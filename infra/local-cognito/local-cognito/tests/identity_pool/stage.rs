//! One identity pool over one user pool with one user, and short ways to call it.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_cognito::clock::Clock;
use local_cognito::credentials::{Credentials, Session};
use local_cognito::functions::Functions;
use local_cognito::iam::{Role, Roles, TrustPolicy};
use local_cognito::identity_pool::{IdentityPools, Settings};
use local_cognito::journal::Journal;
use local_cognito::outbox::Outbox;
use local_cognito::pool_tokens::PoolTokens;
use local_cognito::user_pool::{self, ApiError, Caller, UserPools};
use serde_json::{Value, json};

pub(crate) const POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/authenticated";
pub(crate) const GUEST_ROLE: &str = "arn:aws:iam::000000000000:role/guest";
pub(crate) const OTHER_ROLE: &str = "arn:aws:iam::000000000000:role/other";
/// Developer provider of the pool.
pub(crate) const OWN: &str = "lifeguard";
/// Key of the pool's own tokens among `Logins`.
pub(crate) const COGNITO: &str = "cognito-identity.amazonaws.com";
pub(crate) const GOOGLE: &str = "accounts.google.com";
pub(crate) const USERS: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Stage";
pub(crate) const USER_POOL: &str = "eu-west-1_Stage";
pub(crate) const CLIENT: &str = "stageclient000000000000000";
/// A client of the user pool that the identity pool does not know.
pub(crate) const OTHER_CLIENT: &str = "otherclient000000000000000";
pub(crate) const NOOR: &str = "noor@example.com";

const GOOGLE_CLIENT: &str = "google-client";
const PASSWORD: &str = "Correct-horse-1";

/// Keys made once for all tests.
static KEYS: LazyLock<(Value, Value)> = LazyLock::new(|| {
    let make = async {
        let stage = Stage::bare(Plan::default());
        stage.id_token().await;
        stage.google("g-0").await;
        stage.token("u-0").await;
        (stage.users.snapshot()["pools"][USER_POOL]["keys"].clone(), stage.identities.snapshot())
    };
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    std::thread::spawn(move || runtime().block_on(make)).join().unwrap()
});

/// Configuration of a stage.
pub(crate) struct Plan {
    pub(crate) pool: Value,
    /// Input of `SetIdentityPoolRoles`.
    pub(crate) roles: Value,
    /// Trust policies by role.
    pub(crate) trust: Vec<(&'static str, Value)>,
    pub(crate) settings: Settings,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            pool: json!({
                "IdentityPoolName": "stage",
                "AllowUnauthenticatedIdentities": true,
                "AllowClassicFlow": true,
                "DeveloperProviderName": OWN,
                "SupportedLoginProviders": {GOOGLE: GOOGLE_CLIENT},
                "CognitoIdentityProviders": [
                    {"ProviderName": USERS, "ClientId": CLIENT, "ServerSideTokenCheck": true},
                ],
            }),
            roles: json!({"Roles": {"authenticated": ROLE, "unauthenticated": GUEST_ROLE}}),
            trust: vec![
                (ROLE, trust(&["authenticated"], &["sts:TagSession"])),
                (GUEST_ROLE, trust(&["unauthenticated"], &[])),
                (OTHER_ROLE, trust(&["authenticated"], &[])),
            ],
            settings: Settings::default(),
        }
    }
}

/// Returns a trust policy for these methods that allows these actions beside the usual one.
pub(crate) fn trust(amr: &[&str], actions: &[&str]) -> Value {
    let all = [&["sts:AssumeRoleWithWebIdentity"], actions].concat();
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": COGNITO},
            "Action": all,
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": POOL},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr},
            },
        }],
    })
}

pub(crate) struct Stage {
    pub(crate) clock: Clock,
    pub(crate) credentials: Credentials,
    pub(crate) identities: IdentityPools,
    pub(crate) users: UserPools,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Plan)) -> Self {
        let mut plan = Plan::default();
        change(&mut plan);
        let stage = Self::bare(plan);
        let mut users = stage.users.snapshot();
        users["pools"][USER_POOL]["keys"] = KEYS.0.clone();
        stage.users.restore(users).unwrap();
        let mut identities = stage.identities.snapshot();
        for key in ["key", "social_key"] {
            identities[key] = KEYS.1[key].clone();
        }
        stage.identities.restore(identities).unwrap();
        stage
    }

    fn bare(plan: Plan) -> Self {
        let (clock, credentials) = (Clock::default(), Credentials::default());
        let users = UserPools::new(
            user_pool::Settings::default(),
            clock.clone(),
            Functions::default(),
            Journal::default(),
            Outbox::default(),
        );
        let pool = json!({"PoolName": "stage", "UsernameAttributes": ["email"]});
        users.create_pool_with_id(USER_POOL, pool).unwrap();
        for client in [CLIENT, OTHER_CLIENT] {
            let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
            let client_plan = json!({"ClientName": client, "ExplicitAuthFlows": flows});
            users.create_client_with_id(USER_POOL, client, client_plan).unwrap();
        }
        let roles = plan.trust.iter().map(|(arn, trust)| Role {
            arn: (*arn).to_owned(),
            trust: TrustPolicy::parse(trust, arn).unwrap(),
            policies: Vec::new(),
        });
        let identities = IdentityPools::new(
            plan.settings,
            clock.clone(),
            PoolTokens(users.clone()),
            credentials.clone(),
            Roles::new(roles),
        );
        identities.create_pool_with_id(POOL, plan.pool).unwrap();
        let stage = Self { clock, credentials, identities, users };
        let mut roles = plan.roles;
        roles["IdentityPoolId"] = json!(POOL);
        run_at_once(stage.identities.call(Caller::Signed, "SetIdentityPoolRoles", roles)).unwrap();
        stage
    }

    pub(crate) async fn public(&self, action: &str, input: Value) -> Result<Value, ApiError> {
        self.identities.call(Caller::Public, action, input).await
    }

    /// Calls a signed action about this pool.
    pub(crate) async fn signed(&self, action: &str, mut input: Value) -> Result<Value, ApiError> {
        if input.get("IdentityPoolId").is_none() {
            input["IdentityPoolId"] = json!(POOL);
        }
        self.identities.call(Caller::Signed, action, input).await
    }

    /// Asks for a developer's token by its logins.
    pub(crate) async fn developer(&self, logins: Value) -> Result<Value, ApiError> {
        self.developer_for(None, logins).await
    }

    /// Asks for a developer's token for an identity.
    pub(crate) async fn developer_for(
        &self,
        identity: Option<&str>,
        logins: Value,
    ) -> Result<Value, ApiError> {
        let input = json!({"IdentityId": identity, "Logins": logins});
        self.signed("GetOpenIdTokenForDeveloperIdentity", input).await
    }

    /// Returns the identity of a developer user, and a token for it.
    pub(crate) async fn token(&self, user: &str) -> (String, String) {
        let answer = self.developer(json!({OWN: user})).await.unwrap();
        (text(&answer["IdentityId"]), text(&answer["Token"]))
    }

    /// Returns the identity that a client's logins lead to.
    pub(crate) async fn get_id(&self, logins: Value) -> Result<String, ApiError> {
        let input = json!({"IdentityPoolId": POOL, "Logins": logins});
        self.public("GetId", input).await.map(|answer| text(&answer["IdentityId"]))
    }

    pub(crate) async fn get_credentials(
        &self,
        identity: &str,
        logins: Value,
    ) -> Result<Value, ApiError> {
        let input = json!({"IdentityId": identity, "Logins": logins});
        self.public("GetCredentialsForIdentity", input).await
    }

    /// Returns the session of the credentials in an answer.
    #[track_caller]
    pub(crate) fn session(&self, answer: &Value) -> Session {
        let key = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
        self.credentials.find(key).unwrap()
    }

    pub(crate) async fn google(&self, sub: &str) -> String {
        self.google_with(sub, json!({})).await
    }

    /// Signs a token of a Google user with these claims.
    pub(crate) async fn google_with(&self, sub: &str, claims: Value) -> String {
        let mut wanted = json!({"sub": sub, "provider": GOOGLE, "aud": GOOGLE_CLIENT});
        wanted.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        self.identities.social_token(wanted).await.unwrap()
    }

    /// Returns an ID token of Noor.
    pub(crate) async fn id_token(&self) -> String {
        text(&self.sign_in(CLIENT).await["IdToken"])
    }

    /// Signs Noor in; creates her first, if need be.
    pub(crate) async fn sign_in(&self, client: &str) -> Value {
        let user = json!({
            "UserPoolId": USER_POOL, "Username": NOOR, "MessageAction": "SUPPRESS",
        });
        if self.users.call(Caller::Signed, "AdminCreateUser", user).await.is_ok() {
            let password = json!({
                "UserPoolId": USER_POOL, "Username": NOOR, "Password": PASSWORD, "Permanent": true,
            });
            self.users.call(Caller::Signed, "AdminSetUserPassword", password).await.unwrap();
        }
        let start = json!({
            "ClientId": client,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": NOOR, "PASSWORD": PASSWORD},
        });
        let answer = self.users.call(Caller::Public, "InitiateAuth", start).await.unwrap();
        answer["AuthenticationResult"].clone()
    }
}

/// Runs a call that never waits, inside or outside a runtime.
fn run_at_once<T>(call: impl Future<Output = T>) -> T {
    let mut call = std::pin::pin!(call);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the call waited for something"),
    }
}

/// Returns the claims of a token without checking its signature.
#[track_caller]
pub(crate) fn claims(token: &str) -> Value {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Returns the error's kind and text in one line.
#[track_caller]
pub(crate) fn error<T: std::fmt::Debug>(outcome: Result<T, ApiError>) -> String {
    outcome.unwrap_err().to_string()
}

pub(crate) const DONT_MATCH: &str = "NotAuthorizedException: Logins don't match. Please include at \
                                     least one valid login for this identity or identity pool.";
pub(crate) const NO_ROLE: &str = "InvalidIdentityPoolConfigurationException: Invalid identity pool \
                                  configuration. Check assigned IAM roles for this pool.";

/// Error for an identity that is out of reach.
pub(crate) fn forbidden(identity: &str) -> String {
    format!("NotAuthorizedException: Access to Identity '{identity}' is forbidden.")
}
