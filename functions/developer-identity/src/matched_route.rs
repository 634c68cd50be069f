//! The route that the server in front of the function matched, and the path of the request.
//!
//! API Gateway names the route in `routeKey`, and its authorizer checked that route. The member
//! `rawPath` may or may not start with the stage or the base path of a domain; no authorizer checked
//! it, so it is read only where no route matched.
//! Contract: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::fmt::Write as _;

use serde_json::Value;

/// The key of the route for requests that no other route of an API matches; the only one where
/// there are none.
const DEFAULT: &str = "$default";
/// The method of a route that takes every method.
const ANY: &str = "ANY";
/// The most segments in front of a route's path that a domain's base path may have.
const MOST_LEVELS: usize = 8;

/// A request as the server in front of the function routed it. Paths are escaped for a URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MatchedRoute {
    /// A route matched, or the server has no routes and leaves them to the function.
    Served(Served),
    /// No route of the API matched, so no authorizer and no limit of a route applied. The request is
    /// for one of these paths, and may do nothing.
    Unrouted(Vec<String>),
}

/// A request that a route serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Served {
    /// The path behind the stage and the domain's base path.
    pub(crate) path: String,
    /// The part in front of it, without a slash at the end.
    pub(crate) base: String,
    /// True if the route key fixes the whole path, so that its authorizer checked this very route.
    pub(crate) is_exact: bool,
    /// True if methods that the function does not list arrive as well, such as `HEAD`.
    pub(crate) takes_any_method: bool,
}

impl MatchedRoute {
    /// Reads the route of an event; `None` if the parts of the event contradict each other, which
    /// API Gateway never sends. `method` and `raw_path` are the event's own.
    pub(crate) fn from_event(event: &Value, method: &str, raw_path: &str) -> Option<Self> {
        let key = event.get("routeKey").and_then(Value::as_str).unwrap_or(DEFAULT);
        let raw_path = escape(raw_path);
        let Some((verb, pattern)) = key.split_once(' ') else {
            return Some(Self::without_route(event, &raw_path));
        };
        if verb != ANY && verb != method {
            return None;
        }
        let path = fill_in(pattern, event.get("pathParameters"))?;
        let base = raw_path.strip_suffix(path.as_str()).unwrap_or_default().to_owned();
        let is_exact = !pattern.contains('{');
        let takes_any_method = verb == ANY;
        Some(Self::Served(Served { path, base, is_exact, takes_any_method }))
    }

    fn without_route(event: &Value, raw_path: &str) -> Self {
        let (base, path) = behind_stage(event, raw_path);
        if has_no_routes(event) {
            let (path, base) = (path.to_owned(), base.to_owned());
            return Self::Served(Served { path, base, is_exact: false, takes_any_method: true });
        }
        if is_own_domain(event) {
            return Self::Unrouted(vec![path.to_owned()]);
        }
        // The event does not name the base path of a domain.
        let starts = raw_path.match_indices('/').map(|(start, _)| start).take(MOST_LEVELS);
        Self::Unrouted(
            starts.filter_map(|start| raw_path.get(start..)).map(str::to_owned).collect(),
        )
    }
}

fn context<'a>(event: &'a Value, name: &str) -> Option<&'a str> {
    event.get("requestContext")?.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// True for a function URL and for `cargo lambda watch`, which have no routes. Clients cannot write
/// the members that this reads.
fn has_no_routes(event: &Value) -> bool {
    let Some(api) = context(event, "apiId") else { return true };
    let mut labels = context(event, "domainName").unwrap_or_default().split('.');
    labels.next() == Some(api) && labels.next() == Some("lambda-url")
}

/// True if the request came by the name that API Gateway gave the API.
fn is_own_domain(event: &Value) -> bool {
    let mut labels = context(event, "domainName").unwrap_or_default().split('.');
    labels.next() == context(event, "apiId") && labels.next() == Some("execute-api")
}

/// Splits a path into the stage, if it starts with one, and the rest. The stage is a part of the path
/// only under the API's own name.
fn behind_stage<'a>(event: &Value, raw_path: &'a str) -> (&'a str, &'a str) {
    let stage = context(event, "stage").filter(|stage| *stage != DEFAULT && is_own_domain(event));
    let behind = stage.and_then(|stage| raw_path.strip_prefix('/')?.strip_prefix(stage));
    let behind = behind.filter(|behind| behind.is_empty() || behind.starts_with('/'));
    let start = behind.map_or(0, |behind| raw_path.len() - behind.len());
    raw_path.split_at(start)
}

