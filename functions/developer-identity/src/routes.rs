//! The routes: each parses a request into a command, and does nothing else.

pub(crate) mod accounts;
pub(crate) mod administration;
pub(crate) mod credentials;
pub(crate) mod document;
pub(crate) mod links;
pub(crate) mod passwords;
mod responses;
pub(crate) mod sessions;
pub(crate) mod token;

use crate::command::Command;
use crate::problem::{Problem, TokenProblem};
use crate::request::{Incoming, Request};
use crate::response::Response;

/// The path of the token endpoint; its errors have the form of OAuth.
const TOKEN: &str = "/v1/token";

/// A route: a method, a path, and the parser of its requests.
struct Route {
    method: &'static str,
    path: &'static str,
    parse: fn(&Request<'_>) -> Result<Command, Response>,
}

/// Every route; no two have the same path. A path that ends in a slash takes a name behind it.
const ROUTES: [Route; 19] = [
    post("/v1/accounts", accounts::register),
    post("/v1/accounts/confirm", accounts::confirm),
    post("/v1/accounts/recovery", passwords::recover),
    post("/v1/accounts/recovery/confirm", passwords::confirm_recovery),
    post("/v1/accounts/password", passwords::change),
    post(TOKEN, token::grant),
    get("/v1/credentials", credentials::issue),
    get("/v1/identity", sessions::identity),
    post("/v1/identity/links", links::link),
    post("/v1/identity/links/nonce", links::nonce),
    delete(links::BY_PROVIDER, links::unlink),
    post("/v1/logout", sessions::logout),
    get("/v1/whoami", sessions::who_am_i),
    post("/v1/admin/accounts/look-up", administration::look_up),
    post("/v1/admin/accounts/disable", administration::disable),
    post("/v1/admin/accounts/enable", administration::enable),
    post("/v1/admin/accounts/unlink", administration::unlink),
    post("/v1/admin/accounts/merge", administration::merge),
    get("/openapi.json", document::document),
];

type Parse = fn(&Request<'_>) -> Result<Command, Response>;

const fn get(path: &'static str, parse: Parse) -> Route {
    Route { method: "GET", path, parse }
}

const fn post(path: &'static str, parse: Parse) -> Route {
    Route { method: "POST", path, parse }
}

const fn delete(path: &'static str, parse: Parse) -> Route {
    Route { method: "DELETE", path, parse }
}

/// Parses a request into its command.
///
/// # Errors
/// The response to a request that is not a valid one of a route.
pub(crate) fn parse(incoming: &Incoming<'_>) -> Result<Command, Response> {
    match incoming {
        Incoming::Routed(request) => match find(&request.path) {
            None => Err(Problem::NoSuchRoute.into()),
            Some(route) if route.takes(request.method) => (route.parse)(request),
            Some(route) => Err(route.method_not_allowed(request.takes_any_method)),
        },
        Incoming::Unrouted { method, paths } => {
            Err(match paths.iter().find_map(|path| find(path)) {
                Some(route) if !route.takes(method) => route.method_not_allowed(false),
                // Such as `HEAD`, or a path that API Gateway matches in another way.
                Some(_) | None => Problem::NoSuchRoute.into(),
            })
        }
    }
}

/// Returns the route of a path: the one of this very path before one with a name in it.
fn find(path: &str) -> Option<&'static Route> {
    let named = |route: &&Route| {
        let prefix = Some(route.path).filter(|path| path.ends_with('/'));
        prefix.and_then(|prefix| path.strip_prefix(prefix)).is_some_and(|name| !name.is_empty())
    };
    let exact = ROUTES.iter().find(|route| route.path == path && !path.ends_with('/'));
    exact.or_else(|| ROUTES.iter().find(named))
}

impl Route {
    /// True for the route's own method, and for `HEAD` where it is `GET`: API Gateway drops the
    /// body.
    fn takes(&self, method: &str) -> bool {
        self.method == method || (self.method == "GET" && method == "HEAD")
    }

    /// Builds the response to another method. `HEAD` is listed where it can arrive.
    fn method_not_allowed(&self, takes_any_method: bool) -> Response {
        let response = match self.path {
            TOKEN => Response::from(TokenProblem::MethodNotAllowed),
            _ => Problem::MethodNotAllowed.into(),
        };
        let allow = match (self.method, takes_any_method) {
            ("GET", true) => "GET,HEAD",
            (method, _) => method,
        };
        response.with_header("allow", allow)
    }
}

/// Returns method and path of every route.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES.iter().map(|route| (route.method, route.path))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[track_caller]
    fn check(path: &str, expected: Option<(&str, &str)>) {
        let found = find(path).map(|route| (route.method, route.path));
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn path_finds_its_own_route_before_one_with_a_name() {
        check("/v1/token", Some(("POST", "/v1/token")));
        check("/v1/identity/links", Some(("POST", "/v1/identity/links")));
        check("/v1/identity/links/nonce", Some(("POST", "/v1/identity/links/nonce")));
        let named = Some(("DELETE", "/v1/identity/links/"));
        for name in ["a", "nonce2", "nonce/", "a/b", "/", "a%2Fb"] {
            check(&format!("/v1/identity/links/{name}"), named);
        }
        for path in ["", "/", "/v1", "/v1/token/", "/V1/token", "/v1/identity/links/", "//v1/token"]
        {
            check(path, None);
        }
    }
}
