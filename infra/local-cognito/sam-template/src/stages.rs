//! The stages of the HTTP APIs. Throttling and logging belong to the gateway in AWS alone; what
//! would not deploy is refused here as well.

use serde_json::{Map, Value};

use super::complaint::{Complaint, TemplateError};
use super::properties::Stack;
use super::route::Route;
use crate::route_key::RouteKey;

const STAGE: &str = "AWS::ApiGatewayV2::Stage";

/// Checks the stages of an API: all have the name that needs no prefix, and their settings are for
/// routes that the API has.
pub(super) fn check(stack: &Stack<'_>, api: &str, routes: &[Route]) -> Result<(), TemplateError> {
    for stage in stack.all(STAGE) {
        if stack.property(stage, "ApiId")? != Some(api.into()) {
            continue;
        }
        let path = |name| format!("Resources/{}/Properties/{name}", stage.logical_id);
        if stack.property(stage, "StageName")? != Some("$default".into()) {
            return Err(Complaint::Expected("$default").at(&path("StageName")));
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
