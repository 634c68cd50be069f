//! Web pages at each port: preflights, answers and errors, by the origin of the page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

use local_cognito::StartOptions;
use local_cognito::origins::Origin;
use local_cognito_testing::TestCognito;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};

/// The page that `--origin` names in these tests.
const NAMED: &str = "https://app.example.com";
/// Headers that the AWS SDK for JavaScript sends from a browser.
const SDK_HEADERS: &str = "amz-sdk-invocation-id,amz-sdk-request,authorization,content-type,\
                           x-amz-content-sha256,x-amz-date,x-amz-security-token,x-amz-target,\
                           x-amz-user-agent";
const USER_POOL: &str = "AWSCognitoIdentityProviderService.GetUser";
const IDENTITY_POOL: &str = "AWSCognitoIdentityService.GetId";
const DYNAMO: &str = "DynamoDB_20120810.GetItem";

async fn serve() -> TestCognito {
    let origins = vec![Origin::parse(NAMED).unwrap()];
    let cognito = TestCognito::serve(&StartOptions { origins, ..StartOptions::default() }).await;
    cognito.fails("developer-identity", "no");
    cognito
}

async fn preflight(url: &str, origin: &str, headers: &str) -> Response {
    let request = reqwest::Client::new()
        .request(Method::OPTIONS, url)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", headers);
    request.send().await.unwrap()
}

/// A call that the service refuses, since nothing in it is right.
async fn call(url: &str, target: &str, origin: &str) -> Response {
    let request = reqwest::Client::new()
        .post(url)
        .header("origin", origin)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target);
    request.body("{}").send().await.unwrap()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn named_and_local_pages_may_call_every_aws_api() {
    let cognito = serve().await;
    let server = cognito.server();
    let (main, dynamo) = (format!("{}/", server.url()), format!("{}/", server.dynamo_url()));
    for origin in [NAMED, "http://localhost:3000", "http://127.0.0.1:5173"] {
        for (url, target) in
            [(&main, USER_POOL), (&main, IDENTITY_POOL), (&main, DYNAMO), (&dynamo, DYNAMO)]
        {
            let asked = preflight(url, origin, SDK_HEADERS).await;
            assert!(asked.status().is_success(), "{origin} {target}");
            assert_eq!(text(asked.headers(), "access-control-allow-origin"), "*", "{target}");
            let allowed = text(asked.headers(), "access-control-allow-headers");
            let allowed: Vec<&str> = allowed.split(',').collect();
            for header in SDK_HEADERS.split(',') {
                assert!(allowed.contains(&header), "{header} at {url}");
            }
            let methods = text(asked.headers(), "access-control-allow-methods");
            assert!(methods.split(',').any(|method| method == "POST"), "{methods}");

            let refused = call(url, target, origin).await;
            assert_eq!(refused.status(), 400, "{origin} {target}");
            let headers = refused.headers();
            assert_eq!(text(headers, "access-control-allow-origin"), "*", "{target} at {url}");
            let exposed = text(headers, "access-control-expose-headers");
            for header in ["x-amzn-requestid", "x-amzn-errortype"] {
                assert!(exposed.split(',').any(|name| name == header), "{header} at {url}");
                assert!(headers.contains_key(header), "{header} of {target} at {url}");
            }
        }
    }
}

#[tokio::test]
async fn http_apis_know_their_own_page_and_the_named_ones() {
    let cognito = serve().await;
    let server = cognito.server();
    let url = format!("{}/v1/token", server.url());
    for (origin, expected) in
        [(NAMED, NAMED), (server.url(), server.url()), ("http://localhost:3000", "")]
    {
        let asked = preflight(&url, origin, "content-type").await;
        assert_eq!(asked.status(), 204, "{origin}");
        assert_eq!(text(asked.headers(), "access-control-allow-origin"), expected, "{origin}");
        // The function fails; the page may read that it did.
        let failed = call(&url, "none", origin).await;
        assert_eq!(failed.status(), 500, "{origin}");
        assert_eq!(text(failed.headers(), "access-control-allow-origin"), expected, "{origin}");
        let missing = call(&format!("{}/v1/nothing", server.url()), "none", origin).await;
        assert_eq!(text(missing.headers(), "access-control-allow-origin"), expected, "{origin}");
    }
}

#[tokio::test]
async fn s3_answers_the_named_pages() {
    let cognito = serve().await;
    let server = cognito.server();
    let url = format!("{}/lifeguard-files/private/a", server.s3_url());
    for origin in [NAMED, "http://localhost:3000"] {
        let asked = preflight(&url, origin, "authorization").await;
        assert!(asked.status().is_success(), "{origin}");
        assert_eq!(text(asked.headers(), "access-control-allow-origin"), origin);
        let refused =
            reqwest::Client::new().get(&url).header("origin", origin).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{origin}");
        assert_eq!(text(refused.headers(), "access-control-allow-origin"), origin);
    }
}

#[tokio::test]
async fn pages_of_other_sites_are_refused_at_every_port() {
    let cognito = serve().await;
    let server = cognito.server();
    let addresses = [
        format!("{}/", server.url()),
        format!("{}/v1/token", server.url()),
        format!("{}/_local/outbox", server.url()),
        format!("{}/", server.dynamo_url()),
        format!("{}/lifeguard-files/a", server.s3_url()),
    ];
    for origin in [
        "null",
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://APP.example.com.",
        "http://localserver.evil.example",
    ] {
        for url in &addresses {
            for response in [preflight(url, origin, "").await, call(url, USER_POOL, origin).await] {
                assert_eq!(response.status(), 403, "{origin} at {url}");
                let said = response
                    .headers()
                    .keys()
                    .find(|name| name.as_str().starts_with("access-control-"));
                assert_eq!(said, None, "{origin} at {url}");
            }
        }
    }
}

#[tokio::test]
async fn no_page_but_its_own_may_read_the_outbox() {
    let cognito = serve().await;
    let server = cognito.server();
    for path in ["/_local/outbox", "/_local/events", "/_local/deployment"] {
        let request = reqwest::Client::new().get(format!("{}{path}", server.url()));
        let answer = request.header("origin", NAMED).send().await.unwrap();
        assert_eq!(text(answer.headers(), "access-control-allow-origin"), "", "{path}");
    }
}
