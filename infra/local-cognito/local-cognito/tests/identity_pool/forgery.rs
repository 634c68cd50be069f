//! Forged, expired and foreign tokens.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use local_cognito::user_pool::Caller;
use local_cognito_testing::fixtures::{COGNITO, GOOGLE, USERS};
use local_cognito_testing::{CLIENT, NOOR, OTHER_CLIENT, POOL, TestCognito, claims, error, text};
use serde_json::{Value, json};

const PREFIX: &str = "NotAuthorizedException: Invalid login token. ";
const UNSIGNED: &str = "Couldn't verify signed token.";

/// Returns the text after the common start.
#[track_caller]
fn invalid(outcome: String) -> String {
    outcome.strip_prefix(PREFIX).unwrap_or_else(|| panic!("{outcome}")).to_owned()
}

/// Returns the token with other claims and its old signature.
fn altered(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut changed = claims(token);
    change(&mut changed);
    let parts: Vec<&str> = token.split('.').collect();
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(changed.to_string()), parts[2])
}

/// Returns the same claims under `none`, with and without the signature.
fn unsigned(token: &str) -> [String; 2] {
    let parts: Vec<&str> = token.split('.').collect();
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    [format!("{header}.{}.", parts[1]), format!("{header}.{}.{}", parts[1], parts[2])]
}

/// Returns the same claims, signed with the public key as a secret.
fn confused(token: &str, public_key: &Value) -> String {
    let modulus = public_key["modulus"].as_str().unwrap();
    let key = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(modulus).unwrap());
    let mut header = Header::new(Algorithm::HS256);
    header.kid = jsonwebtoken::decode_header(token).unwrap().kid;
    encode(&header, &claims(token), &key).unwrap()
}

#[tokio::test]
async fn altered_token_of_the_identity_pool_is_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let (id, token) = cognito.token("u-1").await;
    let (other, _) = cognito.token("u-2").await;
    let state = cognito.identity_pools.snapshot();
    let mut forged = vec![
        altered(&token, |claims| claims["sub"] = json!(other)),
        altered(&token, |claims| claims["exp"] = json!(9_999_999_999_u64)),
        confused(&token, &state["key"]),
    ];
    forged.extend(unsigned(&token));
    for token in forged {
        for identity in [&id, &other] {
            let outcome = error(cognito.get_credentials(identity, json!({COGNITO: token})).await);
            assert_eq!(invalid(outcome), UNSIGNED);
        }
    }
    // A token that another key of the local Cognito signed.
    let social = json!({
        "sub": id, "iss": "https://cognito-identity.amazonaws.com", "amr": ["authenticated"],
        "aud": claims(&token)["aud"],
    });
    let social = cognito.identity_pools.social_token(social).await.unwrap();
    let outcome = error(cognito.get_credentials(&id, json!({COGNITO: social})).await);
    assert_eq!(invalid(outcome), UNSIGNED);
}

#[tokio::test]
async fn altered_token_of_a_public_provider_is_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let keys = cognito.user_pools.snapshot()["pools"][POOL]["keys"].clone();
    let social_key = cognito.identity_pools.snapshot()["social_key"].clone();
    let cases = [
        (USERS, cognito.id_token().await, &keys["id"]),
        (GOOGLE, cognito.google("g").await, &social_key),
    ];
    for (provider, token, key) in cases {
        let mut forged = vec![
            altered(&token, |claims| claims["sub"] = json!("another user")),
            confused(&token, key),
        ];
        forged.extend(unsigned(&token));
        for token in forged {
            let outcome = error(cognito.get_id(json!({provider: token})).await);
            assert_eq!(invalid(outcome), UNSIGNED, "{provider}");
        }
        cognito.get_id(json!({provider: token})).await.unwrap();
    }
}

#[tokio::test]
async fn token_under_another_provider_is_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let (user, google) = (cognito.id_token().await, cognito.google("g-1").await);
    let wrong = "Issuer doesn't match providerName";
    assert_eq!(invalid(error(cognito.get_id(json!({USERS: google})).await)), wrong);
    assert_eq!(invalid(error(cognito.get_id(json!({GOOGLE: user})).await)), wrong);
    let outcome = error(cognito.get_id(json!({"graph.facebook.com": google})).await);
    let expected = "NotAuthorizedException: Token is not from a supported provider of this \
                    identity pool.";
    assert_eq!(outcome, expected);
    let outcome = error(cognito.get_id(json!({GOOGLE: "not.a.token"})).await);
    assert_eq!(invalid(outcome), "Not a valid OpenId Connect identity token.");
}

#[tokio::test]
async fn access_token_is_no_login() {
    let cognito = TestCognito::with_identity_pool();
    let access = text(&cognito.noor_at(CLIENT).await["AccessToken"]);
    let outcome = error(cognito.get_id(json!({USERS: access})).await);
    assert_eq!(invalid(outcome), "Missing a required claim: aud");
}

