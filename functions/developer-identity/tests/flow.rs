//! A user registers, signs in, refreshes, gets credentials and logs out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use serde_json::json;
use support::{CLIENT, IDENTITY_POOL, PASSWORD, Stage, issuer, text};

const NOOR: &str = "noor@example.net";

#[tokio::test]
async fn registration_leads_to_credentials_until_logout() {
    let stage = Stage::new();
    let registered = stage.register(NOOR).await;
    assert_eq!((registered.status, &registered.body["expires_in"]), (202, &json!(600)));
    assert_eq!(stage.password(NOOR, PASSWORD).await.status, 400, "not confirmed yet");
    let code = stage.mailed(NOOR).unwrap();
    let confirmed = stage.confirm(NOOR, &registered.body["handle"], &code, PASSWORD).await;
    assert_eq!((confirmed.status, confirmed.body), (204, json!(null)));

    let signed_in = stage.password(NOOR, PASSWORD).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    let body = &signed_in.body;
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
    assert_eq!(body["region"], "eu-west-1");
    assert_eq!(body["identity_pool_id"], IDENTITY_POOL);
    assert_eq!(body.get("credentials_token"), None);
    assert_eq!(body.get("issued_token_type"), None);
    let (access, refresh) = (text(&body["access_token"]), text(&body["refresh_token"]));

    let who = stage.get("/v1/identity", &format!("Bearer {access}")).await;
    assert_eq!(who.status, 200);
    let expected = json!({"identity_id": body["identity_id"], "kind": "directory", "sessions": [], "links": []});
    assert_eq!(who.body, expected);

    let refreshed = stage.refresh(&refresh).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    let refresh = text(&refreshed.body["refresh_token"]);

    let minted = stage
        .token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", &refresh),
            ("scope", "credentials"),
        ])
        .await;
    assert_eq!(minted.status, 200, "{}", minted.body);
    assert_eq!(minted.body.get("refresh_token"), None);
    let credentials = text(&minted.body["credentials_token"]);
    for header in [credentials.clone(), format!("Bearer {credentials}")] {
        let vended = stage.get("/v1/credentials", &header).await;
        assert_eq!(vended.status, 200);
        let expected = json!({
            "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "key", "Token": "session",
            "Expiration": "2027-01-15T09:00:00Z",
        });
        assert_eq!(vended.body, expected);
    }
    assert_eq!(stage.refresh(&refresh).await.status, 200, "the refresh token is still valid");

    let headers = json!({
        "authorization": format!("Bearer {access}"), "content-type": "application/json",
    });
    let logout = support::request("POST", "/v1/logout", headers, Some("{}"));
    assert_eq!(stage.send(&logout).await.status, 204);
    assert_eq!(stage.get("/v1/credentials", &credentials).await.status, 401);
    assert_eq!(stage.get("/v1/identity", &access).await.status, 401);
    assert_eq!(stage.refresh(&refresh).await.body["error"], "invalid_grant");
}

#[tokio::test]
async fn each_grant_makes_its_calls_and_no_more() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    stage.calls();
    let signed_in = stage.password(NOOR, PASSWORD).await;
    assert_eq!(stage.calls(), 3, "reserve the attempt, call the pool, store the session");
    stage.refresh(&text(&signed_in.body["refresh_token"])).await;
    assert_eq!(stage.calls(), 3, "read, call the pool, rotate");
    assert_eq!(stage.exchange(&issuer::token()).await.status, 200);
    assert_eq!(stage.calls(), 3, "admit, call the pool, keep the identity");
    assert_eq!(stage.exchange(&issuer::token()).await.status, 200);
    assert_eq!(stage.calls(), 2, "admit, call the pool");
    let token = stage.credentials_token(NOOR).await;
    stage.calls();
    assert_eq!(stage.get("/v1/credentials", &token).await.status, 200);
    assert_eq!(stage.calls(), 3, "read, call the pool for a token, then for credentials");
}

#[tokio::test]
async fn tokens_of_an_exchange_expire_with_the_subject_token() {
    let stage = Stage::new();
    let answer = stage.exchange(&issuer::token()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["expires_in"], 300);
    assert_eq!(answer.body.get("refresh_token"), None);
    let kind = "urn:ietf:params:oauth:token-type:jwt";
    assert_eq!(answer.body["issued_token_type"], kind);
    let (_, tags, seconds) = stage.pool.requests.borrow()[0].clone();
    assert_eq!((seconds, tags), (300, [("tenant".to_owned(), "acme".to_owned())].into()));
    let access = text(&answer.body["access_token"]);
    let who = stage.get("/v1/identity", &access).await;
    assert_eq!(who.body["kind"], "issuer");
    stage.now.set(support::NOW + 300);
    assert_eq!(stage.get("/v1/identity", &access).await.status, 401);
}

#[tokio::test]
async fn invalid_grant_requests_get_oauth_errors() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    let check = async |form: &[(&str, &str)], error: &str| {
        let answer = stage.token(form).await;
        assert_eq!(
            (answer.status, text(&answer.body["error"])),
            (400, error.to_owned()),
            "{form:?}"
        );
    };
    let exchange = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
    let token = issuer::token();
    let subject = ("subject_token", token.as_str());
    let kind = ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt");
    check(&[], "invalid_request").await;
    check(&[("grant_type", "")], "invalid_request").await;
    check(&[("grant_type", "password"), ("grant_type", "password")], "invalid_request").await;
    check(&[("grant_type", "client_credentials")], "unsupported_grant_type").await;
    check(&[("grant_type", "password"), ("username", NOOR)], "invalid_request").await;
    check(&[("grant_type", "refresh_token")], "invalid_request").await;
    check(&[("grant_type", "refresh_token"), ("refresh_token", "r1.x.y.z")], "invalid_grant").await;
    check(&[exchange, kind], "invalid_request").await;
    check(&[exchange, subject], "invalid_request").await;
    check(&[exchange, kind, subject, ("actor_token", &token)], "invalid_request").await;
    check(&[exchange, kind, subject, ("scope", "credentials")], "invalid_scope").await;
    check(&[exchange, kind, subject, ("scope", "admin")], "invalid_scope").await;
    let other = [
        ("grant_type", "password"),
        ("client_id", "other"),
        ("username", NOOR),
        ("password", PASSWORD),
    ];
    check(&other, "unauthorized_client").await;
}

#[tokio::test]
async fn sixth_credentials_session_is_refused() {
    let stage = Stage::new();
    stage.sign_up(NOOR).await;
    for _ in 0..5 {
        stage.credentials_token(NOOR).await;
    }
    let form = [
        ("grant_type", "password"),
        ("client_id", CLIENT),
        ("username", NOOR),
        ("password", PASSWORD),
        ("scope", "credentials"),
    ];
    assert_eq!(stage.token(&form).await.body["error"], "invalid_scope");
    let access = text(&stage.password(NOOR, PASSWORD).await.body["access_token"]);
    let sessions = stage.get("/v1/identity", &access).await.body["sessions"].clone();
    assert_eq!(sessions.as_array().unwrap().len(), 5);
    let headers = json!({"authorization": access, "content-type": "application/json"});
    let body = json!({"session": sessions[2]["session"]}).to_string();
    let logout = support::request("POST", "/v1/logout", headers, Some(&body));
    assert_eq!(stage.send(&logout).await.status, 204);
    assert_eq!(stage.token(&form).await.status, 200);
}
