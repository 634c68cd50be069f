//! Pages that may read an answer.

use local_cognito::functions::Outcome;
use local_cognito_testing::TestCognito;
use reqwest::{Method, Response};
use serde_json::json;

use crate::echo::invocations;
use crate::start::start;

const PAGE: &str = "http://page.localhost";

async fn preflight(cognito: &TestCognito, path: &str, origin: &str) -> Response {
    cognito
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization")
        .send()
        .await
        .unwrap()
}

/// The headers about CORS.
fn said(response: &Response) -> Vec<(String, String)> {
    let mut said: Vec<(String, String)> = response
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("access-control-"))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    said.sort();
    said
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn case_128_a_preflight_is_answered_before_any_function() {
    let cognito = start().await;
    for path in ["/echo", "/echo/a", "/echo/token"] {
        let response = preflight(&cognito, path, PAGE).await;
        assert_eq!(response.status(), 204, "{path}");
        let expected = pairs(&[
            ("access-control-allow-headers", "authorization,content-type"),
            ("access-control-allow-methods", "GET,POST"),
            ("access-control-allow-origin", PAGE),
            ("access-control-max-age", "600"),
        ]);
        assert_eq!(said(&response), expected, "{path}");
    }
    assert_eq!(invocations(&cognito), 0);
}

#[tokio::test]
async fn another_page_is_told_nothing() {
    let cognito = start().await;
    let response = preflight(&cognito, "/echo", "http://other.localhost").await;
    assert_eq!((response.status().as_u16(), said(&response)), (204, Vec::new()));
    let request = cognito.request(Method::GET, "/echo").header("origin", "http://other.localhost");
    let response = request.send().await.unwrap();
    assert_eq!((response.status().as_u16(), said(&response)), (200, Vec::new()));
}

#[tokio::test]
async fn cors_headers_of_a_function_yield_to_those_of_the_api() {
    let cognito = start().await;
    cognito.functions.script("echo", |_| {
        Outcome::json(&json!({
            "statusCode": 200,
            "headers": {
                "access-control-allow-origin": "*",
                "access-control-allow-private": "yes",
                "x-own": "stays",
            },
        }))
    });
    let request = cognito.request(Method::GET, "/echo").header("origin", PAGE);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["x-own"], "stays");
    let expected = pairs(&[
        ("access-control-allow-origin", PAGE),
        ("access-control-expose-headers", "retry-after"),
    ]);
    assert_eq!(said(&response), expected);

    let request = cognito.request(Method::GET, "/plain").header("origin", PAGE);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], "*", "an API without CORS");
}

#[tokio::test]
async fn no_page_may_read_credentials() {
    let cognito = start().await;
    let origin = cognito.server().url();
    let response = preflight(&cognito, "/v1/credentials", origin).await;
    assert_eq!(said(&response), Vec::new());
    let request = cognito.request(Method::GET, "/v1/credentials").header("origin", origin);
    assert_eq!(said(&request.send().await.unwrap()), Vec::new());
    let response = preflight(&cognito, "/v1/token", origin).await;
    assert!(said(&response).contains(&("access-control-allow-origin".into(), origin.into())));
}
