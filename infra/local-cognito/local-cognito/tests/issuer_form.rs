//! Every place that writes or compares the issuer of a user pool, under each of its forms.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use local_cognito::default_pool::WEB_CLIENT;
use local_cognito::functions::{Functions, Outcome};
use local_cognito::user_pool::IssuerForm;
use local_cognito::{FunctionSource, StartOptions};
use local_cognito_testing::{
    PASSWORD, TestCognito, echo_route, echo_template, empty_folder, jwt_authorizer, text,
};
use reqwest::Method;
use serde_json::{Value, json};

const POOL: &str = "eu-west-1_Lifeguard";
const PROVIDER: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard";
const ADA: &str = "ada@example.com";

/// Issuers of the authorizers of four routes, `/echo/NAME`.
const ISSUERS: [(&str, &str); 4] = [
    ("original", "https://cognito-idp.eu-west-1.amazonaws.com"),
    ("updated", "https://issuer-cognito-idp.eu-west-1.amazonaws.com"),
    ("elsewhere", "https://cognito-idp.us-east-1.amazonaws.com"),
    ("foreign", "https://id.example.com"),
];

fn options() -> StartOptions {
    let functions = Functions::default();
    for function in ["pre-sign-up", "post-authentication", "echo"] {
        functions.script(function, |event| Outcome::json(&event));
    }
    let routes = ISSUERS.map(|(name, issuer)| {
        let authorizer = jwt_authorizer(name, &format!("{issuer}/{POOL}"), WEB_CLIENT);
        let by_it = format!("AuthorizationType: JWT, AuthorizerId: !Ref {name}Authorizer");
        authorizer + &echo_route(name, "EchoApi", &format!("GET /echo/{name}"), &by_it)
    });
    StartOptions {
        functions: FunctionSource::Given(functions),
        template: echo_template(Duration::from_secs(10), &routes.concat()),
        ..StartOptions::default()
    }
}

struct Tokens {
    id: String,
    access: String,
    refresh: String,
}

/// Signs Ada in.
async fn sign_in(cognito: &TestCognito) -> Tokens {
    let tokens = cognito.sign_in(ADA, PASSWORD).await.unwrap();
    Tokens {
        id: text(&tokens["IdToken"]),
        access: text(&tokens["AccessToken"]),
        refresh: text(&tokens["RefreshToken"]),
    }
}

/// Returns the ID token and the access token for a refresh token.
async fn refreshed(cognito: &TestCognito, refresh: &str) -> Tokens {
    let input = json!({
        "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": refresh},
    });
    let tokens = cognito.run("InitiateAuth", input).await.tokens();
    let (id, access) = (text(&tokens["IdToken"]), text(&tokens["AccessToken"]));
    Tokens { id, access, refresh: refresh.to_owned() }
}

async fn document(cognito: &TestCognito, name: &str) -> Value {
    cognito.get(&format!("/{POOL}/.well-known/{name}")).await.json().await.unwrap()
}

/// Verifies a token as a library does that fixes the issuer and has the key set.
fn verify(keys: &JwkSet, token: &str, issuer: &str) -> Value {
    let kid = decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_aud = false;
    validation.set_issuer(&[issuer]);
    decode::<Value>(token, &key, &validation).unwrap().claims
}

/// Returns for each service if it takes the tokens: `GetUser`, the identity pool, and four routes.
async fn accepted(cognito: &TestCognito, tokens: &Tokens) -> Vec<(&'static str, bool)> {
    let user = cognito.get_user(&json!(tokens.access)).await;
    let identity = cognito.get_id(json!({PROVIDER: tokens.id})).await;
    let mut accepted = vec![("GetUser", user.is_ok()), ("GetId", identity.is_ok())];
    for (route, _) in ISSUERS {
        let request = cognito
            .request(Method::GET, &format!("/echo/{route}"))
            .header("authorization", format!("Bearer {}", tokens.access));
        accepted.push((route, request.send().await.unwrap().status() == 200));
    }
    accepted
}

const EVERY_PLACE: [(&str, bool); 6] = [
    ("GetUser", true),
    ("GetId", true),
    ("original", true),
    ("updated", true),
    ("elsewhere", false),
    ("foreign", false),
];

