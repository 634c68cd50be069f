//! Requests that pass the authorizers, and the facts that the function gets from them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_cognito_testing::{CLIENT, OTHER_CLIENT, TestCognito};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::echo::{event, invocations};
use crate::holders::{role, tokens, vend};
use crate::start::start;

async fn with_token(cognito: &TestCognito, path: &str, authorization: &str) -> Response {
    let request = cognito.request(Method::GET, path).header("authorization", authorization);
    request.send().await.unwrap()
}

#[track_caller]
fn check_unauthorized(response: &Response, header: &str) {
    assert_eq!(response.status(), 401, "{header}");
    assert_eq!(response.headers()["www-authenticate"].to_str().unwrap(), header);
}

fn invalid(why: &str) -> String {
    format!("Bearer scope=\"\" error=\"invalid_token\" error_description=\"{why}\"")
}

#[tokio::test]
async fn case_124_claims_arrive_as_texts_and_scopes_as_null() {
    let cognito = start().await;
    let (_, access) = tokens(&cognito, "ada@example.com", CLIENT).await;
    let response = with_token(&cognito, "/echo/token", &format!("Bearer {access}")).await;
    assert_eq!(response.status(), 200);
    let event: Value = response.json().await.unwrap();
    let jwt = &event["requestContext"]["authorizer"]["jwt"];
    assert_eq!(jwt["claims"]["cognito:groups"], "[admin power]");
    assert_eq!(jwt["claims"]["client_id"], CLIENT);
    assert!(jwt["claims"]["exp"].as_str().is_some_and(|exp| exp.parse::<u64>().is_ok()), "{jwt}");
    assert!(jwt["claims"].as_object().unwrap().values().all(Value::is_string), "{jwt}");
    assert_eq!(jwt.as_object().unwrap().get("scopes"), Some(&Value::Null));
    assert_eq!(with_token(&cognito, "/echo/token", &access).await.status(), 200, "bare");
}

#[tokio::test]
async fn case_125_a_token_of_another_audience_is_refused() {
    let cognito = start().await;
    let (id, access) = tokens(&cognito, "bob@example.com", OTHER_CLIENT).await;
    for token in [id, access] {
        let response = with_token(&cognito, "/echo/token", &format!("Bearer {token}")).await;
        check_unauthorized(&response, &invalid("the token does not have a valid audience"));
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer, json!({"message": "Unauthorized"}));
    }
    assert_eq!(invocations(&cognito), 0);
}

#[tokio::test]
async fn case_126_an_id_token_reaches_the_function_which_has_to_tell() {
    let cognito = start().await;
    let (id, _) = tokens(&cognito, "cid@example.com", CLIENT).await;
    let event: Value =
        with_token(&cognito, "/echo/token", &format!("Bearer {id}")).await.json().await.unwrap();
    let claims = &event["requestContext"]["authorizer"]["jwt"]["claims"];
    assert_eq!(claims["token_use"], "id");
}

#[tokio::test]
async fn a_token_that_is_not_whole_is_refused() {
    let cognito = start().await;
    let (_, access) = tokens(&cognito, "dan@example.com", CLIENT).await;
    check_unauthorized(&cognito.get("/echo/token").await, "Bearer");
    let parts: Vec<&str> = access.split('.').collect();
    let header = |header: Value| URL_SAFE_NO_PAD.encode(header.to_string());
    let none = header(json!({"alg": "none"}));
    let symmetric = header(json!({"alg": "HS256"}));
    for forged in [
        String::new(),
        "nonsense".to_owned(),
        format!("{}.{}.", none, parts[1]),
        format!("{}.{}.{}", symmetric, parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], &parts[2][1..]),
        format!("{}.{}", parts[0], parts[1]),
    ] {
        let response = with_token(&cognito, "/echo/token", &format!("Bearer {forged}")).await;
        check_unauthorized(&response, &invalid("the token's signature is not valid"));
    }
    cognito.clock.advance(Duration::from_secs(3601));
    let response = with_token(&cognito, "/echo/token", &format!("Bearer {access}")).await;
    check_unauthorized(&response, &invalid("the token has expired"));
    assert_eq!(invocations(&cognito), 0);
}

#[tokio::test]
async fn a_route_with_scopes_needs_one_of_them() {
    let cognito = start().await;
    let (_, access) = tokens(&cognito, "eva@example.com", CLIENT).await;
    let response = with_token(&cognito, "/echo/scope", &format!("Bearer {access}")).await;
    assert_eq!(response.status(), 403);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer, json!({"message": "Forbidden"}));
    assert_eq!(invocations(&cognito), 0);
}

#[tokio::test]
async fn case_127_credentials_of_the_identity_pool_arrive_with_their_identity() {
    let cognito = start().await;
    let session = vend(&cognito, &role(&cognito));
    let event = event(cognito.signed_request(Method::GET, "/v1/whoami", &session)).await;
    let expected = json!({
        "accessKey": session.access_key_id,
        "accountId": "000000000000",
        "callerId": "AROALOCAL:CognitoIdentityCredentials",
        "cognitoIdentity": {
            "amr": session.holder.amr,
            "identityId": session.holder.identity,
            "identityPoolId": session.holder.identity_pool,
        },
        "principalOrgId": null,
        "userArn": "arn:aws:sts::000000000000:assumed-role/lifeguard-authenticated-role/\
                    CognitoIdentityCredentials",
        "userId": "AROALOCAL:CognitoIdentityCredentials",
    });
    assert_eq!(event["requestContext"]["authorizer"], json!({"iam": expected}));
}

#[tokio::test]
async fn a_request_under_iam_that_is_not_allowed_is_forbidden() {
    let cognito = start().await;
    let session = vend(&cognito, &role(&cognito));
    let signed = |path: &str| cognito.signed_request(Method::GET, path, &session);
    let check = async |request: reqwest::RequestBuilder, what: &str| {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 403, "{what}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer, json!({"message": "Forbidden"}), "{what}");
    };
    check(cognito.request(Method::GET, "/v1/whoami"), "without a signature").await;
    let other = signed("/v1/identity").build().unwrap();
    let moved = other
        .headers()
        .iter()
        .fold(cognito.request(Method::GET, "/v1/whoami"), |request, (name, value)| {
            request.header(name, value)
        });
    check(moved, "signed for another path").await;
    let query = cognito.request(Method::GET, "/v1/whoami?a=b");
    let headers = signed("/v1/whoami").build().unwrap().headers().clone();
    check(query.headers(headers), "with a query that was not signed").await;
    let mut stolen = session.clone();
    stolen.session_token = "another".to_owned();
    check(cognito.signed_request(Method::GET, "/v1/whoami", &stolen), "with another session token")
        .await;
    let elsewhere = vend(&cognito, "arn:aws:iam::000000000000:role/of-nothing");
    check(cognito.signed_request(Method::GET, "/v1/whoami", &elsewhere), "in a role that may not")
        .await;
    cognito.clock.advance(Duration::from_secs(3601));
    let dead = vend(&cognito, &role(&cognito));
    cognito.clock.advance(Duration::from_secs(3601));
    check(cognito.signed_request(Method::GET, "/v1/whoami", &dead), "with dead credentials").await;
    assert_eq!(invocations(&cognito), 0);
}
