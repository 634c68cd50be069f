//! Stand-in for an issuer of subject tokens.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use local_cognito::{LocalCognito, StartOptions};
use serde_json::{Value, json};

async fn mint(host: &LocalCognito, claims: Value) -> String {
    let url = format!("{}/_local/issuer/token", host.url());
    let answer = reqwest::Client::new().post(url).json(&claims).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

fn part(token: &str, index: usize) -> Value {
    let text = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

#[tokio::test]
async fn subject_token_verifies_by_the_served_key_set() {
    let host = local_cognito::start(&StartOptions::default()).await.unwrap();
    let token = mint(&host, json!({"sub": "ravi", "tenant": "red"})).await;
    let configuration = format!("{}/issuer/.well-known/openid-configuration", host.url());
    let configuration: Value = reqwest::get(configuration).await.unwrap().json().await.unwrap();
    let set: Value = reqwest::get(configuration["jwks_uri"].as_str().unwrap())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let key = &set["keys"][0];
    assert_eq!(part(&token, 0)["kid"], key["kid"]);
    let decoding =
        DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap());
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["lifeguard"]);
    validation.set_issuer(&[configuration["issuer"].as_str().unwrap()]);
    let claims = decode::<Value>(&token, &decoding.unwrap(), &validation).unwrap().claims;
    assert_eq!((&claims["sub"], &claims["tenant"]), (&json!("ravi"), &json!("red")));
    assert_eq!(claims["iss"], format!("{}/issuer", host.url()));

    // Claims of the request replace the issuer's own.
    let odd = part(&mint(&host, json!({"sub": "x", "exp": 1, "aud": null})).await, 1);
    assert_eq!((&odd["exp"], odd.get("aud")), (&json!(1), None));
}
