//! The pools over HTTP, at a whole local Cognito.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use local_cognito::default_pool::identity_pool_id;
use local_cognito::identity_pool::{SOCIAL_CLIENT, SOCIAL_PROVIDER};
use local_cognito::journal::Entry;
use local_cognito::sigv4::{SigningKey, sign_call};
use local_cognito::{LocalCognito, StartOptions};
use reqwest::Response;
use serde_json::{Value, json};

async fn post(host: &LocalCognito, action: &str, input: &Value) -> Response {
    let request = reqwest::Client::new()
        .post(host.url())
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("AWSCognitoIdentityService.{action}"))
        .body(input.to_string());
    request.send().await.unwrap()
}

async fn post_signed(host: &LocalCognito, action: &str, input: &Value) -> Response {
    let (url, target) = (format!("{}/", host.url()), format!("AWSCognitoIdentityService.{action}"));
    let key = SigningKey::administrator(host.region(), "cognito-identity");
    let body = input.to_string();
    let headers = sign_call(&url, &target, &body, &key, host.clock().wall()).unwrap();
    let request = reqwest::Client::new().post(&url).body(body);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().await.unwrap()
}

async fn get(url: String) -> Value {
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// Verifies a token by a published key set and returns its claims.
async fn verified(token: &str, key_set: String, algorithm: Algorithm, audience: &str) -> Value {
    let keys: JwkSet = serde_json::from_value(get(key_set).await).unwrap();
    let kid = decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[audience]);
    decode(token, &key, &validation).unwrap().claims
}

#[tokio::test]
async fn tokens_of_the_default_pool_verify_by_its_key_set() {
    let host = local_cognito::start(&StartOptions::default()).await.unwrap();
    let pool = identity_pool_id(host.region());
    let mark = host.journal().mark();
    let input = json!({"IdentityPoolId": pool, "Logins": {"lifeguard": "u-1"}});
    let action = "GetOpenIdTokenForDeveloperIdentity";
    let refused = post(&host, action, &input).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
    assert_eq!(refused.headers()["x-amzn-errortype"], "MissingAuthenticationTokenException:");
    let answer: Value = post_signed(&host, action, &input).await.json().await.unwrap();
    let token = answer["Token"].as_str().unwrap();
    let called = host.journal().since(mark).iter().any(|entry| {
        matches!(entry, Entry::Called { service, action: seen, .. }
            if service == "cognito-identity" && seen == action)
    });
    assert!(called, "the journal has the call");

    let base = format!("{}/identity-pool/.well-known", host.url());
    let configuration = get(format!("{base}/openid-configuration")).await;
    let key_set = configuration["jwks_uri"].as_str().unwrap().to_owned();
    assert_eq!(key_set, format!("{base}/jwks_uri"));
    let claims = verified(token, key_set, Algorithm::RS512, &pool).await;
    assert_eq!(claims["iss"], configuration["issuer"]);

    let input = json!({
        "IdentityId": answer["IdentityId"],
        "Logins": {"cognito-identity.amazonaws.com": token},
    });
    let answer = post(&host, "GetCredentialsForIdentity", &input).await;
    assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
    let answer: Value = answer.json().await.unwrap();
    let key = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
    assert!(host.credentials().find(key).is_some());
}

#[tokio::test]
async fn social_token_is_a_login_of_the_default_pool() {
    let host = local_cognito::start(&StartOptions::default()).await.unwrap();
    let minted = reqwest::Client::new()
        .post(format!("{}/_local/social/token", host.url()))
        .json(&json!({"sub": "s-1", "nonce": "n-1"}))
        .send()
        .await
        .unwrap();
    let token = minted.json::<Value>().await.unwrap()["id_token"].as_str().unwrap().to_owned();
    let issuer = format!("{}/social", host.url());
    let configuration = get(format!("{issuer}/.well-known/openid-configuration")).await;
    assert_eq!(configuration["issuer"], issuer);
    let key_set = configuration["jwks_uri"].as_str().unwrap().to_owned();
    let claims = verified(&token, key_set, Algorithm::RS256, SOCIAL_CLIENT).await;
    assert_eq!((&claims["iss"], &claims["nonce"]), (&json!(issuer), &json!("n-1")));
    let logins = json!({
        "IdentityPoolId": identity_pool_id(host.region()), "Logins": {SOCIAL_PROVIDER: token},
    });
    let answer = post(&host, "GetId", &logins).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}
