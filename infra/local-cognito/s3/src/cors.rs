//! Cross-origin requests to the bucket, by the rules that the template gives it.
//!
//! Contract: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html>

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use s3s::{S3Error, S3ErrorCode};

use super::entry;
use local_cognito_aws_emulation::origins::is_local_origin;
use local_cognito_sam_template::CorsRule;

/// The rules of the bucket; cloning shares them.
#[derive(Clone)]
pub(super) struct Cors {
    rules: Arc<[CorsRule]>,
    /// Origin of the page of this local Cognito.
    own_origin: Arc<str>,
}

/// A cross-origin request, as far as rules judge it.
struct CrossOrigin<'a> {
    origin: &'a str,
    method: &'a str,
    /// Names of the headers, in lower case; only a preflight has them.
    headers: Vec<String>,
}

impl Cors {
    pub(super) fn new(rules: Vec<CorsRule>, own_origin: &str) -> Self {
        Self { rules: rules.into(), own_origin: own_origin.into() }
    }

    /// Returns the headers of an answer by the first rule that allows the request.
    fn allow(&self, request: &CrossOrigin<'_>) -> Option<HeaderMap> {
        // A page of this machine, on whatever port, stands for the page that will be deployed.
        let own = is_local_origin(request.origin).then_some(&*self.own_origin);
        let pages = [Some(request.origin), own];
        let allows = |rule: &&CorsRule| {
            let allows_header =
                |name: &String| rule.headers.iter().any(|each| fits(&each.to_lowercase(), name));
            pages.iter().flatten().any(|page| rule.origins.iter().any(|origin| fits(origin, page)))
                && rule.methods.iter().any(|method| method == request.method)
                && request.headers.iter().all(allows_header)
        };
        self.rules.iter().find(allows).map(|rule| answer_headers(rule, request))
    }

    fn preflight(&self, headers: &HeaderMap) -> Response {
        let text = |name: HeaderName| headers.get(name)?.to_str().ok();
        let Some(origin) = text(ORIGIN) else {
            return bad_request("Insufficient information. Origin request header needed.");
        };
        let Some(method) = text(ACCESS_CONTROL_REQUEST_METHOD) else {
            return bad_request("Invalid Access-Control-Request-Method: null");
        };
        let names = text(ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default().split(',');
        let headers = names.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
        let request = CrossOrigin { origin, method, headers: headers.collect() };
        match self.allow(&request) {
            Some(allowed) => allowed.into_response(),
            None => refuse(
                "AccessForbidden",
                StatusCode::FORBIDDEN,
                "CORSResponse: This CORS request is not allowed. This is usually because the \
                 evaluation of Origin, request method / Access-Control-Request-Method or \
                 Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
            ),
        }
    }
}

/// Answers preflights, and puts on every other answer the headers by which a page may read it.
pub(super) async fn answer(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return cors.preflight(request.headers());
    }
    let allowed = request.headers().get(ORIGIN).and_then(|origin| {
        let (origin, method) = (origin.to_str().ok()?, request.method().as_str());
        cors.allow(&CrossOrigin { origin, method, headers: Vec::new() })
    });
    let mut response = next.run(request).await;
    response.headers_mut().extend(allowed.unwrap_or_default());
    response
}

fn answer_headers(rule: &CorsRule, request: &CrossOrigin<'_>) -> HeaderMap {
    let allows_all = rule.origins.iter().any(|origin| origin == "*");
    let origin = if allows_all { "*" } else { request.origin };
    let credentials = if allows_all { "" } else { "true" };
    let age = rule.max_age.map(|age| age.to_string()).unwrap_or_default();
    let varies = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    [
        (ACCESS_CONTROL_ALLOW_ORIGIN, origin.to_owned()),
        (ACCESS_CONTROL_ALLOW_METHODS, rule.methods.join(", ")),
        (ACCESS_CONTROL_ALLOW_HEADERS, request.headers.join(", ")),
        (ACCESS_CONTROL_EXPOSE_HEADERS, rule.exposed.join(", ")),
        (ACCESS_CONTROL_MAX_AGE, age),
        (ACCESS_CONTROL_ALLOW_CREDENTIALS, credentials.to_owned()),
        (VARY, varies.to_owned()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)))
    .collect()
}

fn bad_request(message: &'static str) -> Response {
    refuse("BadRequest", StatusCode::BAD_REQUEST, message)
}

/// Refuses with a code that the server behind does not know.
fn refuse(code: &'static str, status: StatusCode, message: &'static str) -> Response {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(status);
    entry::answer(error)
}

