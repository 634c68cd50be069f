//! Tokens: their claims, what they open, how they are refreshed and end.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, POOL, TestCognito, error};
use serde_json::{Value, json};

fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn kid(token: &Value) -> Value {
    let header = token.as_str().unwrap().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!(header["alg"], "RS256");
    header["kid"].clone()
}

#[tokio::test]
async fn both_tokens_carry_the_claims_that_the_service_puts_in() {
    let cognito = TestCognito::new();
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let (id, access) = (claims(&tokens["IdToken"]), claims(&tokens["AccessToken"]));
    let issuer = format!("http://localhost:4480/{POOL}");
    assert_eq!(id["iss"], issuer);
    assert_eq!(access["iss"], issuer);
    assert_eq!(id["aud"], CLIENT);
    assert_eq!(access["client_id"], CLIENT);
    assert_eq!(access["aud"], Value::Null);
    assert_eq!((&id["token_use"], &access["token_use"]), (&json!("id"), &json!("access")));
    assert_eq!(id["email"], NOOR);
    assert_eq!(id["email_verified"], true);
    assert_eq!(id["cognito:username"], id["sub"]);
    assert_eq!(access["username"], id["sub"]);
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!(id["origin_jti"], access["origin_jti"]);
    assert_ne!(id["jti"], access["jti"]);
    assert_eq!(id["exp"].as_u64().unwrap() - id["iat"].as_u64().unwrap(), 3600);
    assert_ne!(kid(&tokens["IdToken"]), kid(&tokens["AccessToken"]));
    assert_eq!(tokens["ExpiresIn"], 3600);
}

#[tokio::test]
async fn groups_stand_in_both_tokens_by_precedence() {
    let cognito = TestCognito::new();
    for (group, precedence) in [("billing", 2), ("editors", 1)] {
        let input = json!({"GroupName": group, "Precedence": precedence});
        cognito.signed("CreateGroup", input).await.unwrap();
        let input = json!({"GroupName": group, "Username": NOOR});
        cognito.signed("AdminAddUserToGroup", input).await.unwrap();
    }
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    for token in ["IdToken", "AccessToken"] {
        let groups = &claims(&tokens[token])["cognito:groups"];
        assert_eq!(*groups, json!(["editors", "billing"]), "{token}");
    }
}

#[tokio::test]
async fn valid_access_token_alone_gives_access_to_the_account() {
    let cognito = TestCognito::new();
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let user = cognito.get_user(&tokens["AccessToken"]).await.unwrap();
    assert_eq!(user["Username"], claims(&tokens["IdToken"])["sub"]);
    let invalid = "NotAuthorizedException: Invalid Access Token";
    assert_eq!(error(cognito.get_user(&tokens["IdToken"]).await), invalid);
    assert_eq!(error(cognito.get_user(&tokens["RefreshToken"]).await), invalid);
    let mut forged = tokens["AccessToken"].as_str().unwrap().to_owned();
    forged.truncate(forged.len() - 8);
    forged.push_str("AAAAAAAA");
    assert_eq!(error(cognito.get_user(&json!(forged)).await), invalid);
    cognito.clock.advance(Duration::from_secs(3600));
    assert_eq!(
        error(cognito.get_user(&tokens["AccessToken"]).await),
        "NotAuthorizedException: Access Token has expired"
    );
}

#[tokio::test]
async fn global_sign_out_revokes_every_token_of_the_user() {
    let cognito = TestCognito::new();
    let one = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let other = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let input = json!({"AccessToken": one["AccessToken"]});
    cognito.public("GlobalSignOut", input).await.unwrap();
    for tokens in [one, other] {
        assert_eq!(
            error(cognito.get_user(&tokens["AccessToken"]).await),
            "NotAuthorizedException: Access Token has been revoked"
        );
        assert_eq!(
            error(refresh(&cognito, &tokens["RefreshToken"]).await),
            "NotAuthorizedException: Refresh Token has been revoked"
        );
    }
}

async fn refresh(
    cognito: &TestCognito,
    token: &Value,
) -> Result<Value, local_cognito::user_pool::ApiError> {
    let input = json!({
        "ClientId": CLIENT,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": token},
    });
    cognito.public("InitiateAuth", input).await
}

#[tokio::test]
async fn revoked_refresh_token_revokes_its_own_access_tokens_alone() {
    let cognito = TestCognito::new();
    let one = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let other = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let input = json!({"Token": one["RefreshToken"], "ClientId": CLIENT});
    cognito.public("RevokeToken", input).await.unwrap();
    assert!(cognito.get_user(&one["AccessToken"]).await.is_err());
    assert!(refresh(&cognito, &one["RefreshToken"]).await.is_err());
    assert!(cognito.get_user(&other["AccessToken"]).await.is_ok());
}

