//! One pair of signing keys for all pools: to make a pair takes longer than to play a case.

use std::sync::LazyLock;
use std::thread;

use local_cognito::clock::Clock;
use local_cognito::functions::Functions;
use local_cognito::journal::Journal;
use local_cognito::outbox::Outbox;
use local_cognito::user_pool::{Caller, Settings, UserPools};
use serde_json::{Value, json};

use crate::stage::PASSWORD;

static KEYS: LazyLock<Value> = LazyLock::new(|| {
    let made = thread::spawn(|| {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(make())
    });
    made.join().unwrap()
});

/// Gives a pool the common keys.
pub(crate) fn lend(pools: &UserPools, pool: &str) {
    let mut state = pools.snapshot();
    state["pools"][pool]["keys"] = KEYS.clone();
    pools.restore(state).unwrap();
}

/// Signs a user in, which makes the keys of the pool.
async fn make() -> Value {
    let pools = UserPools::new(
        Settings::default(),
        Clock::default(),
        Functions::default(),
        Journal::default(),
        Outbox::default(),
    );
    let (pool, client, user) = ("eu-west-1_Keys", "1keys0000000000000000000000", "noor");
    let flows = json!({"ClientName": "keys", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]});
    pools.create_pool_with_id(pool, json!({"PoolName": "keys"})).unwrap();
    pools.create_client_with_id(pool, client, flows).unwrap();
    let calls = [
        (
            Caller::Public,
            "SignUp",
            json!({"ClientId": client, "Username": user, "Password": PASSWORD}),
        ),
        (Caller::Signed, "AdminConfirmSignUp", json!({"UserPoolId": pool, "Username": user})),
        (
            Caller::Public,
            "InitiateAuth",
            json!({
                "ClientId": client,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": user, "PASSWORD": PASSWORD},
            }),
        ),
    ];
    for (caller, action, input) in calls {
        pools.call(caller, action, input).await.unwrap();
    }
    let keys = pools.snapshot()["pools"][pool]["keys"].clone();
    assert!(keys.is_object(), "no keys in the snapshot");
    keys
}