/// True if a text fits a pattern, in which one `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{Cors, CrossOrigin, fits};
    use local_cognito_sam_template::CorsRule;

    const OWN: &str = "http://localhost:4480";

    fn rule(origins: &[&str], methods: &[&str], headers: &[&str], exposed: &str) -> CorsRule {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        CorsRule {
            origins: texts(origins),
            methods: texts(methods),
            headers: texts(headers),
            exposed: texts(&[exposed]),
            max_age: Some(600),
        }
    }

    fn cors() -> Cors {
        let rules = vec![
            rule(&["https://app.example"], &["GET"], &["x-amz-*", "Range"], "first"),
            rule(&["https://*.example"], &["GET", "PUT"], &["*"], "second"),
            rule(&[OWN], &["PUT"], &["authorization"], "own"),
            rule(&["http://localhost:5173", "http://127.0.0.1:*"], &["DELETE"], &[], "local"),
            rule(&["*"], &["HEAD"], &[], "all"),
        ];
        Cors::new(rules, OWN)
    }

    fn allowed(origin: &str, method: &str, headers: &[&str]) -> Option<HeaderMap> {
        let headers = headers.iter().map(|name| name.to_lowercase()).collect();
        cors().allow(&CrossOrigin { origin, method, headers })
    }

    /// Checks by which rule a request is allowed.
    #[track_caller]
    fn check(origin: &str, method: &str, headers: &[&str], expected: Option<&str>) {
        let allowed = allowed(origin, method, headers);
        let rule = allowed.as_ref().map(|all| all["access-control-expose-headers"].to_str());
        assert_eq!(rule.map(Result::unwrap), expected, "{origin} {method} {headers:?}");
    }

    #[test]
    fn first_rule_that_allows_all_is_taken() {
        check("https://app.example", "GET", &[], Some("first"));
        check("https://app.example", "GET", &["X-Amz-Date", "range"], Some("first"));
        check("https://app.example", "GET", &["x-amz-date", "if-match"], Some("second"));
        check("https://app.example", "PUT", &["Authorization"], Some("second"));
        check("https://app.example", "DELETE", &[], None);
        check("https://other.example", "GET", &[], Some("second"));
        check("https://app.example", "HEAD", &[], Some("all"));
        check("https://elsewhere.test", "HEAD", &[], Some("all"));
        check("https://elsewhere.test", "HEAD", &["range"], None);
        check("https://elsewhere.test", "GET", &[], None);
    }

    #[test]
    fn origin_is_compared_exactly() {
        for origin in [
            "https://app.example.evil.test",
            "http://app.example",
            "https://APP.EXAMPLE",
            "https://app.example:8443",
            "https://app.example/",
            "https://example",
            "null",
            "",
        ] {
            check(origin, "GET", &[], None);
        }
        check("https://app.example", "get", &[], None);
    }

    #[test]
    fn page_of_this_machine_stands_for_own_page() {
        for origin in [OWN, "http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:1"] {
            check(origin, "PUT", &["authorization"], Some("own"));
            check(origin, "PUT", &["range"], None);
            let headers = allowed(origin, "PUT", &[]).unwrap();
            assert_eq!(headers["access-control-allow-origin"], origin);
        }
    }

    #[test]
    fn page_of_this_machine_is_allowed_by_its_own_origin_too() {
        for (origin, expected) in [
            ("http://localhost:5173", Some("local")),
            ("http://127.0.0.1:3000", Some("local")),
            ("http://localhost:5174", None),
            (OWN, None),
        ] {
            check(origin, "DELETE", &[], expected);
        }
    }

    #[test]
    fn answer_names_origin_methods_and_asked_headers() {
        let headers = allowed("https://b.example", "PUT", &["X-Amz-Date", "content-type"]).unwrap();
        for (name, value) in [
            ("access-control-allow-origin", "https://b.example"),
            ("access-control-allow-methods", "GET, PUT"),
            ("access-control-allow-headers", "x-amz-date, content-type"),
            ("access-control-max-age", "600"),
            ("access-control-allow-credentials", "true"),
            ("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        let headers = allowed("https://elsewhere.test", "HEAD", &[]).unwrap();
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(!headers.contains_key("access-control-allow-credentials"));
        assert!(!headers.contains_key("access-control-allow-headers"));
    }

    #[test]
    fn one_wildcard_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("x-amz-*", "x-amz-date", true),
            ("x-amz-*", "x-amz-", true),
            ("x-amz-*", "x-am", false),
            ("*-id", "amz-sdk-invocation-id", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("range", "ranges", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
