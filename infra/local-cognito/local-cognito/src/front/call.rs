//! Service and action that a request asks for, in each protocol of AWS.

use axum::extract::Request;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;

use local_cognito_aws_emulation::operations;
use local_cognito_sigv4::credential_scope;

/// The action of a call that has to be read to know it.
const QUERY: &str = "(query protocol)";
/// Stands for a name that a call does not give.
const UNNAMED: &str = "(unnamed)";
/// Services of the query protocol by the version that each call names.
const VERSIONS: [(&str, &str); 4] =
    [("2010-03-31", "sns"), ("2010-12-01", "email"), ("2011-06-15", "sts"), ("2012-11-05", "sqs")];

/// One AWS call: an action of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) service: String,
    pub(super) action: String,
    /// True if errors are XML.
    pub(super) is_query: bool,
}

impl Call {
    /// Reads a call from everything but its body.
    pub(super) fn from_request(request: &Request) -> Option<Self> {
        let path = request.uri().path();
        let method = request.method();
        if path.starts_with("/v2/email/") {
            let known = operations::at_route("ses", method.as_str(), request.uri());
            let action = known.map_or_else(|| format!("{method} {path}"), |it| it.name.to_owned());
            return Some(Self::new("ses", &action));
        }
        if let Some(known) = operations::at_route("lambda", method.as_str(), request.uri()) {
            // The functions themselves answer invocations.
            return (known.name != "Invoke").then(|| Self::new(known.service, known.name));
        }
        if path != "/" {
            return None;
        }
        if method == Method::GET {
            let query = request.uri().query()?;
            parameter(query.as_bytes(), "Action")?;
            return Some(Self::query(UNNAMED).complete(query.as_bytes()));
        }
        if method != Method::POST {
            return None;
        }
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        let Some(target) = target else {
            // The query protocol, as STS and SNS speak it, names its service in the signature.
            let signed =
                credential_scope(request.headers()).and_then(|scope| scope.split('/').nth(3));
            let is_form = request
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|kind| kind.to_str().ok())
                .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
            return match signed {
                Some(service) => Some(Self::query(service)),
                None => is_form.then(|| Self::query(UNNAMED)),
            };
        };
        let (prefix, action) = target.split_once('.').unwrap_or((target, ""));
        let service = match prefix {
            "DynamoDB_20120810" => "dynamodb",
            "AWSCognitoIdentityProviderService" => "cognito-idp",
            "AWSCognitoIdentityService" => "cognito-identity",
            other => other,
        };
        Some(Self::new(service, action))
    }

    /// Adds the names that only the body has.
    pub(super) fn complete(self, body: &[u8]) -> Self {
        if self.action != QUERY {
            return self;
        }
        let version = parameter(body, "Version");
        let named = VERSIONS.iter().find(|(known, _)| Some(*known) == version.as_deref());
        let service = named.map_or(self.service, |(_, service)| (*service).to_owned());
        let action = parameter(body, "Action").unwrap_or_else(|| UNNAMED.to_owned());
        Self { service, action, is_query: true }
    }

    fn new(service: &str, action: &str) -> Self {
        Self { service: service.to_owned(), action: action.to_owned(), is_query: false }
    }

    fn query(service: &str) -> Self {
        Self { is_query: true, ..Self::new(service, QUERY) }
    }
}

/// The value of a parameter of a form or a query string.
fn parameter(form: &[u8], name: &str) -> Option<String> {
    form.split(|byte| *byte == b'&').find_map(|pair| {
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(String::from_utf8_lossy(value).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;

    use super::{Call, QUERY, UNNAMED};

    #[track_caller]
    fn check(request: Request, expected: Option<(&str, &str)>) {
        let found = Call::from_request(&request).map(|call| (call.service, call.action));
        let expected = expected.map(|(service, action)| (service.to_owned(), action.to_owned()));
        assert_eq!(found, expected);
    }

    fn request(method: &str, path: &str, header: (&str, &str)) -> Request {
        let request = Request::builder().method(method).uri(path).header(header.0, header.1);
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn call_is_found_by_target_path_form_or_signature() {
        let target = |value| request("POST", "/", ("x-amz-target", value));
        check(target("DynamoDB_20120810.UpdateItem"), Some(("dynamodb", "UpdateItem")));
        check(target("AWSCognitoIdentityProviderService.SignUp"), Some(("cognito-idp", "SignUp")));
        check(target("AWSCognitoIdentityService.GetId"), Some(("cognito-identity", "GetId")));
        check(target("TrentService.Sign"), Some(("TrentService", "Sign")));
        check(target("TrentService"), Some(("TrentService", "")));
        let plain = |method, path| request(method, path, ("x", "y"));
        check(plain("POST", "/v2/email/outbound-emails"), Some(("ses", "SendEmail")));
        check(plain("GET", "/v2/email/account"), Some(("ses", "GetAccount")));
        check(plain("PUT", "/v2/email/none"), Some(("ses", "PUT /v2/email/none")));
        check(plain("GET", "/2015-03-31/functions/"), Some(("lambda", "ListFunctions")));
        check(plain("POST", "/2015-03-31/functions/f/invocations"), None);
        check(plain("GET", "/2018-06-01/runtime/invocation/next"), None);
        check(
            plain("GET", "/?Action=GetCallerIdentity&Version=2011-06-15"),
            Some(("sts", "GetCallerIdentity")),
        );
        check(plain("GET", "/?page=1"), None);
        check(plain("GET", "/"), None);
        let signature = "AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/sns/aws4_request, Sig=x";
        check(request("POST", "/", ("authorization", signature)), Some(("sns", QUERY)));
        let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        check(request("POST", "/", form), Some((UNNAMED, QUERY)));
        check(plain("POST", "/_local/clock"), None);
        check(plain("POST", "/"), None);
    }

    #[test]
    fn form_names_its_action_and_by_its_version_its_service() {
        for (service, body, expected) in [
            ("sns", "Version=2010-03-31&Action=Publish", ("sns", "Publish")),
            (UNNAMED, "Action=AssumeRole&Version=2011-06-15", ("sts", "AssumeRole")),
            ("iam", "Action=ListUsers&Version=2010-05-08", ("iam", "ListUsers")),
            (UNNAMED, "", (UNNAMED, UNNAMED)),
        ] {
            let call = Call::query(service).complete(body.as_bytes());
            assert_eq!((call.service.as_str(), call.action.as_str()), expected, "{body}");
            assert!(call.is_query);
        }
    }
}
