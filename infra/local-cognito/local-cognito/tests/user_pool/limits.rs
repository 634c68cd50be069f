//! Limits and refusals: lockout, codes, secrets, weak passwords, unknown users.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, POOL, TestCognito, error};
use serde_json::{Value, json};
use sha2::Sha256;

#[tokio::test]
async fn lockout_doubles_and_refuses_the_right_password() {
    let cognito = TestCognito::new();
    for _ in 0..5 {
        let outcome = cognito.sign_in(NOOR, "wrong").await;
        assert_eq!(error(outcome), "NotAuthorizedException: Incorrect username or password.");
    }
    let locked = "NotAuthorizedException: Password attempts exceeded";
    assert_eq!(error(cognito.sign_in(NOOR, PASSWORD).await), locked);
    cognito.clock.advance(Duration::from_secs(1));
    assert!(cognito.sign_in(NOOR, "wrong").await.is_err());
    cognito.clock.advance(Duration::from_secs(1));
    assert_eq!(error(cognito.sign_in(NOOR, PASSWORD).await), locked);
    cognito.clock.advance(Duration::from_secs(1));
    assert!(cognito.sign_in(NOOR, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn disabled_user_gets_an_error_and_loses_every_token() {
    let cognito = TestCognito::new();
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let who = json!({"Username": NOOR});
    cognito.signed("AdminDisableUser", who.clone()).await.unwrap();
    assert_eq!(
        error(cognito.sign_in(NOOR, PASSWORD).await),
        "NotAuthorizedException: User is disabled."
    );
    assert!(cognito.get_user(&tokens["AccessToken"]).await.is_err());
    cognito.signed("AdminEnableUser", who).await.unwrap();
    assert!(cognito.sign_in(NOOR, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_client_with_a_secret_wants_its_hash() {
    let cognito = TestCognito::new();
    let input = json!({
        "UserPoolId": POOL,
        "ClientName": "server",
        "GenerateSecret": true,
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
    });
    let made = cognito.signed("CreateUserPoolClient", input).await.unwrap();
    let client = made["UserPoolClient"]["ClientId"].as_str().unwrap();
    let secret = made["UserPoolClient"]["ClientSecret"].as_str().unwrap();
    let sign_in = |hash: Option<String>| {
        let mut parameters = json!({"USERNAME": NOOR, "PASSWORD": PASSWORD});
        if let Some(hash) = hash {
            parameters["SECRET_HASH"] = json!(hash);
        }
        let input = json!({
            "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
        });
        cognito.public("InitiateAuth", input)
    };
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(NOOR).chain_update(client).finalize();
    assert!(sign_in(Some(STANDARD.encode(mac.into_bytes()))).await.is_ok());
    assert!(error(sign_in(None).await).contains("SECRET_HASH was not received"));
    assert_eq!(
        error(sign_in(Some("AAAA".to_owned())).await),
        format!("NotAuthorizedException: Unable to verify secret hash for client {client}")
    );
}

#[tokio::test]
async fn weak_password_is_refused_with_the_broken_rule() {
    let cognito = TestCognito::new();
    for (password, rule) in [
        ("Sh0rt!", "Password not long enough"),
        ("lower-case-1", "Password must have uppercase characters"),
        ("UPPER-CASE-1", "Password must have lowercase characters"),
        ("No-digits-here", "Password must have numeric characters"),
        ("NoSymbols1", "Password must have symbol characters"),
    ] {
        let input = json!({
            "ClientId": CLIENT, "Username": "liv@example.com", "Password": password,
        });
        assert_eq!(
            error(cognito.public("SignUp", input).await),
            format!("InvalidPasswordException: Password did not conform with policy: {rule}")
        );
    }
}

#[tokio::test]
async fn codes_are_limited_by_the_hour() {
    let cognito = TestCognito::new();
    let forgot = || cognito.public("ForgotPassword", json!({"ClientId": CLIENT, "Username": NOOR}));
    for _ in 0..5 {
        forgot().await.unwrap();
    }
    assert!(error(forgot().await).starts_with("LimitExceededException"));
    let sent = cognito.outbox.to(NOOR);
    assert_eq!(sent.len(), 5);
    let code = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let confirm = |code: String| {
        let input = json!({
            "ClientId": CLIENT,
            "Username": NOOR,
            "ConfirmationCode": code,
            "Password": "Another-horse-2",
        });
        cognito.public("ConfirmForgotPassword", input)
    };
    assert!(error(confirm(code(&sent[0].text)).await).starts_with("CodeMismatchException"));
    confirm(code(&sent[4].text)).await.unwrap();
    assert!(cognito.sign_in(NOOR, "Another-horse-2").await.is_ok());
    assert!(cognito.sign_in(NOOR, PASSWORD).await.is_err());
}

#[tokio::test]
async fn unknown_user_looks_like_a_known_one_at_recovery() {
    let cognito = TestCognito::with(|setup| {
        setup.change_client(&json!({"PreventUserExistenceErrors": "ENABLED"}))
    });
    let call = |action: &'static str, more: Value| {
        let mut input = json!({"ClientId": CLIENT, "Username": "unknown@example.com"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cognito.public(action, input)
    };
    let guess = json!({"ConfirmationCode": "123456", "Password": PASSWORD});
    let confirm = || call("ConfirmForgotPassword", guess.clone());
    assert!(error(confirm().await).starts_with("ExpiredCodeException"));
    let delivery = call("ForgotPassword", json!({})).await.unwrap();
    assert_eq!(delivery["CodeDeliveryDetails"]["Destination"], "u***@e***");
    assert!(error(confirm().await).starts_with("CodeMismatchException"));
    assert_eq!(cognito.outbox.all(), []);
}

#[tokio::test]
async fn an_attribute_that_a_client_may_not_write_is_refused() {
    let cognito = TestCognito::new();
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    let update = |name: &str, value: &str| {
        let input = json!({
            "AccessToken": tokens["AccessToken"],
            "UserAttributes": [{"Name": name, "Value": value}],
        });
        cognito.public("UpdateUserAttributes", input)
    };
    assert_eq!(
        error(update("email_verified", "true").await),
        "NotAuthorizedException: A client attempted to write unauthorized attribute"
    );
    assert!(error(update("custom:tenant", "a").await).contains("could not be determined"));
    assert!(update("given_name", "Noor").await.is_ok());
    update("email", "new@example.com").await.unwrap();
    let user = cognito.get_user(&tokens["AccessToken"]).await.unwrap();
    let attributes = user["UserAttributes"].as_array().unwrap();
    assert!(attributes.contains(&json!({"Name": "email_verified", "Value": "false"})));
    assert_eq!(cognito.outbox.to("new@example.com").len(), 1);
}
