//! Callers of the administrative actions of the Cognito APIs.

use local_cognito::sigv4::{SigningKey, sign_call};
use local_cognito_testing::{ADA, REGION, TestCognito, keys};
use serde_json::{Value, json};

use crate::start::serve;

const POOL: &str = "eu-west-1_Lifeguard";
const USERS: &str = "AWSCognitoIdentityProviderService.ListUsers";
const IDENTITIES: &str = "AWSCognitoIdentityService.ListIdentityPools";
const INITIATE: &str = "AWSCognitoIdentityProviderService.InitiateAuth";

/// The type of the answer's error, or `done`; the headers of the signature may be altered.
async fn call(
    cognito: &TestCognito,
    target: &str,
    key: SigningKey<'_>,
    alter: impl FnOnce(&mut Vec<(String, String)>),
) -> String {
    let input = match target {
        USERS => json!({"UserPoolId": POOL}),
        IDENTITIES => json!({"MaxResults": 1}),
        INITIATE => json!({"AuthFlow": "CUSTOM_AUTH"}),
        _ => json!({}),
    };
    let (url, body) = (format!("{}/", cognito.server().url()), input.to_string());
    let mut headers = sign_call(&url, target, &body, &key, cognito.clock.wall()).unwrap();
    alter(&mut headers);
    let request = reqwest::Client::new().post(&url).body(body);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["__type"].as_str().unwrap_or("done").to_owned()
}

fn unsigned(headers: &mut Vec<(String, String)>) {
    headers.retain(|(name, _)| name != "authorization");
}

fn wrongly_signed(headers: &mut Vec<(String, String)>) {
    for (name, value) in headers {
        if name == "authorization" {
            *value = value.replace("Signature=", "Signature=0");
        }
    }
}

fn as_it_is(_: &mut Vec<(String, String)>) {}

#[tokio::test]
async fn what_is_for_administrators_is_signed_by_one() {
    let cognito = serve().await;
    let holder = keys(ADA);
    for (target, service) in [(USERS, "cognito-idp"), (IDENTITIES, "cognito-identity")] {
        let local = SigningKey::administrator(REGION, service);
        let ada = SigningKey {
            access_key_id: holder.access_key_id(),
            secret_key: holder.secret_access_key(),
            session_token: holder.session_token(),
            ..local
        };
        let check = async |key, alter: fn(&mut Vec<(String, String)>), expected: &str| {
            assert_eq!(call(&cognito, target, key, alter).await, expected, "{target}");
        };
        check(local, as_it_is, "done").await;
        check(local, unsigned, "MissingAuthenticationTokenException").await;
        check(local, wrongly_signed, "InvalidSignatureException").await;
        let guessed = SigningKey { secret_key: "guessed", ..local };
        check(guessed, as_it_is, "InvalidSignatureException").await;
        let elsewhere = SigningKey { service: "dynamodb", ..local };
        check(elsewhere, as_it_is, "InvalidSignatureException").await;
        let unknown_key = SigningKey { access_key_id: "AKIAUNKNOWN", ..local };
        check(unknown_key, as_it_is, "UnrecognizedClientException").await;
        check(ada, as_it_is, "AccessDeniedException").await;
    }
}

#[tokio::test]
async fn what_is_open_to_everybody_takes_any_signature_and_none() {
    let cognito = serve().await;
    let local = SigningKey::administrator(REGION, "cognito-idp");
    for alter in [as_it_is, unsigned, wrongly_signed] {
        let answer = call(&cognito, INITIATE, local, alter).await;
        assert_eq!(answer, "InvalidParameterException");
    }
}
