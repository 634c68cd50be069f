//! The pools over HTTP, at a whole local Cognito.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use local_cognito::StartOptions;
use local_cognito::default_pool::identity_pool_id;
use local_cognito::identity_pool::{SOCIAL_CLIENT, SOCIAL_PROVIDER};
use local_cognito::journal::Entry;
use local_cognito_testing::TestCognito;
use reqwest::{Method, Response};
use serde_json::{Value, json};

async fn post(cognito: &TestCognito, action: &str, input: &Value) -> Response {
    let request = cognito
        .request(Method::POST, "/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("AWSCognitoIdentityService.{action}"))
        .body(input.to_string());
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
    let cognito = TestCognito::serve(&StartOptions::default()).await;
    let pool = identity_pool_id(cognito.server().region());
    let mark = cognito.journal.mark();
    let input = json!({"IdentityPoolId": pool, "Logins": {"lifeguard": "u-1"}});
    let action = "GetOpenIdTokenForDeveloperIdentity";
    let refused = post(&cognito, action, &input).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
    assert_eq!(refused.headers()["x-amzn-errortype"], "MissingAuthenticationTokenException:");
    let answer = cognito.aws(&format!("AWSCognitoIdentityService.{action}"), &input).await;
    let token = answer["Token"].as_str().unwrap();
    let called = cognito.journal.since(mark).iter().any(|entry| {
        matches!(entry, Entry::Called { service, action: seen, .. }
            if service == "cognito-identity" && seen == action)
    });
    assert!(called, "the journal has the call");

    let base = format!("{}/identity-pool/.well-known", cognito.server().url());
    let configuration = get(format!("{base}/openid-configuration")).await;
    let key_set = configuration["jwks_uri"].as_str().unwrap().to_owned();
    assert_eq!(key_set, format!("{base}/jwks_uri"));
    let claims = verified(token, key_set, Algorithm::RS512, &pool).await;
    assert_eq!(claims["iss"], configuration["issuer"]);

    let input = json!({
        "IdentityId": answer["IdentityId"],
        "Logins": {"cognito-identity.amazonaws.com": token},
    });
    let answer = post(&cognito, "GetCredentialsForIdentity", &input).await;
    assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
    let answer: Value = answer.json().await.unwrap();
    let key = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
    assert!(cognito.credentials.find(key).is_some());
}

#[tokio::test]
async fn social_token_is_a_login_of_the_default_pool() {
    let cognito = TestCognito::serve(&StartOptions::default()).await;
    let minted = cognito
        .request(Method::POST, "/_local/social/token")
        .json(&json!({"sub": "s-1", "nonce": "n-1"}))
        .send()
        .await
        .unwrap();
    let token = minted.json::<Value>().await.unwrap()["id_token"].as_str().unwrap().to_owned();
    let issuer = format!("{}/social", cognito.server().url());
    let configuration = get(format!("{issuer}/.well-known/openid-configuration")).await;
    assert_eq!(configuration["issuer"], issuer);
    let key_set = configuration["jwks_uri"].as_str().unwrap().to_owned();
    let claims = verified(&token, key_set, Algorithm::RS256, SOCIAL_CLIENT).await;
    assert_eq!((&claims["iss"], &claims["nonce"]), (&json!(issuer), &json!("n-1")));
    let logins = json!({
        "IdentityPoolId": identity_pool_id(cognito.server().region()), "Logins": {SOCIAL_PROVIDER: token},
    });
    let answer = post(&cognito, "GetId", &logins).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}
