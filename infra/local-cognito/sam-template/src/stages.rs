//! The stages of the HTTP APIs. Throttling and logging belong to the gateway in AWS alone; what
//! would not deploy there, or take no request, is refused here as well.

use serde_json::{Map, Value};

use super::complaint::{Complaint, TemplateError};
use super::properties::Stack;
use super::route::Route;
use crate::route_key::RouteKey;

const STAGE: &str = "AWS::ApiGatewayV2::Stage";

/// The two numbers of a limit. In AWS one that is left out is zero, and every request is too many.
const LIMITS: [&str; 2] = ["ThrottlingBurstLimit", "ThrottlingRateLimit"];

/// Checks the stages of an API: all have the name that needs no prefix, their settings are for
/// routes that the API has, and no limit is zero.
pub(super) fn check(stack: &Stack<'_>, api: &str, routes: &[Route]) -> Result<(), TemplateError> {
    for stage in stack.all(STAGE) {
        if stack.property(stage, "ApiId")? != Some(api.into()) {
            continue;
        }
        let path = |name| format!("Resources/{}/Properties/{name}", stage.logical_id);
        if stack.property(stage, "StageName")? != Some("$default".into()) {
            return Err(Complaint::Expected("$default").at(&path("StageName")));
        }
        if let Some(default) = stack.property(stage, "DefaultRouteSettings")? {
            check_limits(&default, &path("DefaultRouteSettings"))?;
        }
        let settings = stack.property(stage, "RouteSettings")?;
        for key in settings.iter().filter_map(Value::as_object).flat_map(Map::keys) {
            let read = RouteKey::parse(key);
            if !routes.iter().any(|route| read.as_ref() == Some(&route.key)) {
                return Err(Complaint::NoSuch(key.clone()).at(&path("RouteSettings")));
            }
        }
    }
    Ok(())
}

fn check_limits(settings: &Value, path: &str) -> Result<(), TemplateError> {
    // A parameter is a text.
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    for name in LIMITS {
        let limit = settings.get(name).and_then(number);
        if !limit.is_some_and(|limit| limit > 0.0) {
            return Err(Complaint::Expected("a number above 0").at(&format!("{path}/{name}")));
        }
    }
    Ok(())
}
