//! Every place that writes or compares the issuer of a user pool, under each of its forms.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::path::PathBuf;
use std::sync::LazyLock;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use local_cognito::functions::{Functions, Outcome};
use local_cognito::template;
use local_cognito::user_pool::{Caller, IssuerForm};
use local_cognito::{FunctionSource, LocalCognito, StartOptions};
use serde_json::{Value, json};

const POOL: &str = "eu-west-1_Lifeguard";
const CLIENT: &str = "1webclient0000000000000000";
const IDENTITY_POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
const PROVIDER: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard";
const ADA: &str = "ada@example.com";
const PASSWORD: &str = "Correct-horse-1";

/// An API for routes with JWT authorizers.
const ROUTES: &str = r#"Resources:
  EchoApi: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  Echo:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: !Sub "${AWS::StackName}-echo"}
  EchoIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref EchoApi
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Echo.Arn
      PayloadFormatVersion: "2.0"
"#;

fn template() -> String {
    let route = |name: &str, issuer: &str| {
        format!(
            "  {name}Authorizer:\n    Type: AWS::ApiGatewayV2::Authorizer\n    Properties:\n      \
             ApiId: !Ref EchoApi\n      Name: {name}\n      AuthorizerType: JWT\n      \
             IdentitySource: [$request.header.Authorization]\n      JwtConfiguration:\n        \
             Issuer: {issuer}/{POOL}\n        Audience: [{CLIENT}]\n  {name}Route:\n    \
             Type: AWS::ApiGatewayV2::Route\n    Properties:\n      ApiId: !Ref EchoApi\n      \
             RouteKey: GET /echo/{name}\n      Target: !Sub \"integrations/${{EchoIntegration}}\"\n\
             \x20     AuthorizationType: JWT\n      AuthorizerId: !Ref {name}Authorizer\n"
        )
    };
    let routes = [
        route("original", "https://cognito-idp.eu-west-1.amazonaws.com"),
        route("updated", "https://issuer-cognito-idp.eu-west-1.amazonaws.com"),
        route("elsewhere", "https://cognito-idp.us-east-1.amazonaws.com"),
        route("foreign", "https://id.example.com"),
    ];
    template::OWN.replacen("Resources:\n", &format!("{ROUTES}{}", routes.concat()), 1)
}

/// Keys made once for all tests.
static KEYS: LazyLock<Value> = LazyLock::new(|| {
    let make = async {
        let host = local_cognito::start(&options()).await.unwrap();
        with_ada(&host).await;
        sign_in(&host).await;
        host.user_pools().snapshot()["pools"][POOL]["keys"].clone()
    };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || runtime().block_on(make)).join().unwrap()
});

/// Starts a host and gives the keys to its user pool.
async fn start(options: StartOptions) -> LocalCognito {
    let host = local_cognito::start(&options).await.unwrap();
    let mut state = host.user_pools().snapshot();
    state["pools"][POOL]["keys"] = KEYS.clone();
    host.user_pools().restore(state).unwrap();
    host
}

/// A folder of its own for one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn options() -> StartOptions {
    let functions = Functions::default();
    for function in ["pre-sign-up", "post-authentication", "echo"] {
        functions.script(function, |event| Outcome::json(&event));
    }
    StartOptions {
        functions: FunctionSource::Given(functions),
        template: template(),
        ..StartOptions::default()
    }
}

async fn with_ada(host: &LocalCognito) {
    let user = json!({"UserPoolId": POOL, "Username": ADA, "MessageAction": "SUPPRESS"});
    let password = json!({
        "UserPoolId": POOL, "Username": ADA, "Password": PASSWORD, "Permanent": true,
    });
    for (action, input) in [("AdminCreateUser", user), ("AdminSetUserPassword", password)] {
        host.user_pools().call(Caller::Signed, action, input).await.unwrap();
    }
}

struct Tokens {
    id: String,
    access: String,
    refresh: String,
}

impl Tokens {
    fn of(answer: &Value) -> Self {
        let text = |name: &str| {
            answer["AuthenticationResult"][name].as_str().unwrap_or_default().to_owned()
        };
        Self { id: text("IdToken"), access: text("AccessToken"), refresh: text("RefreshToken") }
    }
}

async fn sign_in(host: &LocalCognito) -> Tokens {
    let input = json!({
        "ClientId": CLIENT,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": ADA, "PASSWORD": PASSWORD},
    });
    Tokens::of(&host.user_pools().call(Caller::Public, "InitiateAuth", input).await.unwrap())
}

async fn refreshed(host: &LocalCognito, refresh: &str) -> Tokens {
    let input = json!({
        "ClientId": CLIENT,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": refresh},
    });
    Tokens::of(&host.user_pools().call(Caller::Public, "InitiateAuth", input).await.unwrap())
}

