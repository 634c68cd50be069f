//! A host whose template has a few routes more, and a function that answers with its event.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use local_cognito::credentials::{Holder, Session};
use local_cognito::functions::Outcome;
use local_cognito::sigv4::{SigningKey, Unsigned, sign};
use local_cognito::template;
use local_cognito::user_pool::Caller;
use local_cognito::{LocalCognito, StartOptions};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) const POOL: &str = "eu-west-1_Stage";
pub(crate) const CLIENT: &str = "stageclient000000000000000";
pub(crate) const OTHER_CLIENT: &str = "otherclient000000000000000";
pub(crate) const PASSWORD: &str = "Correct-horse-1";

/// What the template has besides.
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
      Name: stage
      AuthorizerType: JWT
      IdentitySource: [$request.header.Authorization]
      JwtConfiguration:
        Issuer: !Sub https://cognito-idp.${AWS::Region}.amazonaws.com/eu-west-1_Stage
        Audience: [stageclient000000000000000]
"#;

/// The routes: key, API, and what else stands in their properties.
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

/// Keys made once for all tests.
static SIGNING_KEYS: LazyLock<Value> = LazyLock::new(|| {
    std::thread::spawn(|| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(
            async {
                let stage = Stage::without_keys().await;
                stage.sign_in("keys@example.com", CLIENT).await;
                stage.host.user_pools().snapshot()["pools"][POOL]["keys"].clone()
            },
        )
    })
    .join()
    .unwrap()
});

pub(crate) struct Stage {
    pub(crate) host: LocalCognito,
}

impl Stage {
    /// A host whose user pool has its keys.
    pub(crate) async fn with_keys() -> Self {
        let stage = Self::new().await;
        let mut state = stage.host.user_pools().snapshot();
        state["pools"][POOL]["keys"] = SIGNING_KEYS.clone();
        stage.host.user_pools().restore(state).unwrap();
        stage
    }

    pub(crate) async fn new() -> Self {
        Self::without_keys().await
    }

    async fn without_keys() -> Self {
        let options = StartOptions { template: template(), ..StartOptions::default() };
        let host = local_cognito::start(&options).await.unwrap();
        for function in ["echo", "developer-identity"] {
            host.functions().script(function, |event| Outcome::json(&event));
        }
        let pool = json!({"PoolName": "stage", "UsernameAttributes": ["email"]});
        host.user_pools().create_pool_with_id(POOL, pool).unwrap();
        for client in [CLIENT, OTHER_CLIENT] {
            let settings = json!({
                "ClientName": "stage",
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            });
            host.user_pools().create_client_with_id(POOL, client, settings).unwrap();
        }
        Self { host }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        reqwest::Client::new().request(method, format!("{}{path}", self.host.url()))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// The event that a request comes to.
    pub(crate) async fn event(&self, request: RequestBuilder) -> Value {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{response:?}");
        response.json().await.unwrap()
    }

    /// How often a function was invoked.
    pub(crate) fn invocations(&self) -> usize {
        self.host.journal().sources_since(0).len()
    }

    /// The ID and the access token of a new person in two groups.
    pub(crate) async fn sign_in(&self, email: &str, client: &str) -> (String, String) {
        let call = async |action: &str, more: Value| {
            let mut input = json!({"UserPoolId": POOL, "Username": email});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            self.host.user_pools().call(Caller::Signed, action, input).await
        };
        call("AdminCreateUser", json!({"MessageAction": "SUPPRESS"})).await.unwrap();
        let password = json!({"Password": PASSWORD, "Permanent": true});
        call("AdminSetUserPassword", password).await.unwrap();
        for group in ["admin", "power"] {
            // The first person makes the groups.
            call("CreateGroup", json!({"GroupName": group})).await.ok();
            call("AdminAddUserToGroup", json!({"GroupName": group})).await.unwrap();
        }
        let input = json!({
            "ClientId": client,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": email, "PASSWORD": PASSWORD},
        });
        let pools = self.host.user_pools();
        let answer = pools.call(Caller::Public, "InitiateAuth", input).await.unwrap();
        let token = |name: &str| answer["AuthenticationResult"][name].as_str().unwrap().to_owned();
        (token("IdToken"), token("AccessToken"))
    }

    /// Puts credentials in place as the identity pool hands them out.
    pub(crate) fn vend(&self, role: &str) -> Session {
        let pool = local_cognito::default_pool::identity_pool_id(self.host.region());
        let session = Session {
            access_key_id: "ASIASTAGE".to_owned(),
            secret_key: "a secret of the stage".to_owned(),
            session_token: "a session token".to_owned(),
            expires: self.host.clock().now() + 3600,
            holder: Holder {
                role: role.to_owned(),
                identity: "eu-west-1:aaaaaaaa-0000-4000-8000-000000000000".to_owned(),
                amr: vec![
                    "authenticated".to_owned(),
                    "lifeguard".to_owned(),
                    format!("lifeguard:{pool}:a-person"),
                ],
                identity_pool: pool,
                tags: BTreeMap::new(),
            },
        };
        self.host.credentials().put(session.clone());
        session
    }

    /// The role of authenticated people.
    pub(crate) fn role(&self) -> String {
        self.host.template().roles[0].arn.clone()
    }

    /// A signed request.
    pub(crate) fn signed(&self, method: Method, path: &str, session: &Session) -> RequestBuilder {
        let url = format!("{}{path}", self.host.url());
        let authority = url.split("://").nth(1).unwrap().split('/').next().unwrap();
        let unsigned = Unsigned {
            method: method.as_str(),
            url: url.clone(),
            headers: vec![("host", authority)],
            body: b"",
        };
        let key = SigningKey {
            access_key_id: &session.access_key_id,
            secret_key: &session.secret_key,
            session_token: Some(&session.session_token),
            region: self.host.region(),
            service: "execute-api",
        };
        let now = local_cognito::clock::Clock::default().now();
        let headers = sign(&unsigned, &key, now).unwrap();
        let request = self.request(method.clone(), path);
        headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    }
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
    template::OWN.replacen("Resources:\n", &format!("{ROUTES}{routes}"), 1)
}
