//! Actions of the services that the local Cognito knows, from AWS's API models.
//!
//! `operations.txt` is written by `infra/api-model/model.py`; it tells an action that AWS has and
//! that is not served here from one that does not exist.

use std::sync::LazyLock;

use axum::http::Uri;

use crate::error::ApiError;

/// Every action, in the order of the file.
static OPERATIONS: LazyLock<Vec<Operation>> =
    LazyLock::new(|| include_str!("operations.txt").lines().filter_map(Operation::parse).collect());

/// Access that AWS demands for an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A browser or an app calls it without a signature.
    Public,
    /// The caller signs with AWS credentials.
    Signed,
}

/// One action of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Service, as its name stands in signatures.
    pub service: &'static str,
    /// Action, such as `GetItem`.
    pub name: &'static str,
    /// Access that AWS demands.
    pub access: Access,
    /// Method and URI template of an action of a REST service.
    route: Option<(&'static str, &'static str)>,
}

impl Operation {
    fn parse(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        let (service, name) = (words.next()?, words.next()?);
        let access = match words.next()? {
            "public" => Access::Public,
            "signed" => Access::Signed,
            _ => return None,
        };
        Some(Self { service, name, access, route: words.next().zip(words.next()) })
    }

    fn is_at(&self, method: &str, path: &str, query: &str) -> bool {
        self.route.is_some_and(|(own, template)| {
            let (template, wanted) = template.split_once('?').unwrap_or((template, ""));
            let is_asked = wanted.is_empty() || query.split('&').any(|pair| pair == wanted);
            own == method && is_asked && fits(template, path)
        })
    }

    /// True if the query of a URI tells the action from another one at the same path.
    fn needs_query(&self) -> bool {
        self.route.is_some_and(|(_, template)| template.contains('?'))
    }
}

/// All actions of all services.
pub fn all() -> &'static [Operation] {
    &OPERATIONS
}

/// Returns the action of a service by its name.
pub fn find(service: &str, name: &str) -> Option<&'static Operation> {
    all().iter().find(|known| known.service == service && known.name == name)
}

/// Returns the action of a REST service by the method and URI of a request.
pub fn at_route(service: &str, method: &str, uri: &Uri) -> Option<&'static Operation> {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    let is_asked =
        |known: &&Operation| known.service == service && known.is_at(method, path, query);
    all().iter().filter(is_asked).max_by_key(|known| known.needs_query())
}

/// Returns the error for an action that is not served: AWS's own if AWS has no such action, and
/// one that says so for any action of a service without a model here. A method with a path,
/// which stands for an action that no route fits, may be one of an older or a newer model.
pub fn not_served(service: &str, action: &str) -> ApiError {
    let is_named = !action.contains('/');
    let is_modelled = all().iter().any(|known| known.service == service);
    if is_named && is_modelled && find(service, action).is_none() {
        return ApiError::new(
            "UnknownOperationException",
            format!("The API model of {service} has no action {action}."),
        );
    }
    ApiError::not_served(&format!("The action {action} of {service}"))
}

/// True if a path fits a template such as `/2015-03-31/functions/{FunctionName}`.
fn fits(template: &str, path: &str) -> bool {
    let mut segments = path.trim_matches('/').split('/');
    for expected in template.trim_matches('/').split('/') {
        if expected.starts_with('{') && expected.ends_with("+}") {
            return segments.next().is_some();
        }
        match segments.next() {
            Some(segment) if expected.starts_with('{') && !segment.is_empty() => {}
            Some(segment) if segment == expected => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{Access, all, at_route, find, fits, not_served};

    #[test]
    fn every_line_of_the_model_is_an_action() {
        let lines = include_str!("operations.txt").lines().count();
        assert_eq!(all().len(), lines);
        for service in ["cognito-idp", "cognito-identity", "dynamodb", "lambda", "ses", "sts"] {
            assert!(
                all().iter().filter(|known| known.service == service).count() > 10,
                "{service}"
            );
        }
        let rest = |known: &&super::Operation| matches!(known.service, "lambda" | "ses");
        assert!(all().iter().filter(rest).all(|known| known.route.is_some()));
    }

    #[test]
    fn access_is_what_the_model_says() {
        for (service, action, access) in [
            ("cognito-idp", "SignUp", Access::Public),
            ("cognito-idp", "AdminGetUser", Access::Signed),
            ("cognito-identity", "GetId", Access::Public),
            ("cognito-identity", "GetOpenIdTokenForDeveloperIdentity", Access::Signed),
            ("dynamodb", "GetItem", Access::Signed),
            ("sts", "AssumeRoleWithWebIdentity", Access::Public),
        ] {
            assert_eq!(find(service, action).map(|known| known.access), Some(access), "{action}");
        }
    }

    #[test]
    fn rest_actions_are_found_by_method_and_path() {
        for (service, method, path, name) in [
            ("ses", "POST", "/v2/email/outbound-emails", Some("SendEmail")),
            ("ses", "POST", "/v2/email/list-identities", Some("ListEmailIdentities")),
            ("ses", "GET", "/v2/email/identities/a%40b", Some("GetEmailIdentity")),
            ("ses", "GET", "/v2/email/outbound-emails", None),
            ("lambda", "POST", "/2015-03-31/functions/f/invocations", Some("Invoke")),
            ("lambda", "GET", "/2015-03-31/functions/", Some("ListFunctions")),
            ("lambda", "GET", "/2018-10-31/layers?MaxItems=1", Some("ListLayers")),
            (
                "lambda",
                "GET",
                "/2018-10-31/layers?Arn=a&find=LayerVersion",
                Some("GetLayerVersionByArn"),
            ),
            ("lambda", "GET", "/2018-06-01/runtime/invocation/next", None),
        ] {
            let found = at_route(service, method, &path.parse().unwrap()).map(|known| known.name);
            assert_eq!(found, name, "{method} {path}");
        }
        assert!(fits("/tags/{ARN+}", "/tags/a/b"));
        assert!(!fits("/tags/{ARN}", "/tags/"));
    }

    #[test]
    fn unserved_actions_differ_from_unknown_ones() {
        for (service, action, kind) in [
            ("cognito-idp", "SetUICustomization", "NotImplementedException"),
            ("TrentService", "Sign", "NotImplementedException"),
            ("ses", "GET /v2/email/identities", "NotImplementedException"),
            ("cognito-idp", "signUp", "UnknownOperationException"),
            ("cognito-idp", "", "UnknownOperationException"),
            ("secretsmanager", "NoSuchAction", "UnknownOperationException"),
        ] {
            let error = not_served(service, action);
            assert_eq!(error.kind, kind, "{action}");
            assert!(error.message.contains(action) && error.message.contains(service), "{error}");
        }
    }
}
