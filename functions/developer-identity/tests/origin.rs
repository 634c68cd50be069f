//! Requests that go around CloudFront: refused at every route before anything is read or written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_sign_in::encode::hexadecimal;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{Deployment, request};

const CURRENT: &str = "the secret of CloudFront";
const PREVIOUS: &str = "the secret before it";

/// A stage that knows the hashes of both secrets.
fn behind_cloudfront() -> Deployment {
    let mut policy = support::policy();
    let hashes = [CURRENT, PREVIOUS].map(|secret| hexadecimal(&Sha256::digest(secret)));
    policy["api"] = json!({"origin_secret_hashes": hashes});
    Deployment::with(&policy)
}

/// An event for each route of the document, and for what no route takes.
fn events() -> Vec<Value> {
    let document = serde_json::to_value(developer_identity::openapi()).unwrap();
    let mut events = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let path = path.replace("{provider}", "accounts.google.com");
            let headers = json!({"content-type": "application/json", "authorization": "a1.b.c"});
            let body = json!({"email": "noor@example.net"}).to_string();
            events.push(request(&method.to_uppercase(), &path, headers, Some(&body)));
        }
    }
    for (method, path) in [("GET", "/"), ("OPTIONS", "/v1/token"), ("HEAD", "/openapi.json")] {
        let mut event = request(method, path, json!({}), None);
        event["routeKey"] = "$default".into();
        events.push(event);
    }
    let mut broken = request("POST", "/v1/accounts", json!({}), Some("?"));
    broken["isBase64Encoded"] = true.into();
    events.push(broken);
    events
}

fn with_secret(event: &Value, secret: &str) -> Value {
    let mut event = event.clone();
    event["headers"]["X-Lifeguard-Origin-Secret"] = secret.into();
    event
}

#[tokio::test]
async fn t49_every_route_refuses_requests_around_cloudfront() {
    let events = events();
    assert!(events.len() > 20, "{}", events.len());
    for event in events {
        let wrong =
            ["", "wrong", "the secret of CloudFront,"].map(|some| with_secret(&event, some));
        for event in wrong.iter().chain([&event]) {
            let stage = behind_cloudfront();
            let answer = stage.send(event).await;
            assert_eq!(
                (answer.status, &answer.body["code"]),
                (403, &"WrongOrigin".into()),
                "{event}"
            );
            assert_eq!(answer.body.as_object().unwrap().len(), 2);
            assert_eq!(stage.logged.borrow().0, "WrongOrigin");
            assert_eq!((stage.calls(), stage.hashes.0.get()), (0, 0), "{event}");
            assert_eq!(stage.network.requests.get(), 0, "{event}");
            assert_eq!(stage.mailed("noor@example.net"), None, "{event}");
        }
    }
}

#[tokio::test]
async fn both_secrets_open_every_route() {
    for event in events() {
        for secret in [CURRENT, PREVIOUS] {
            let answer = behind_cloudfront().send(&with_secret(&event, secret)).await;
            assert_ne!(answer.body["code"], "WrongOrigin", "{event}");
        }
        let answer = Deployment::new().send(&event).await;
        assert_ne!(answer.body["code"], "WrongOrigin", "nothing is configured: {event}");
    }
}
