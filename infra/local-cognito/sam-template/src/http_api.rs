//! The HTTP APIs: their routes, who may use them, and which pages may read the answers.

use std::time::Duration;

use serde_json::Value;

use super::complaint::{Complaint, TemplateError};
use super::physical::STACK;
use super::properties::{Properties, Stack};
use super::route::{Access, Route};
use super::stages;
use crate::route_key::RouteKey;

const API: &str = "AWS::ApiGatewayV2::Api";
const AUTHORIZER: &str = "AWS::ApiGatewayV2::Authorizer";
const INTEGRATION: &str = "AWS::ApiGatewayV2::Integration";
const ROUTE: &str = "AWS::ApiGatewayV2::Route";

/// The longest that a function may take, unless its integration says less.
const LONGEST: Duration = Duration::from_secs(30);

/// One HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpApi {
    /// Its id.
    pub id: String,
    /// Pages that may read its answers; without it the functions say so themselves.
    pub cors: Option<Cors>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// Pages that may read answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cors {
    /// The origins, `*` for any.
    pub origins: Vec<String>,
    /// The methods.
    pub methods: Vec<String>,
    /// The request headers.
    pub headers: Vec<String>,
    /// The headers of answers that a page may read.
    pub exposed: Vec<String>,
    /// For how many seconds a browser may remember this.
    pub max_age: Option<u64>,
    /// True if cookies and the like may be sent.
    pub credentials: bool,
}

/// Reads every API; what would add routes in another way is refused.
pub(super) fn read_all(stack: &Stack<'_>) -> Result<Vec<HttpApi>, TemplateError> {
    refuse_other_forms(stack)?;
    stack
        .all(API)
        .map(|resource| {
            let properties = stack.properties(resource)?;
            properties.allow_only(&[
                "CorsConfiguration",
                "Description",
                "DisableExecuteApiEndpoint",
                "Name",
                "ProtocolType",
                "Tags",
            ])?;
            expect(&properties, "ProtocolType", "HTTP")?;
            let id = stack.id(resource.logical_id, &properties.path)?;
            let routes = routes(stack, &id)?;
            stages::check(stack, &id, &routes)?;
            Ok(HttpApi { cors: cors(&properties)?, routes, id })
        })
        .collect()
}

fn refuse_other_forms(stack: &Stack<'_>) -> Result<(), TemplateError> {
    for resource in stack.every() {
        let path = format!("Resources/{}", resource.logical_id);
        let is_another_form = matches!(
            resource.kind,
            "AWS::Serverless::HttpApi" | "AWS::Serverless::Api" | "AWS::Lambda::Url"
        ) || resource.kind.starts_with("AWS::ApiGateway::");
        if is_another_form {
            return Err(Complaint::Unknown(resource.kind.to_owned()).at(&path));
        }
    }
    for function in stack.all("AWS::Serverless::Function") {
        let Some(Value::Object(events)) = stack.property(function, "Events")? else { continue };
        for (name, event) in &events {
            let kind = event.get("Type").and_then(Value::as_str).unwrap_or_default();
            if matches!(kind, "Api" | "HttpApi") {
                let path = format!("Resources/{}/Properties/Events/{name}", function.logical_id);
                return Err(Complaint::Unknown(kind.to_owned()).at(&path));
            }
        }
    }
    Ok(())
}

fn routes(stack: &Stack<'_>, api: &str) -> Result<Vec<Route>, TemplateError> {
    let mut routes = Vec::new();
    for resource in stack.all(ROUTE) {
        let properties = stack.properties(resource)?;
        if properties.text("ApiId")? != api {
            continue;
        }
        properties.allow_only(&[
            "ApiId",
            "AuthorizationScopes",
            "AuthorizationType",
            "AuthorizerId",
            "OperationName",
            "RouteKey",
            "Target",
        ])?;
        let key = properties.text("RouteKey")?;
        let key = RouteKey::parse(key)
            .ok_or_else(|| Complaint::Unknown(key.to_owned()).at(&properties.path("RouteKey")))?;
        let (function, limit) = integration(stack, &properties)?;
        routes.push(Route { key, function, access: access(stack, &properties)?, limit });
    }
    Ok(routes)
}