async fn document(host: &LocalCognito, name: &str) -> Value {
    let url = format!("{}/{POOL}/.well-known/{name}", host.url());
    reqwest::get(url).await.unwrap().json().await.unwrap()
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
async fn accepted(host: &LocalCognito, tokens: &Tokens) -> Vec<(&'static str, bool)> {
    let input = json!({"AccessToken": tokens.access});
    let user = host.user_pools().call(Caller::Public, "GetUser", input).await;
    let input = json!({"IdentityPoolId": IDENTITY_POOL, "Logins": {PROVIDER: tokens.id}});
    let identity = host.identity_pools().call(Caller::Public, "GetId", input).await;
    let mut accepted = vec![("GetUser", user.is_ok()), ("GetId", identity.is_ok())];
    for route in ["original", "updated", "elsewhere", "foreign"] {
        let request = reqwest::Client::new()
            .get(format!("{}/echo/{route}", host.url()))
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
        let host = start(StartOptions { issuer_form, ..options() }).await;
        with_ada(&host).await;
        let expected = expected.replace("http://localhost:PORT", host.url());
        let tokens = sign_in(&host).await;
        let again = refreshed(&host, &tokens.refresh).await;
        let configuration = document(&host, "openid-configuration").await;
        assert_eq!(configuration["issuer"], expected);
        let keys = format!("{}/{POOL}/.well-known/jwks.json", host.url());
        assert_eq!(configuration["jwks_uri"], keys);
        let keys: JwkSet = serde_json::from_value(document(&host, "jwks.json").await).unwrap();
        for token in [&tokens.id, &tokens.access, &again.id, &again.access] {
            verify(&keys, token, &expected);
        }
        assert_eq!(accepted(&host, &tokens).await, EVERY_PLACE, "{form:?}");
        let deployment: Value = reqwest::get(format!("{}/_local/deployment", host.url()))
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(deployment["issuer"], expected);
    }
}

#[tokio::test]
async fn pool_setting_chooses_between_the_forms_of_aws() {
    let original = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other";
    let updated = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other";
    let host = |form: &str| {
        let issuer_form = Some(IssuerForm::parse(form).unwrap());
        let options = StartOptions { issuer_form, ..options() };
        async move { local_cognito::start(&options).await.unwrap() }
    };
    for (form, setting, expected) in [
        ("original", Some("UPDATED"), updated),
        ("updated", Some("ORIGINAL"), original),
        ("updated", None, updated),
        ("original", None, original),
    ] {
        let host = host(form).await;
        let mut pool = json!({"PoolName": "other"});
        if let Some(setting) = setting {
            pool["IssuerConfiguration"] = json!({"Type": setting});
        }
        host.user_pools().create_pool_with_id("eu-west-1_Other", pool).unwrap();
        let issuer = host.user_pools().issuer("eu-west-1_Other");
        assert_eq!(issuer.as_deref(), Some(expected), "{form} {setting:?}");
    }
    let local = host("local").await;
    let pool = json!({"PoolName": "other", "IssuerConfiguration": {"Type": "UPDATED"}});
    local.user_pools().create_pool_with_id("eu-west-1_Other", pool).unwrap();
    let issuer = local.user_pools().issuer("eu-west-1_Other").unwrap();
    assert_eq!(issuer, format!("{}/eu-west-1_Other", local.url()));
}

#[tokio::test]
async fn tokens_in_the_data_folder_outlive_another_issuer_form() {
    let data = Some(folder("issuer-form").join("data"));
    let begin = async |form: &str| {
        let issuer_form = Some(IssuerForm::parse(form).unwrap());
        start(StartOptions { issuer_form, data: data.clone(), ..options() }).await
    };
    let host = begin("original").await;
    with_ada(&host).await;
    let before = sign_in(&host).await;
    host.shutdown().unwrap();

    let host = begin("updated").await;
    assert_eq!(accepted(&host, &before).await, EVERY_PLACE);
    let after = refreshed(&host, &before.refresh).await;
    let keys: JwkSet = serde_json::from_value(document(&host, "jwks.json").await).unwrap();
    let issuer = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Lifeguard";
    verify(&keys, &after.access, issuer);
    assert_eq!(accepted(&host, &after).await, EVERY_PLACE);
}

#[tokio::test]
async fn seed_file_chooses_the_issuer_unless_the_option_does() {
    let file = folder("issuer-seed").join("seed.json");
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
        let host = local_cognito::start(&options).await.unwrap();
        assert_eq!(host.user_pools().issuer(POOL).as_deref(), Some(expected));
    }
}