/// Puts the values of parameters into a route's path; `None` if one is missing. A slash in the
/// value of a parameter that stands for one segment stays within that segment.
fn fill_in(pattern: &str, parameters: Option<&Value>) -> Option<String> {
    let fill = |segment: &str| {
        let Some(name) = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
            return Some(escape(segment));
        };
        let value = |name| parameters?.get(name)?.as_str().map(escape);
        match name.strip_suffix('+') {
            Some(name) => value(name),
            None => Some(value(name)?.replace('/', "%2F")),
        }
    };
    Some(pattern.split('/').map(fill).collect::<Option<Vec<_>>>()?.join("/"))
}

/// Escapes bytes that a path cannot hold. HTTP APIs decode paths and function URLs do not, so an
/// existing escape stays.
fn escape(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte);
    let mut escaped = String::with_capacity(path.len());
    for (place, byte) in path.bytes().enumerate() {
        let behind = path.as_bytes().get(place + 1..place + 3);
        let is_escape =
            byte == b'%' && behind.is_some_and(|behind| behind.iter().all(u8::is_ascii_hexdigit));
        if is_plain(byte) || is_escape {
            escaped.push(byte.into());
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Decodes the escapes of a path; `None` if the result is not UTF-8. An incomplete escape stays.
pub(crate) fn unescape(path: &str) -> Option<String> {
    let digit = |at: usize| char::from(*path.as_bytes().get(at)?).to_digit(16);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = 0;
    for (place, byte) in path.bytes().enumerate() {
        if place < rest {
            continue;
        }
        let value = digit(place + 1).zip(digit(place + 2)).filter(|_| byte == b'%');
        let value = value.and_then(|(high, low)| u8::try_from(16 * high + low).ok());
        rest = place + if value.is_some() { 3 } else { 1 };
        bytes.push(value.unwrap_or(byte));
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{MatchedRoute, Served, escape, unescape};
    use serde_json::{Value, json};

    const OWN: &str = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
    const DOMAIN: &str = "id.example.com";
    const URL: &str = "a1b2c3d4e5.lambda-url.eu-west-1.on.aws";

    fn event(key: &str, parameters: Value, stage: &str, domain: &str) -> Value {
        json!({
            "routeKey": key,
            "pathParameters": parameters,
            "requestContext": {"apiId": "a1b2c3d4e5", "stage": stage, "domainName": domain},
        })
    }

    fn served(base: &str, path: &str, is_exact: bool, takes_any_method: bool) -> MatchedRoute {
        let (path, base) = (path.to_owned(), base.to_owned());
        MatchedRoute::Served(Served { path, base, is_exact, takes_any_method })
    }

    #[track_caller]
    fn check(event: &Value, method: &str, raw_path: &str, expected: Option<MatchedRoute>) {
        assert_eq!(
            MatchedRoute::from_event(event, method, raw_path),
            expected,
            "{event} {raw_path}"
        );
    }

    #[test]
    fn route_key_decides_for_any_raw_path() {
        for (stage, domain, base) in [
            ("$default", OWN, ""),
            ("prod", OWN, "/prod"),
            ("v1", OWN, "/v1"),
            ("$default", DOMAIN, "/auth"),
            ("prod", DOMAIN, "/auth/eu/one"),
            ("prod", DOMAIN, ""),
            ("v1", DOMAIN, "/v1"),
        ] {
            let exact = event("POST /v1/token", Value::Null, stage, domain);
            let raw = format!("{base}/v1/token");
            check(&exact, "POST", &raw, Some(served(base, "/v1/token", true, false)));
            let any = event("ANY /v1/token", Value::Null, stage, domain);
            check(&any, "PUT", &raw, Some(served(base, "/v1/token", true, true)));
            let greedy = event("ANY /{proxy+}", json!({"proxy": "v1/token"}), stage, domain);
            check(&greedy, "POST", &raw, Some(served(base, "/v1/token", false, true)));
            let links = "DELETE /v1/identity/links/{provider+}";
            let links = event(links, json!({"provider": "a.b/c"}), stage, domain);
            let (path, raw) =
                ("/v1/identity/links/a.b/c", format!("{base}/v1/identity/links/a.b/c"));
            check(&links, "DELETE", &raw, Some(served(base, path, false, false)));
        }
        for raw in ["/v1/admin/accounts/merge", "", "no slash", "/v1/token/", "//v1/token?x"] {
            let token = event("POST /v1/token", Value::Null, "$default", OWN);
            let Some(MatchedRoute::Served(served)) = MatchedRoute::from_event(&token, "POST", raw)
            else {
                panic!("{raw} is not served");
            };
            assert_eq!((served.path.as_str(), served.is_exact), ("/v1/token", true), "{raw}");
        }
    }

    #[test]
    fn contradicting_parts_are_refused() {
        check(&event("POST /v1/token", Value::Null, "$default", OWN), "GET", "/v1/token", None);
        check(&event("POST /v1/token", Value::Null, "$default", OWN), "post", "/v1/token", None);
        let links = "DELETE /v1/identity/links/{provider+}";
        for parameters in [Value::Null, json!({}), json!({"proxy": "a"}), json!({"provider": 1})] {
            check(&event(links, parameters, "$default", OWN), "DELETE", "/v1/x", None);
        }
    }

    #[test]
    fn parameters_stay_at_their_place_in_the_route() {
        for (key, value, path) in [
            ("GET /v1/{name}", "admin/accounts", "/v1/admin%2Faccounts"),
            ("GET /v1/{name+}", "admin/accounts", "/v1/admin/accounts"),
            ("GET /v1/{name}", "a?b#c", "/v1/a%3Fb%23c"),
            ("GET /v1/{name}", "a b\u{fc}\u{0}", "/v1/a%20b%C3%BC%00"),
            ("GET /v1/{name}/x", "a%2Fb", "/v1/a%2Fb/x"),
            ("GET /v1/{name}", "100%", "/v1/100%25"),
            ("GET /v1/{name+}", "../x//y/", "/v1/../x//y/"),
        ] {
            let event = event(key, json!({"name": value}), "$default", OWN);
            check(&event, "GET", "/", Some(served("", path, false, false)));
        }
        assert_eq!(escape("%zz%4"), "%25zz%254");
        for (path, expected) in [
            ("a%2Fb", Some("a/b")),
            ("%c3%BC", Some("\u{fc}")),
            ("%2541", Some("%41")),
            ("%zz%4%", Some("%zz%4%")),
            ("", Some("")),
            ("%ff", None),
        ] {
            assert_eq!(unescape(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn server_without_routes_leaves_them_to_the_function() {
        let watch = json!({"routeKey": "$default", "requestContext": {
            "apiId": null, "stage": "$default", "domainName": "localhost",
        }});
        for event in [
            watch,
            json!({"requestContext": {"domainName": "localhost"}}),
            event("$default", Value::Null, "$default", URL),
        ] {
            check(&event, "GET", "/v1/identity", Some(served("", "/v1/identity", false, true)));
        }
    }

    #[test]
    fn fallback_of_api_serves_nothing() {
        let unrouted = |paths: &[&str]| {
            Some(MatchedRoute::Unrouted(paths.iter().map(|path| (*path).to_owned()).collect()))
        };
        let on = |stage, domain| event("$default", Value::Null, stage, domain);
        check(&on("$default", OWN), "PUT", "/v1/token", unrouted(&["/v1/token"]));
        check(&on("prod", OWN), "PUT", "/prod/v1/token", unrouted(&["/v1/token"]));
        check(&on("v1", OWN), "PUT", "/v1/token", unrouted(&["/token"]));
        check(&on("v1", OWN), "PUT", "/v1/v1/token", unrouted(&["/v1/token"]));
        check(&on("prod", OWN), "PUT", "/production/v1", unrouted(&["/production/v1"]));
        check(
            &on("v1", DOMAIN),
            "PUT",
            "/auth/v1/token",
            unrouted(&["/auth/v1/token", "/v1/token", "/token"]),
        );
        for domain in [
            "lambda-url.eu-west-1.on.aws",
            "other.lambda-url.eu-west-1.on.aws",
            "a1b2c3d4e5.example.com",
            "localhost",
            "",
        ] {
            check(&on("$default", domain), "PUT", "/x", unrouted(&["/x"]));
        }
        for key in [json!("POST"), json!(""), json!(1), Value::Null] {
            let mut event = on("$default", OWN);
            event["routeKey"] = key;
            check(&event, "POST", "/v1/token", unrouted(&["/v1/token"]));
        }
    }
}
