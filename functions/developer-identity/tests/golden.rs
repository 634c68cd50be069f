//! Whole replies to sample requests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::{Deployment, NOW};

#[track_caller]
fn check(name: &str, expected: &Value) {
    let event = lifeguard_testkit::event(&format!("http/{name}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let invocation = developer_identity::Invocation::new(NOW, [[7; 16]; 7]);
    for event in [event.clone(), lifeguard_testkit::golden::with_unknown_members(event)] {
        let reply =
            runtime.block_on(Deployment::new().provider.handle(&event, invocation)).unwrap();
        assert_eq!(&reply.into_payload(), expected, "{name}");
    }
}

fn reply(status: u64, headers: Value, body: &str) -> Value {
    let mut all = json!({
        "cache-control": "no-store",
        "content-type": "application/json",
        "x-content-type-options": "nosniff",
    });
    all.as_object_mut().unwrap().extend(headers.as_object().unwrap().clone());
    json!({"statusCode": status, "headers": all, "body": body, "isBase64Encoded": false})
}

#[test]
fn unknown_user_gets_an_oauth_error() {
    let body = r#"{"error":"invalid_grant","error_description":"Invalid credentials"}"#;
    check("token", &reply(400, json!({}), body));
}

#[test]
fn forged_token_gets_no_credentials() {
    let body = r#"{"code":"NotAuthenticated","message":"Invalid or expired token"}"#;
    check("credentials", &reply(401, json!({"www-authenticate": "Bearer"}), body));
}

#[test]
fn caller_with_credentials_of_the_pool_is_described() {
    let body = r#"{"identity_id":"eu-west-1:7a1f0c52-9f3d-4b7e-8a64-0d2c5e9b1f33","identity_pool_id":"eu-west-1:11111111-2222-4333-8444-555555555555"}"#;
    check("whoami", &reply(200, json!({}), body));
}