#[tokio::test]
async fn a_refreshed_token_keeps_the_time_of_the_sign_in() {
    let cognito = TestCognito::new();
    let first = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    cognito.clock.advance(Duration::from_secs(600));
    let answer = refresh(&cognito, &first["RefreshToken"]).await.unwrap();
    let second = &answer["AuthenticationResult"];
    assert_eq!(second["RefreshToken"], Value::Null);
    let (before, after) = (claims(&first["IdToken"]), claims(&second["IdToken"]));
    assert_eq!(before["auth_time"], after["auth_time"]);
    assert_eq!(before["origin_jti"], after["origin_jti"]);
    assert!(after["iat"].as_u64().unwrap() >= before["iat"].as_u64().unwrap() + 600);
    cognito.clock.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(
        error(refresh(&cognito, &first["RefreshToken"]).await),
        "NotAuthorizedException: Refresh Token has expired"
    );
}

#[tokio::test]
async fn a_rotated_refresh_token_serves_for_its_grace_period_only() {
    let rotation = json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": 10});
    let cognito =
        TestCognito::with(|setup| setup.change_client(&json!({"RefreshTokenRotation": rotation})));
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let rotate = |token: Value| {
        let input = json!({"ClientId": CLIENT, "RefreshToken": token});
        cognito.public("GetTokensFromRefreshToken", input)
    };
    let old = tokens["RefreshToken"].clone();
    let answer = rotate(old.clone()).await.unwrap();
    let new = answer["AuthenticationResult"]["RefreshToken"].clone();
    assert_ne!(old, new);
    assert!(rotate(new).await.is_ok());
    assert!(rotate(old.clone()).await.is_err(), "two generations back");
    let latest = cognito.sign_in(NOOR, PASSWORD).await.unwrap()["RefreshToken"].clone();
    rotate(latest.clone()).await.unwrap();
    cognito.clock.advance(Duration::from_secs(11));
    assert_eq!(error(rotate(latest).await), "NotAuthorizedException: Invalid Refresh Token");
    assert!(error(refresh(&cognito, &old).await).starts_with("UnsupportedOperationException"));
}

#[tokio::test]
async fn client_sets_the_lifetime_of_tokens() {
    let cognito = TestCognito::with(|setup| {
        setup.change_client(&json!({
            "AccessTokenValidity": 5,
            "IdTokenValidity": 10,
            "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes"},
        }))
    });
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let life = |token| {
        let claims = claims(&tokens[token]);
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap()
    };
    assert_eq!((life("AccessToken"), life("IdToken")), (300, 600));
}

#[tokio::test]
async fn tokens_and_users_survive_a_snapshot() {
    let cognito = TestCognito::new();
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let later = TestCognito::with(|setup| setup.change_client(&json!({})));
    later.user_pools.restore(cognito.user_pools.snapshot()).unwrap();
    assert!(later.get_user(&tokens["AccessToken"]).await.is_ok());
    assert!(refresh(&later, &tokens["RefreshToken"]).await.is_ok());
    assert!(later.user_pools.restore(json!({"pools": 7})).is_err());
    assert!(later.sign_in(NOOR, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn managed_login_alone_puts_a_nonce_into_the_first_id_token() {
    let cognito = TestCognito::new();
    let input = json!({
        "ClientId": CLIENT, "Username": NOOR, "Password": PASSWORD, "Nonce": "n-1",
    });
    let tokens = cognito.user_pools.managed_login(input).await.unwrap();
    assert_eq!(claims(&tokens["id_token"])["nonce"], "n-1");
    assert_eq!(claims(&tokens["access_token"])["nonce"], Value::Null);
    let refresh = json!({
        "ClientId": CLIENT,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["refresh_token"], "NONCE": "n-2"},
        "ClientMetadata": {"nonce": "n-2"},
    });
    let refreshed = cognito.public("InitiateAuth", refresh).await.unwrap();
    assert_eq!(claims(&refreshed["AuthenticationResult"]["IdToken"])["nonce"], Value::Null);
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    assert_eq!(claims(&tokens["IdToken"])["nonce"], Value::Null);

    let wrong = json!({"ClientId": CLIENT, "Username": NOOR, "Password": "Another-one-1"});
    let wrong = cognito.user_pools.managed_login(wrong).await;
    assert_eq!(error(wrong), "NotAuthorizedException: Incorrect username or password.");
}
