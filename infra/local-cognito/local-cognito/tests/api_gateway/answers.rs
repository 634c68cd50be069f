//! Answers of functions as clients get them.

use std::time::Duration;

use local_cognito::functions::{Invocation, Invoke, Outcome};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::echo::invocations;
use crate::start::start;

/// The response to a function that comes to `outcome`.
async fn answer(outcome: Outcome) -> Response {
    let cognito = start().await;
    cognito.functions.script("echo", move |_| outcome.clone());
    cognito.get("/echo").await
}

fn kind(response: &Response) -> &str {
    response.headers()["content-type"].to_str().unwrap()
}

#[tokio::test]
async fn plain_json_is_the_body_of_a_200() {
    for (payload, expected) in [
        (json!({"a": [1, null]}), "{\"a\":[1,null]}"),
        (json!("Hello"), "Hello"),
        (json!([]), "[]"),
        (json!(null), "null"),
        (json!({"body": "x"}), "{\"body\":\"x\"}"),
    ] {
        let response = answer(Outcome::json(&payload)).await;
        assert_eq!((response.status().as_u16(), kind(&response)), (200, "application/json"));
        assert_eq!(response.text().await.unwrap(), expected, "{payload}");
    }
}

#[tokio::test]
async fn an_answer_with_a_status_is_sent_as_it_says() {
    let response = answer(Outcome::json(&json!({
        "statusCode": 201,
        "headers": {"X-Own": "yes", "x-number": 7, "content-type": "application/problem+json"},
        "cookies": ["a=1; Secure", "b=2"],
        "body": "{}",
    })))
    .await;
    assert_eq!((response.status().as_u16(), kind(&response)), (201, "application/problem+json"));
    assert_eq!(response.headers()["x-own"], "yes");
    assert_eq!(response.headers()["x-number"], "7");
    assert!(response.headers().contains_key("apigw-requestid"));
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1; Secure", "b=2"]);
    assert_eq!(response.text().await.unwrap(), "{}");

    let response = answer(Outcome::json(&json!({"statusCode": 204}))).await;
    assert_eq!((response.status().as_u16(), kind(&response)), (204, "text/plain;charset=UTF-8"));

    let binary = json!({"statusCode": 200, "body": "/wA=", "isBase64Encoded": true});
    let response = answer(Outcome::json(&binary)).await;
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"\xff\x00");
}

#[tokio::test]
async fn what_is_no_answer_is_a_500_that_says_nothing() {
    for outcome in [
        Outcome::json(&json!({"statusCode": 200, "body": {"a": 1}})),
        Outcome::json(&json!({"statusCode": "ok"})),
        Outcome::json(&json!({"statusCode": 7})),
        Outcome::json(&json!({"statusCode": 200, "headers": []})),
        Outcome::json(&json!({"statusCode": 200, "headers": {"a": ["b"]}})),
        Outcome::json(&json!({"statusCode": 200, "headers": {"a b": "c"}})),
        Outcome::json(&json!({"statusCode": 200, "headers": {"a": "line\nbreak"}})),
        Outcome::json(&json!({"statusCode": 200, "cookies": "a=1"})),
        Outcome::json(&json!({"statusCode": 200, "body": "?", "isBase64Encoded": true})),
        Outcome::json(&json!({"statusCode": 200, "isBase64Encoded": "yes"})),
        Outcome::Returned(b"<html>".to_vec()),
        Outcome::error("a secret in an error text"),
        Outcome::Refused("TooManyRequestsException".to_owned()),
    ] {
        let shown = format!("{outcome:?}");
        let response = answer(outcome).await;
        assert_eq!(response.status(), 500, "{shown}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({"message": "Internal Server Error"}), "{shown}");
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_given_up() {
    struct Never;
    impl Invoke for Never {
        fn invoke(&self, _: Vec<u8>, _: Duration) -> Invocation {
            Box::pin(std::future::pending())
        }
    }
    let cognito = start().await;
    cognito.functions.put("echo", std::sync::Arc::new(Never));
    let response = cognito.get("/echo").await;
    assert_eq!(response.status(), 503);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body, json!({"message": "Service Unavailable"}));
}

#[tokio::test]
async fn a_body_of_more_than_10_mb_is_refused() {
    let cognito = start().await;
    let body = vec![b'a'; 10 * 1024 * 1024 + 1];
    let request = cognito.request(Method::POST, "/echo").body(body);
    assert_eq!(request.send().await.unwrap().status(), 413);
    assert_eq!(invocations(&cognito), 0);
}