/// The function behind a route, and how long it may take.
fn integration(stack: &Stack<'_>, route: &Properties) -> Result<(String, Duration), TemplateError> {
    let target = route.text("Target")?;
    let unknown = || Complaint::NoSuch(target.to_owned()).at(&route.path("Target"));
    let id = target.strip_prefix("integrations/").ok_or_else(unknown)?;
    let integration = find(stack, INTEGRATION, id)?.ok_or_else(unknown)?;
    integration.allow_only(&[
        "ApiId",
        "Description",
        "IntegrationMethod",
        "IntegrationType",
        "IntegrationUri",
        "PayloadFormatVersion",
        "TimeoutInMillis",
    ])?;
    expect(&integration, "IntegrationType", "AWS_PROXY")?;
    expect(&integration, "PayloadFormatVersion", "2.0")?;
    let uri = integration.text("IntegrationUri")?;
    let function = uri
        .rsplit(':')
        .next()
        .filter(|_| uri.contains(":function:"))
        .and_then(|name| name.strip_prefix(&format!("{STACK}-")))
        .ok_or_else(|| {
            Complaint::Unknown(uri.to_owned()).at(&integration.path("IntegrationUri"))
        })?;
    let limit = match integration.get("TimeoutInMillis") {
        None => LONGEST,
        Some(limit) => limit
            .as_u64()
            .map(Duration::from_millis)
            .filter(|limit| *limit >= Duration::from_millis(50) && *limit <= LONGEST)
            .ok_or_else(|| {
                let path = integration.path("TimeoutInMillis");
                Complaint::Expected("50 to 30000").at(&path)
            })?,
    };
    Ok((function.to_owned(), limit))
}

fn access(stack: &Stack<'_>, route: &Properties) -> Result<Access, TemplateError> {
    let kind = match route.get("AuthorizationType") {
        None => return Ok(Access::Open),
        Some(_) => route.text("AuthorizationType")?,
    };
    match kind {
        "NONE" => Ok(Access::Open),
        "AWS_IAM" => Ok(Access::Iam),
        "JWT" => {
            let id = route.text("AuthorizerId")?;
            let unknown = || Complaint::NoSuch(id.to_owned()).at(&route.path("AuthorizerId"));
            let authorizer = find(stack, AUTHORIZER, id)?.ok_or_else(unknown)?;
            authorizer.allow_only(&[
                "ApiId",
                "AuthorizerType",
                "IdentitySource",
                "JwtConfiguration",
                "Name",
            ])?;
            expect(&authorizer, "AuthorizerType", "JWT")?;
            if authorizer.texts("IdentitySource")? != ["$request.header.Authorization"] {
                let path = authorizer.path("IdentitySource");
                return Err(Complaint::Expected("$request.header.Authorization").at(&path));
            }
            let tokens = authorizer.part("JwtConfiguration")?;
            tokens.allow_only(&["Audience", "Issuer"])?;
            Ok(Access::Jwt {
                issuer: tokens.text("Issuer")?.to_owned(),
                audience: tokens.texts("Audience")?,
                scopes: route.texts("AuthorizationScopes")?,
            })
        }
        other => Err(Complaint::Unknown(other.to_owned()).at(&route.path("AuthorizationType"))),
    }
}

fn cors(api: &Properties) -> Result<Option<Cors>, TemplateError> {
    if api.get("CorsConfiguration").is_none() {
        return Ok(None);
    }
    let cors = api.part("CorsConfiguration")?;
    cors.allow_only(&[
        "AllowCredentials",
        "AllowHeaders",
        "AllowMethods",
        "AllowOrigins",
        "ExposeHeaders",
        "MaxAge",
    ])?;
    let max_age = match cors.get("MaxAge") {
        None => None,
        Some(age) => match age.as_u64() {
            Some(age) => Some(age),
            None => return Err(Complaint::Expected("seconds").at(&cors.path("MaxAge"))),
        },
    };
    Ok(Some(Cors {
        origins: cors.texts("AllowOrigins")?,
        methods: cors.texts("AllowMethods")?,
        headers: cors.texts("AllowHeaders")?,
        exposed: cors.texts("ExposeHeaders")?,
        max_age,
        credentials: cors.get("AllowCredentials").and_then(Value::as_bool).unwrap_or(false),
    }))
}

/// The properties of the resource with this physical id.
fn find(stack: &Stack<'_>, kind: &str, id: &str) -> Result<Option<Properties>, TemplateError> {
    for resource in stack.all(kind) {
        if stack.id(resource.logical_id, "Resources")? == id {
            return stack.properties(resource).map(Some);
        }
    }
    Ok(None)
}

fn expect(properties: &Properties, name: &str, only: &'static str) -> Result<(), TemplateError> {
    if properties.text(name)? == only {
        Ok(())
    } else {
        Err(Complaint::Expected(only).at(&properties.path(name)))
    }
}