#[tokio::test]
async fn token_of_another_client_is_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let expected = "NotAuthorizedException: Token is not from a supported provider of this \
                    identity pool.";
    let token = text(&cognito.noor_at(OTHER_CLIENT).await["IdToken"]);
    assert_eq!(error(cognito.get_id(json!({USERS: token})).await), expected);
    let token = cognito.google_with("g-1", json!({"aud": "another-app"})).await;
    assert_eq!(error(cognito.get_id(json!({GOOGLE: token})).await), expected);
    // None of these providers sends a list of audiences.
    let token = cognito.google_with("g-1", json!({"aud": ["google-client"]})).await;
    let outcome = error(cognito.get_id(json!({GOOGLE: token})).await);
    assert_eq!(invalid(outcome), "Missing a required claim: aud");
}

#[tokio::test]
async fn one_wrong_token_fails_the_request() {
    let cognito = TestCognito::with_identity_pool();
    let (user, google) = (cognito.id_token().await, cognito.google("g-1").await);
    let broken = altered(&google, |claims| claims["sub"] = json!("g-2"));
    let outcome = error(cognito.get_id(json!({USERS: user, GOOGLE: broken})).await);
    assert_eq!(invalid(outcome), UNSIGNED);
    let id = cognito.get_id(json!({USERS: user})).await.unwrap();
    let outcome = error(cognito.get_credentials(&id, json!({USERS: user, GOOGLE: broken})).await);
    assert_eq!(invalid(outcome), UNSIGNED);
}

#[tokio::test]
async fn token_outside_its_times_is_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let now = cognito.clock.now();
    let expired = cognito.google_with("g-1", json!({"exp": now - 1})).await;
    let outcome = invalid(error(cognito.get_id(json!({GOOGLE: expired})).await));
    assert!(outcome.starts_with("Token expired: "), "{outcome}");
    let endless = cognito.google_with("g-1", json!({"exp": null})).await;
    let outcome = invalid(error(cognito.get_id(json!({GOOGLE: endless})).await));
    assert_eq!(outcome, "Missing a required claim: exp");
    let early = cognito.google_with("g-1", json!({"nbf": now + 60})).await;
    let outcome = invalid(error(cognito.get_id(json!({GOOGLE: early})).await));
    assert_eq!(outcome, "Token is not valid yet.");
    let user = cognito.id_token().await;
    cognito.clock.advance(Duration::from_secs(60 * 60));
    let outcome = invalid(error(cognito.get_id(json!({USERS: user})).await));
    assert!(outcome.starts_with("Token expired: "), "{outcome}");
}

#[tokio::test]
async fn token_of_revoked_sign_in_is_rejected_under_token_check() {
    let cognito = TestCognito::with_identity_pool();
    let token = cognito.id_token().await;
    let id = cognito.get_id(json!({USERS: token})).await.unwrap();
    let person = json!({"UserPoolId": POOL, "Username": NOOR});
    let disable = cognito.user_pools.call(Caller::Signed, "AdminDisableUser", person.clone()).await;
    disable.unwrap();
    let outcome = error(cognito.get_credentials(&id, json!({USERS: token})).await);
    assert_eq!(invalid(outcome), "Token is revoked.");
    cognito.user_pools.call(Caller::Signed, "AdminEnableUser", person.clone()).await.unwrap();
    let token = cognito.id_token().await;
    cognito.get_credentials(&id, json!({USERS: token})).await.unwrap();
    cognito.user_pools.call(Caller::Signed, "AdminUserGlobalSignOut", person).await.unwrap();
    let outcome = error(cognito.get_credentials(&id, json!({USERS: token})).await);
    assert_eq!(invalid(outcome), "Token is revoked.");
}

#[tokio::test]
async fn own_token_of_the_pool_creates_no_identity() {
    let cognito = TestCognito::with_identity_pool();
    let (_, token) = cognito.token("u-1").await;
    let outcome = error(cognito.get_id(json!({COGNITO: token})).await);
    assert_eq!(outcome, local_cognito_testing::fixtures::DONT_MATCH);
}

#[tokio::test]
async fn token_of_another_pool_is_rejected() {
    let cognito = TestCognito::with_identity_pool();
    let pool = json!({
        "IdentityPoolName": "second", "AllowUnauthenticatedIdentities": false,
        "DeveloperProviderName": "lifeguard",
    });
    let second =
        cognito.identity_signed("CreateIdentityPool", pool).await.unwrap()["IdentityPoolId"]
            .clone();
    let input = json!({"IdentityPoolId": second, "Logins": {"lifeguard": "u-1"}});
    let answer =
        cognito.identity_signed("GetOpenIdTokenForDeveloperIdentity", input).await.unwrap();
    let (first, _) = cognito.token("u-1").await;
    assert_ne!(answer["IdentityId"], first);
    let outcome = error(cognito.get_credentials(&first, json!({COGNITO: answer["Token"]})).await);
    let expected = "NotAuthorizedException: Token is not from a supported provider of this \
                    identity pool.";
    assert_eq!(outcome, expected);
}
