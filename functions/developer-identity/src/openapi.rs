//! The OpenAPI document of the routes.

use utoipa::openapi::Server;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::problem::Problem;
use crate::response::Response;
use crate::routes::{
    accounts, administration, credentials, document, links, passwords, sessions, token,
};
use crate::wire::problems::{GatewayProblemBody, ProblemBody, TokenProblemBody};

/// The document: a title, the routes, and the schemas that [`crate::routes`] names by hand.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lifeguard developer identity",
        description = "Signs users of an own directory in, and issues tokens of an Amazon Cognito \
            identity pool and temporary AWS credentials. A deployment has three addresses: \
            `MailsUrl` of its outputs for `POST /v1/accounts` and `POST /v1/accounts/recovery`, \
            `CredentialsUrl` for `GET /v1/credentials`, and `ApiUrl` for every other route. Where it \
            has a firewall in front, every route refuses requests that go around it, with status 403 \
            and the code `WrongOrigin`.",
        version = "1",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/")),
    paths(
        accounts::register,
        accounts::confirm,
        passwords::recover,
        passwords::confirm_recovery,
        passwords::change,
        token::grant,
        credentials::issue,
        sessions::identity,
        links::nonce,
        links::link,
        links::unlink,
        sessions::logout,
        sessions::who_am_i,
        administration::look_up,
        administration::disable,
        administration::enable,
        administration::unlink,
        administration::merge,
        document::document,
    ),
    components(schemas(GatewayProblemBody, ProblemBody, TokenProblemBody)),
    modifiers(&SecuritySchemes),
)]
struct Document;

/// The security schemes of the routes.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = |description: &str| {
            let mut scheme = Http::new(HttpAuthScheme::Bearer);
            scheme.description = Some(description.to_owned());
            SecurityScheme::Http(scheme)
        };
        let access = bearer("The access token of a token response.");
        let credentials =
            bearer("The credentials token of a token response; AWS SDKs send it without `Bearer`.");
        components.add_security_scheme("access_token", access);
        components.add_security_scheme("credentials_token", credentials);
    }
}

/// Returns the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// Builds the response with the document, for a server at this base path.
pub(crate) fn response(base_path: &str) -> Response {
    let mut document = openapi();
    if !base_path.is_empty() {
        document.servers = Some(vec![Server::new(base_path)]);
    }
    match serde_json::to_value(document) {
        Ok(document) => Response::new(200, document, "document"),
        Err(_) => Problem::Fault.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::openapi;
    use crate::routes;
    use std::collections::BTreeSet;

    #[test]
    fn document_describes_each_route_once() {
        let document = serde_json::to_value(openapi()).unwrap();
        let mut described = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                described.insert((method.to_uppercase(), path.replace("{provider}", "")));
            }
        }
        let served = |(method, path): (&str, &str)| (method.to_owned(), path.to_owned());
        assert_eq!(routes::all().map(served).collect::<BTreeSet<_>>(), described);
        assert_eq!(routes::all().count(), described.len());
    }
}
