//! A whole local Cognito with more routes in its template; functions return their event.

use std::time::Duration;

use local_cognito::StartOptions;
use local_cognito::functions::Outcome;
use local_cognito_testing::{
    CLIENT, POOL, REGION, TestCognito, echo_route, echo_template, jwt_authorizer,
};

/// Routes: key, API, and further properties.
const KEYS: [(&str, &str, &str); 8] = [
    ("GET /echo", "EchoApi", ""),
    ("POST /echo", "EchoApi", ""),
    ("ANY /echo/{id}", "EchoApi", ""),
    ("GET /echo/all/{proxy+}", "EchoApi", ""),
    ("$default", "PlainApi", ""),
    ("GET /plain", "PlainApi", ""),
    ("GET /echo/token", "EchoApi", "AuthorizationType: JWT, AuthorizerId: !Ref testAuthorizer"),
    (
        "GET /echo/scope",
        "EchoApi",
        "AuthorizationType: JWT, AuthorizerId: !Ref testAuthorizer, AuthorizationScopes: [a, b]",
    ),
];

/// Starts it with the user pool of the tests.
pub(crate) async fn start() -> TestCognito {
    let options = StartOptions { template: template(), ..StartOptions::default() };
    let cognito = TestCognito::serve_with_pool(&options).await;
    for function in ["echo", "developer-identity"] {
        cognito.functions.script(function, |event| Outcome::json(&event));
    }
    cognito
}

fn template() -> String {
    let issuer = format!("https://cognito-idp.{REGION}.amazonaws.com/{POOL}");
    let plain = "  PlainApi: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}\n";
    let mut resources = format!("{plain}{}", jwt_authorizer("test", &issuer, CLIENT));
    for (number, (key, api, more)) in KEYS.into_iter().enumerate() {
        resources += &echo_route(&format!("Echo{number}"), api, key, more);
    }
    echo_template(Duration::from_millis(100), &resources)
}
