//! Stand-in for an issuer of subject tokens.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests")]

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use local_cognito::StartOptions;
use local_cognito_testing::{TestCognito, claims};
use reqwest::Method;
use serde_json::{Value, json};

async fn mint(cognito: &TestCognito, claims: Value) -> String {
    let request = cognito.request(Method::POST, "/_local/issuer/token");
    let answer = request.json(&claims).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn subject_token_verifies_by_the_served_key_set() {
    let cognito = TestCognito::serve(&StartOptions::default()).await;
    let token = mint(&cognito, json!({"sub": "ravi", "tenant": "red"})).await;
    let configuration = cognito.get("/issuer/.well-known/openid-configuration").await;
    let configuration: Value = configuration.json().await.unwrap();
    let set: Value = reqwest::get(configuration["jwks_uri"].as_str().unwrap())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let key = &set["keys"][0];
    assert_eq!(json!(decode_header(&token).unwrap().kid), key["kid"]);
    let decoding =
        DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap());
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["lifeguard"]);
    validation.set_issuer(&[configuration["issuer"].as_str().unwrap()]);
    let found = decode::<Value>(&token, &decoding.unwrap(), &validation).unwrap().claims;
    assert_eq!((&found["sub"], &found["tenant"]), (&json!("ravi"), &json!("red")));
    assert_eq!(found["iss"], format!("{}/issuer", cognito.server().url()));

    // Claims of the request replace the issuer's own.
    let odd = claims(&mint(&cognito, json!({"sub": "x", "exp": 1, "aud": null})).await);
    assert_eq!((&odd["exp"], odd.get("aud")), (&json!(1), None));
}
