//! Routes of the HTTP APIs.

use std::time::Duration;

use crate::route_key::RouteKey;

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Requests that it takes.
    pub key: RouteKey,
    /// The function behind it, such as `developer-identity`.
    pub function: String,
    /// Access to it.
    pub access: Access,
    /// The longest that the function may take.
    pub limit: Duration,
}

/// Access to a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Every caller.
    Open,
    /// Callers that sign the request and that a policy allows.
    Iam,
    /// Callers with a token.
    Jwt {
        /// The issuer's URL.
        issuer: String,
        /// The accepted audiences, one of which must be `aud` or `client_id`.
        audience: Vec<String>,
        /// The scopes, one of which the token must have; none if it needs none.
        scopes: Vec<String>,
    },
}
