//! An HTTP API in front of the function `echo`, as resources for the project's template.

use std::time::Duration;

use local_cognito::template::OWN;

/// Returns the project's template with the API `EchoApi`, the function `echo` behind it, which has
/// this long, and further resources.
#[must_use]
pub fn echo_template(limit: Duration, more: &str) -> String {
    let echo = format!(
        r#"Resources:
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
  Echo:
    Type: AWS::Serverless::Function
    Properties: {{FunctionName: !Sub "${{AWS::StackName}}-echo"}}
  EchoIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref EchoApi
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Echo.Arn
      PayloadFormatVersion: "2.0"
      TimeoutInMillis: {}
"#,
        limit.as_millis()
    );
    OWN.replacen("Resources:\n", &format!("{echo}{more}"), 1)
}

/// Returns a JWT authorizer of the API, `{name}Authorizer`.
#[must_use]
pub fn jwt_authorizer(name: &str, issuer: &str, audience: &str) -> String {
    format!(
        r#"  {name}Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref EchoApi
      Name: {name}
      AuthorizerType: JWT
      IdentitySource: [$request.header.Authorization]
      JwtConfiguration: {{Issuer: {issuer}, Audience: [{audience}]}}
"#
    )
}

/// Returns a route of an API to the function, with further properties such as `AuthorizationType:
/// AWS_IAM`.
#[must_use]
pub fn echo_route(name: &str, api: &str, key: &str, more: &str) -> String {
    let more = if more.is_empty() { String::new() } else { format!(", {more}") };
    format!(
        r#"  {name}Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ApiId: !Ref {api}, RouteKey: '{key}', Target: !Sub 'integrations/${{EchoIntegration}}'{more}}}
"#
    )
}