#[tokio::test]
async fn every_service_takes_tokens_of_each_issuer_form() {
    for (form, expected) in [
        (None, "http://localhost:PORT/eu-west-1_Lifeguard"),
        (Some("local"), "http://localhost:PORT/eu-west-1_Lifeguard"),
        (Some("original"), "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard"),
        (Some("updated"), "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard"),
    ] {
        let issuer_form = form.map(|name| IssuerForm::parse(name).unwrap());
        let options = StartOptions { issuer_form, ..options() };
        let cognito = TestCognito::serve_with_keys(&options).await;
        cognito.add(ADA);
        let expected = expected.replace("http://localhost:PORT", cognito.server().url());
        let tokens = sign_in(&cognito).await;
        let again = refreshed(&cognito, &tokens.refresh).await;
        let configuration = document(&cognito, "openid-configuration").await;
        assert_eq!(configuration["issuer"], expected);
        let keys = format!("{}/{POOL}/.well-known/jwks.json", cognito.server().url());
        assert_eq!(configuration["jwks_uri"], keys);
        let keys: JwkSet = serde_json::from_value(document(&cognito, "jwks.json").await).unwrap();
        for token in [&tokens.id, &tokens.access, &again.id, &again.access] {
            verify(&keys, token, &expected);
        }
        assert_eq!(accepted(&cognito, &tokens).await, EVERY_PLACE, "{form:?}");
        assert_eq!(cognito.local("deployment").await["issuer"], expected);
    }
}

#[tokio::test]
async fn pool_setting_chooses_between_the_forms_of_aws() {
    let original = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other";
    let updated = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other";
    let serve = async |form: &str| {
        let issuer_form = Some(IssuerForm::parse(form).unwrap());
        TestCognito::serve(&StartOptions { issuer_form, ..options() }).await
    };
    for (form, setting, expected) in [
        ("original", Some("UPDATED"), updated),
        ("updated", Some("ORIGINAL"), original),
        ("updated", None, updated),
        ("original", None, original),
    ] {
        let cognito = serve(form).await;
        let mut pool = json!({"PoolName": "other"});
        if let Some(setting) = setting {
            pool["IssuerConfiguration"] = json!({"Type": setting});
        }
        cognito.user_pools.create_pool_with_id("eu-west-1_Other", pool).unwrap();
        let issuer = cognito.user_pools.issuer("eu-west-1_Other");
        assert_eq!(issuer.as_deref(), Some(expected), "{form} {setting:?}");
    }
    let local = serve("local").await;
    let pool = json!({"PoolName": "other", "IssuerConfiguration": {"Type": "UPDATED"}});
    local.user_pools.create_pool_with_id("eu-west-1_Other", pool).unwrap();
    let issuer = local.user_pools.issuer("eu-west-1_Other").unwrap();
    assert_eq!(issuer, format!("{}/eu-west-1_Other", local.server().url()));
}

#[tokio::test]
async fn tokens_in_the_data_folder_outlive_another_issuer_form() {
    let data = Some(empty_folder(env!("CARGO_TARGET_TMPDIR"), "issuer-form").join("data"));
    let begin = async |form: &str| {
        let issuer_form = Some(IssuerForm::parse(form).unwrap());
        let options = StartOptions { issuer_form, data: data.clone(), ..options() };
        TestCognito::serve_with_keys(&options).await
    };
    let cognito = begin("original").await;
    cognito.add(ADA);
    let before = sign_in(&cognito).await;
    cognito.into_server().shutdown().await.unwrap();

    let cognito = begin("updated").await;
    assert_eq!(accepted(&cognito, &before).await, EVERY_PLACE);
    let after = refreshed(&cognito, &before.refresh).await;
    let keys: JwkSet = serde_json::from_value(document(&cognito, "jwks.json").await).unwrap();
    let issuer = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard";
    verify(&keys, &after.access, issuer);
    assert_eq!(accepted(&cognito, &after).await, EVERY_PLACE);
}

#[tokio::test]
async fn seed_file_chooses_the_issuer_unless_the_option_does() {
    let file = empty_folder(env!("CARGO_TARGET_TMPDIR"), "issuer-seed").join("seed.json");
    std::fs::write(&file, json!({"issuer": "original"}).to_string()).unwrap();
    for (option, expected) in [
        (None, "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard"),
        (
            Some(IssuerForm::Updated),
            "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard",
        ),
    ] {
        let seed = Some(file.clone());
        let options = StartOptions { seed, issuer_form: option, ..options() };
        let cognito = TestCognito::serve(&options).await;
        assert_eq!(cognito.user_pools.issuer(POOL).as_deref(), Some(expected));
    }
}
