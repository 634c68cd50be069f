//! A whole local Cognito with more routes in its template; functions return their event.

use local_cognito::functions::Outcome;
use local_cognito::{StartOptions, template};
use local_cognito_testing::{CLIENT, POOL, TestCognito};

/// Resources that the template has besides; the ids of pool and client are put in.
const ROUTES: &str = r#"Resources:
  EchoApi:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      ProtocolType: HTTP
      CorsConfiguration:
        AllowOrigins: [http://localhost:1, http://page.localhost]
        AllowMethods: [GET, POST]
        AllowHeaders: [authorization, content-type]
        ExposeHeaders: [retry-after]
        MaxAge: 600
  PlainApi: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
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
      TimeoutInMillis: 100
  EchoAuthorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref EchoApi
      Name: test
      AuthorizerType: JWT
      IdentitySource: [$request.header.Authorization]
      JwtConfiguration:
        Issuer: !Sub https://cognito-idp.${AWS::Region}.amazonaws.com/POOL_ID
        Audience: [CLIENT_ID]
"#;

/// Routes: key, API, and further properties.
const KEYS: [(&str, &str, &str); 8] = [
    ("GET /echo", "EchoApi", ""),
    ("POST /echo", "EchoApi", ""),
    ("ANY /echo/{id}", "EchoApi", ""),
    ("GET /echo/all/{proxy+}", "EchoApi", ""),
    ("$default", "PlainApi", ""),
    ("GET /plain", "PlainApi", ""),
    ("GET /echo/token", "EchoApi", "AuthorizationType: JWT, AuthorizerId: !Ref EchoAuthorizer"),
    (
        "GET /echo/scope",
        "EchoApi",
        "AuthorizationType: JWT, AuthorizerId: !Ref EchoAuthorizer, AuthorizationScopes: [a, b]",
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
    let routes: String = KEYS
        .iter()
        .enumerate()
        .map(|(number, (key, api, more))| {
            let more = if more.is_empty() { String::new() } else { format!(", {more}") };
            format!(
                "  Route{number}:\n    Type: AWS::ApiGatewayV2::Route\n    Properties: \
                 {{ApiId: !Ref {api}, RouteKey: '{key}', \
                 Target: !Sub 'integrations/${{EchoIntegration}}'{more}}}\n"
            )
        })
        .collect();
    let routes = format!("{ROUTES}{routes}").replace("POOL_ID", POOL).replace("CLIENT_ID", CLIENT);
    template::OWN.replacen("Resources:\n", &routes, 1)
}
