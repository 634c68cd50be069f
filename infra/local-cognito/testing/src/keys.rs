//! Signing keys that all pools share: a pair takes longer to generate than a test to run.

use std::sync::LazyLock;
use std::thread;

use local_cognito::clock::Clock;
use local_cognito::credentials::Credentials;
use local_cognito::functions::Functions;
use local_cognito::iam::Roles;
use local_cognito::identity_pool::{self, IdentityPools};
use local_cognito::journal::Journal;
use local_cognito::outbox::Outbox;
use local_cognito::pool_tokens::PoolTokens;
use local_cognito::user_pool::{Caller, Settings, UserPools};
use serde_json::{Value, json};

use crate::fixtures::{
    CLIENT, DEVELOPER_PROVIDER, GOOGLE, GOOGLE_CLIENT, IDENTITY_POOL, PASSWORD, POOL,
};

static USER_POOL_KEYS: LazyLock<Value> = LazyLock::new(|| on_thread(user_pool_keys));
static IDENTITY_POOL_KEYS: LazyLock<Value> = LazyLock::new(|| on_thread(identity_pool_keys));

/// Gives a user pool the shared keys.
pub(crate) fn lend_to_user_pool(pools: &UserPools, pool: &str) {
    let mut state = pools.snapshot();
    state["pools"][pool]["keys"] = USER_POOL_KEYS.clone();
    pools.restore(state).unwrap();
}

/// Gives the identity pools the shared keys.
pub(crate) fn lend_to_identity_pools(pools: &IdentityPools) {
    let mut state = pools.snapshot();
    for key in ["key", "social_key"] {
        state[key] = IDENTITY_POOL_KEYS[key].clone();
    }
    pools.restore(state).unwrap();
}

/// Runs a set-up on a thread and a runtime of its own, since the caller may be inside one.
fn on_thread<F: Future<Output = Value> + 'static>(make: fn() -> F) -> Value {
    let run =
        move || tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(make());
    thread::spawn(run).join().unwrap()
}

/// Signs a user in, which makes the keys of the pool.
async fn user_pool_keys() -> Value {
    let (pools, user) = (empty_user_pools(), "noor");
    let flows = json!({"ClientName": "keys", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    pools.create_pool_with_id(POOL, json!({"PoolName": "keys"})).unwrap();
    pools.create_client_with_id(POOL, CLIENT, flows).unwrap();
    let sign_up = json!({"ClientId": CLIENT, "Username": user, "Password": PASSWORD});
    let confirm = json!({"UserPoolId": POOL, "Username": user});
    let sign_in = json!({
        "ClientId": CLIENT,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": user, "PASSWORD": PASSWORD},
    });
    for (caller, action, input) in [
        (Caller::Public, "SignUp", sign_up),
        (Caller::Signed, "AdminConfirmSignUp", confirm),
        (Caller::Public, "InitiateAuth", sign_in),
    ] {
        pools.call(caller, action, input).await.unwrap();
    }
    let keys = pools.snapshot()["pools"][POOL]["keys"].clone();
    assert!(keys.is_object(), "no keys in the snapshot");
    keys
}

/// Requests a developer token and a social one, which makes both keys.
async fn identity_pool_keys() -> Value {
    let pools = IdentityPools::new(
        identity_pool::Settings::default(),
        Clock::default(),
        PoolTokens(empty_user_pools()),
        Credentials::default(),
        Roles::new([]),
    );
    let pool = json!({
        "IdentityPoolName": "keys",
        "AllowUnauthenticatedIdentities": false,
        "DeveloperProviderName": DEVELOPER_PROVIDER,
        "SupportedLoginProviders": {GOOGLE: GOOGLE_CLIENT},
    });
    pools.create_pool_with_id(IDENTITY_POOL, pool).unwrap();
    let logins = json!({"IdentityPoolId": IDENTITY_POOL, "Logins": {DEVELOPER_PROVIDER: "u-0"}});
    let action = "GetOpenIdTokenForDeveloperIdentity";
    pools.call(Caller::Signed, action, logins).await.unwrap();
    let wanted = json!({"sub": "g-0", "provider": GOOGLE, "aud": GOOGLE_CLIENT});
    pools.social_token(wanted).await.unwrap();
    let state = pools.snapshot();
    assert!(!state["key"].is_null() && !state["social_key"].is_null(), "no keys in the snapshot");
    state
}

fn empty_user_pools() -> UserPools {
    UserPools::new(
        Settings::default(),
        Clock::default(),
        Functions::default(),
        Journal::default(),
        Outbox::default(),
    )
}
