//! The page as a browser gets it, and the routes below `/_local`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use local_cognito::StartOptions;
use local_cognito_testing::TestCognito;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// Starts it with the default options.
async fn serve() -> TestCognito {
    TestCognito::serve(&StartOptions::default()).await
}

/// Sends a request of a page of this machine.
async fn request(cognito: &TestCognito, method: Method, path: &str) -> Response {
    let request = cognito.request(method, path).header("origin", "http://localhost:3000");
    request.send().await.unwrap()
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
    let cognito = serve().await;
    let page = request(&cognito, Method::GET, "/").await;
    check(&page, "text/html; charset=utf-8", cognito.server().s3_url());
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
        let file = request(&cognito, Method::GET, path).await;
        check(&file, kind, cognito.server().s3_url());
    }
    let missing = request(&cognito, Method::GET, "/page/other.js").await;
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn preflight_at_the_page_is_answered_by_the_user_pool() {
    let cognito = serve().await;
    let preflight = request(&cognito, Method::OPTIONS, "/").await;
    assert_eq!(preflight.status(), 200);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn local_routes_are_unreadable_for_other_origins() {
    let cognito = serve().await;
    for path in [
        "/_local/outbox",
        "/_local/events?after=0&newest=5",
        "/_local/logs",
        "/_local/clock",
        "/_local/deployment",
    ] {
        let response = request(&cognito, Method::GET, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(!response.headers().contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn newest_events_are_read_alone() {
    let cognito = serve().await;
    for name in ["one", "two", "three"] {
        let call = cognito
            .request(Method::POST, "/")
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
        assert_eq!(numbers(&cognito.local(&format!("events{query}")).await), expected, "{query}");
    }
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|item| item["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn newest_lines_of_the_logs_are_read_alone() {
    let cognito = serve().await;
    cognito.server().logs().hush();
    for text in ["one", "two", "three"] {
        cognito.server().logs().write("pre-sign-up", text);
    }
    for (query, expected) in [
        ("", &[1, 2, 3][..]),
        ("?after=1", &[2, 3]),
        ("?newest=1", &[3]),
        ("?after=1&newest=9", &[2, 3]),
        ("?after=9", &[]),
    ] {
        assert_eq!(numbers(&cognito.local(&format!("logs{query}")).await), expected, "{query}");
    }
    let newest = cognito.local("logs?newest=1").await;
    assert_eq!(newest, json!([{"number": 3, "function": "pre-sign-up", "text": "three"}]));
}

#[tokio::test]
async fn moved_clock_is_shown_beside_the_wall_clock() {
    let cognito = serve().await;
    cognito.clock.advance(std::time::Duration::from_secs(3600));
    let times = cognito.local("clock").await;
    let ahead = times["now"].as_u64().unwrap() - times["wall"].as_u64().unwrap();
    assert!((3600..=3601).contains(&ahead), "{times}");
    assert!(times["wall"].as_u64().unwrap().abs_diff(cognito.clock.wall()) < 60, "{times}");
}

#[tokio::test]
async fn deployment_document_names_all_that_a_client_needs() {
    let cognito = serve().await;
    let expected = json!({
        "region": "eu-west-1",
        "url": cognito.server().url(),
        "s3": cognito.server().s3_url(),
        "dynamodb": cognito.server().dynamo_url(),
        "user_pool": "eu-west-1_Lifeguard",
        "issuer": format!("{}/eu-west-1_Lifeguard", cognito.server().url()),
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
        "bucket": cognito.server().template().bucket,
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
    assert_eq!(cognito.local("deployment").await, expected);
}
