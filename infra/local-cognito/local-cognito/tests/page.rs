//! The page as a browser gets it, and the routes below `/_local`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use local_cognito::{LocalCognito, StartOptions};
use reqwest::{Method, Response};
use serde_json::{Value, json};

async fn host() -> LocalCognito {
    local_cognito::start(&StartOptions::default()).await.unwrap()
}

/// Returns the JSON of a route below `/_local`.
async fn local(host: &LocalCognito, route: &str) -> Value {
    let answer = reqwest::get(format!("{}/_local/{route}", host.url())).await.unwrap();
    answer.json().await.unwrap()
}

async fn request(method: Method, url: String) -> Response {
    reqwest::Client::new()
        .request(method, url)
        .header("origin", "http://localhost:3000")
        .send()
        .await
        .unwrap()
}

#[track_caller]
fn check(response: &Response, kind: &str, s3_url: &str) {
    let headers = response.headers();
    let url = response.url();
    assert_eq!(response.status(), 200, "{url}");
    assert_eq!(headers["content-type"], kind, "{url}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(headers[name], value, "{url}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        &format!("connect-src 'self' {s3_url}"),
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.split("; ").any(|found| found == directive), "{url}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!headers.contains_key("access-control-allow-origin"), "{url}");
}

#[tokio::test]
async fn page_and_all_its_files_have_strict_headers() {
    let host = host().await;
    let page = request(Method::GET, format!("{}/", host.url())).await;
    check(&page, "text/html; charset=utf-8", host.s3_url());
    let text = page.text().await.unwrap();
    let named: Vec<&str> =
        text.split(['"', '\'']).filter(|part| part.starts_with("/page/")).collect();
    assert!(named.len() >= 5, "{named:?}");
    for path in named {
        let kind = match path.rsplit_once('.').unwrap().1 {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
        let file = request(Method::GET, format!("{}{path}", host.url())).await;
        check(&file, kind, host.s3_url());
    }
    let missing = request(Method::GET, format!("{}/page/other.js", host.url())).await;
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn preflight_at_the_page_is_answered_by_the_user_pool() {
    let host = host().await;
    let preflight = request(Method::OPTIONS, format!("{}/", host.url())).await;
    assert_eq!(preflight.status(), 200);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn local_routes_are_unreadable_for_other_origins() {
    let host = host().await;
    for path in [
        "/_local/outbox",
        "/_local/events?after=0&newest=5",
        "/_local/logs",
        "/_local/clock",
        "/_local/deployment",
    ] {
        let response = request(Method::GET, format!("{}{path}", host.url())).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(!response.headers().contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn newest_events_are_read_alone() {
    let host = host().await;
    for name in ["one", "two", "three"] {
        let call = reqwest::Client::new()
            .post(host.url())
            .header("x-amz-target", format!("Nothing.{name}"))
            .send();
        assert_eq!(call.await.unwrap().status(), 501);
    }
    for (query, expected) in [
        ("", &[1, 2, 3][..]),
        ("?after=1", &[2, 3]),
        ("?newest=1", &[3]),
        ("?after=3", &[]),
        ("?after=9&newest=9", &[]),
    ] {
        assert_eq!(numbers(&local(&host, &format!("events{query}")).await), expected, "{query}");
    }
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|item| item["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn newest_lines_of_the_logs_are_read_alone() {
    let host = host().await;
    host.logs().hush();
    for text in ["one", "two", "three"] {
        host.logs().write("pre-sign-up", text);
    }
    for (query, expected) in [
        ("", &[1, 2, 3][..]),
        ("?after=1", &[2, 3]),
        ("?newest=1", &[3]),
        ("?after=1&newest=9", &[2, 3]),
        ("?after=9", &[]),
    ] {
        assert_eq!(numbers(&local(&host, &format!("logs{query}")).await), expected, "{query}");
    }
    let newest = local(&host, "logs?newest=1").await;
    assert_eq!(newest, json!([{"number": 3, "function": "pre-sign-up", "text": "three"}]));
}

#[tokio::test]
async fn moved_clock_is_shown_beside_the_wall_clock() {
    let host = host().await;
    host.clock().advance(std::time::Duration::from_secs(3600));
    let times = local(&host, "clock").await;
    let ahead = times["now"].as_u64().unwrap() - times["wall"].as_u64().unwrap();
    assert!((3600..=3601).contains(&ahead), "{times}");
    assert!(times["wall"].as_u64().unwrap().abs_diff(host.clock().wall()) < 60, "{times}");
}

#[tokio::test]
async fn deployment_document_names_all_that_a_client_needs() {
    let host = host().await;
    let expected = json!({
        "region": "eu-west-1",
        "url": host.url(),
        "s3": host.s3_url(),
        "dynamodb": host.dynamo_url(),
        "user_pool": "eu-west-1_Lifeguard",
        "issuer": format!("{}/eu-west-1_Lifeguard", host.url()),
        "clients": {
            "web": "1webclient0000000000000000",
            "link": "1linkclient000000000000000",
            "passwordless": "1passwordless0000000000000",
            "directory": "1directoryclient00000000000",
        },
        "group": "members",
        "identity_pool": "eu-west-1:11111111-2222-4333-8444-555555555555",
        "providers": {
            "user_pool": "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard",
            "developer": "lifeguard",
            "social": "localhost/social",
            "identity_pool": "cognito-identity.amazonaws.com",
        },
        "bucket": host.template().bucket,
        "tables": {
            "accounts": "lifeguard-accounts",
            "challenges": "lifeguard-challenges",
            "profiles": "lifeguard-profiles",
        },
        "after_sign_in": {
            "triggers": ["PostAuthentication_Authentication"],
            "aws_calls": ["post-authentication dynamodb:UpdateItem"],
        },
    });
    assert_eq!(local(&host, "deployment").await, expected);
}
