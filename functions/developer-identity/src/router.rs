//! The routes, and the OpenAPI document that describes them.

use std::sync::LazyLock;

use axum::Router;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use axum::routing::delete;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, TokenProblem};
use crate::routes::{
    accounts, administration, credentials, document, links, passwords, sessions, token,
};

/// The title and the security schemes; the routes are added by their own descriptions.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lifeguard developer identity",
        description = "Signs people of an own directory in, and vends identities of an Amazon \
            Cognito identity pool with temporary AWS credentials.",
        version = "1",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    // Here, because a path of OpenAPI cannot say that a name has slashes in it.
    paths(links::unlink),
    modifiers(&Schemes),
)]
struct Described;

/// How callers prove who they are.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = |what: &str| {
            let mut scheme = Http::new(HttpAuthScheme::Bearer);
            scheme.description = Some(what.to_owned());
            SecurityScheme::Http(scheme)
        };
        let access = bearer("The access token of a token answer.");
        let credentials =
            bearer("The credentials token of a token answer; AWS SDKs send it without `Bearer`.");
        components.add_security_scheme("access_token", access);
        components.add_security_scheme("credentials_token", credentials);
    }
}

static ROUTES: LazyLock<(Router, utoipa::openapi::OpenApi)> = LazyLock::new(|| {
    let routes = OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(accounts::register))
        .routes(routes!(accounts::confirm))
        .routes(routes!(passwords::recover))
        .routes(routes!(passwords::confirm_recovery))
        .routes(routes!(passwords::change))
        .routes(routes!(token::grant))
        .routes(routes!(credentials::vend))
        .routes(routes!(sessions::identity))
        .routes(routes!(links::nonce))
        .routes(routes!(links::link))
        .routes(routes!(sessions::logout))
        .routes(routes!(sessions::who_am_i))
        .routes(routes!(administration::look_up))
        .routes(routes!(administration::disable))
        .routes(routes!(administration::enable))
        .routes(routes!(administration::unlink))
        .routes(routes!(administration::merge))
        .routes(routes!(document::document))
        .split_for_parts();
    let (router, document) = routes;
    let router = router
        .route(links::ONE, delete(links::unlink))
        .fallback(async || Problem::NoSuchRoute)
        .method_not_allowed_fallback(method_not_allowed);
    (router, document)
});

/// The router. It reads requests and touches nothing.
pub(crate) fn router() -> Router {
    ROUTES.0.clone()
}

/// The OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    ROUTES.1.clone()
}

async fn method_not_allowed(uri: Uri) -> Response {
    match uri.path() {
        "/v1/token" => TokenProblem::MethodNotAllowed.into_response(),
        _ => Problem::MethodNotAllowed.into_response(),
    }
}
