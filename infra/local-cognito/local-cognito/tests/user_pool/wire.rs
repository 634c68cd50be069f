//! The pools over HTTP.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, POOL, TestCognito};
use reqwest::{Method, Response};
use serde_json::{Value, json};

async fn serve(cognito: &TestCognito) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = cognito.user_pools.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn post(address: &str, action: &str, body: &str) -> Response {
    let request = reqwest::Client::new()
        .post(address)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{action}"))
        .body(body.to_owned());
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_published_key_verifies_a_token_that_came_over_http() {
    let cognito = TestCognito::new();
    let address = serve(&cognito).await;
    let input = json!({
        "ClientId": CLIENT,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": NOOR, "PASSWORD": PASSWORD},
    });
    let response = post(&address, "InitiateAuth", &input.to_string()).await;
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
    assert!(response.headers().contains_key("x-amzn-requestid"));
    let answer: Value = response.json().await.unwrap();
    let token = answer["AuthenticationResult"]["IdToken"].as_str().unwrap();
    let keys = format!("{address}/{POOL}/.well-known/jwks.json");
    let keys: JwkSet = reqwest::get(keys).await.unwrap().json().await.unwrap();
    let kid = decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[CLIENT]);
    let configuration = format!("{address}/{POOL}/.well-known/openid-configuration");
    let configuration: Value = reqwest::get(configuration).await.unwrap().json().await.unwrap();
    validation.set_issuer(&[configuration["issuer"].as_str().unwrap()]);
    let claims = decode::<Value>(token, &key, &validation).unwrap().claims;
    assert_eq!(claims["email"], NOOR);
}

#[tokio::test]
async fn an_error_is_named_in_body_and_headers() {
    let cognito = TestCognito::new();
    let address = serve(&cognito).await;
    let response = post(&address, "GetUser", r#"{"AccessToken": "nonsense"}"#).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["x-amzn-errortype"], "NotAuthorizedException:");
    assert_eq!(response.headers()["x-amzn-errormessage"], "Invalid Access Token");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let body: Value = response.json().await.unwrap();
    let expected = json!({"__type": "NotAuthorizedException", "message": "Invalid Access Token"});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn broken_json_and_missing_signature_have_own_errors() {
    let cognito = TestCognito::new();
    let address = serve(&cognito).await;
    let list = format!(r#"{{"UserPoolId": "{POOL}"}}"#);
    for (action, body, kind) in [
        ("SignUp", "{", "SerializationException"),
        ("SignUp", "[]", "SerializationException"),
        ("ListUsers", &list, "MissingAuthenticationTokenException"),
    ] {
        let body: Value = post(&address, action, body).await.json().await.unwrap();
        assert_eq!(body["__type"], kind, "{action}");
    }
}

#[tokio::test]
async fn preflight_of_a_browser_is_answered() {
    let cognito = TestCognito::new();
    let address = serve(&cognito).await;
    let response = reqwest::Client::new()
        .request(Method::OPTIONS, &address)
        .header("origin", "http://localhost:3000")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-amz-target")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers()["access-control-allow-headers"].to_str().unwrap();
    for header in ["content-type", "x-amz-target", "authorization", "amz-sdk-request"] {
        assert!(headers.split(',').any(|allowed| allowed == header), "{header}");
    }
}
