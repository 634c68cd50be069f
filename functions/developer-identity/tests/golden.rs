//! A sample request in, the whole reply out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::{NOW, Stage};

#[track_caller]
fn check(name: &str, expected: &Value) {
    let event = lifeguard_testkit::event(&format!("http/{name}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let chance = developer_identity::Chance::of(NOW, [[7; 16]; 7]);
    for event in [event.clone(), lifeguard_testkit::golden::with_unknown_members(event)] {
        let reply = runtime.block_on(Stage::new().provider.handle(&event, chance)).unwrap();
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
fn an_unknown_person_gets_an_error_of_oauth() {
    let body =
        r#"{"error":"invalid_grant","error_description":"What was presented is not accepted"}"#;
    check("token", &reply(400, json!({}), body));
}

#[test]
fn a_made_up_token_brings_no_credentials() {
    let body = r#"{"code":"NotAuthenticated","message":"The token is not accepted"}"#;
    check("credentials", &reply(401, json!({"www-authenticate": "Bearer"}), body));
}

#[test]
fn whoever_signs_with_credentials_of_the_pool_is_recognised() {
    let body = r#"{"identity_id":"eu-west-1:7a1f0c52-9f3d-4b7e-8a64-0d2c5e9b1f33","identity_pool_id":"eu-west-1:11111111-2222-4333-8444-555555555555"}"#;
    check("whoami", &reply(200, json!({}), body));
}
