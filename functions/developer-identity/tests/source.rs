//! The source of a request in the log: no client chooses it, and none is named by it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::{Deployment, NOW, policy, request};

const SECRET: &str = "the secret of CloudFront";

/// A stage that knows the hash of the secret, after the first request that reads the key.
async fn behind_cloudfront() -> Deployment {
    let hash: String = Sha256::digest(SECRET).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut policy = policy();
    policy["api"] = json!({"origin_secret_hashes": ["0a".repeat(32), hash]});
    let stage = Deployment::with(&policy);
    let headers = json!({"content-type": "application/json", "x-lifeguard-origin-secret": SECRET});
    let body = json!({"email": "noor@example.net"}).to_string();
    let answer = stage.send(&request("POST", "/v1/accounts", headers, Some(&body))).await;
    assert_eq!(answer.status, 202);
    stage
}

/// Returns the source of a request with these headers on a connection from `address`.
async fn source(stage: &Deployment, address: Value, headers: Value) -> String {
    let mut event = request("GET", "/openapi.json", headers, None);
    event["requestContext"]["http"]["sourceIp"] = address;
    stage.send(&event).await;
    stage.source.borrow().clone()
}

#[tokio::test]
async fn t49_headers_of_a_client_do_not_change_its_source() {
    let bare = Deployment::new();
    bare.register("noor@example.net").await;
    let stage = behind_cloudfront().await;
    for stage in [&bare, &stage] {
        let own = source(stage, json!("203.0.113.7"), json!({})).await;
        assert_eq!(own.len(), 16);
        for headers in [
            json!({"x-forwarded-for": "198.51.100.10"}),
            json!({"X-Forwarded-For": "198.51.100.10, 203.0.113.7"}),
            json!({"forwarded": "for=198.51.100.10"}),
            json!({"x-real-ip": "198.51.100.10", "true-client-ip": "198.51.100.10"}),
            json!({"cloudfront-viewer-address": "198.51.100.10:1"}),
            json!({"CloudFront-Viewer-Address": "198.51.100.10:1", "x-lifeguard-origin-secret": ""}),
            json!({"cloudfront-viewer-address": "198.51.100.10:1", "x-lifeguard-origin-secret": "x"}),
            json!({
                "cloudfront-viewer-address": "198.51.100.10:1",
                "x-lifeguard-origin-secret": format!("x,{SECRET}"),
            }),
        ] {
            let seen = source(stage, json!("203.0.113.7"), headers.clone()).await;
            assert_eq!(seen, own, "{headers}");
        }
    }
}

#[tokio::test]
async fn viewer_of_cloudfront_has_one_source_wherever_it_connects() {
    let stage = behind_cloudfront().await;
    let by = |viewer: &str| json!({"cloudfront-viewer-address": viewer, "x-lifeguard-origin-secret": SECRET});
    let direct = source(&stage, json!("198.51.100.10"), json!({})).await;
    for edge in ["203.0.113.7", "203.0.113.8", "2001:db8::7"] {
        assert_eq!(source(&stage, json!(edge), by("198.51.100.10:46532")).await, direct, "{edge}");
    }
    let edge = json!("203.0.113.7");
    let one = source(&stage, edge.clone(), by("2001:db8:1:2::1:46532")).await;
    assert_eq!(source(&stage, edge.clone(), by("2001:db8:1:2:ffff::9:1")).await, one);
    assert_ne!(source(&stage, edge.clone(), by("2001:db8:1:3::1:46532")).await, one);
    assert_eq!(source(&stage, edge, by("198.51.100.10")).await, "", "CloudFront is no client");
}

#[tokio::test]
async fn source_is_unknown_rather_than_worth_a_call() {
    let stage = Deployment::new();
    assert_eq!(source(&stage, json!("203.0.113.7"), json!({})).await, "", "no key was read yet");
    stage.register("noor@example.net").await;
    assert_eq!(stage.source.borrow().len(), 16, "the request itself read the key");
    let own = source(&stage, json!("203.0.113.7"), json!({})).await;
    assert_eq!(own.len(), 16);
    for address in [Value::Null, json!(""), json!(7), json!("unknown")] {
        assert_eq!(source(&stage, address.clone(), json!({})).await, "", "{address}");
    }
    stage.now.set(NOW + 86_400);
    assert_ne!(source(&stage, json!("203.0.113.7"), json!({})).await, own, "the next day");
}
