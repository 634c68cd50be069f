//! Error responses that several routes have in common, for their descriptions.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::wire::problems::{GatewayProblemBody, ProblemBody, TokenProblemBody};

type Responses = BTreeMap<String, RefOr<Response>>;

/// Errors of every route that this function serves by itself.
pub(super) struct CommonErrors;

/// Errors of every route with a JSON body.
pub(super) struct JsonErrors;

/// Errors of every route of the built-in directory.
pub(super) struct DirectoryErrors;

/// Errors of the route that takes registrations.
pub(super) struct RegistrationErrors;

/// Errors of every route that takes an access token.
pub(super) struct AccessTokenErrors;

/// Errors of every route that takes an access token of a recent sign-in.
pub(super) struct RecentSignInErrors;

/// Errors of every route that calls the identity pool.
pub(super) struct ThrottlingErrors;

/// Errors of every route of administration.
pub(super) struct AdministrationErrors;

/// Errors of the token endpoint.
pub(super) struct TokenErrors;

const METHOD: (u16, &str) = (405, "The method is not allowed.");
const SIZE: (u16, &str) = (413, "The request is too large.");
const THROTTLED: (u16, &str) = (429, "The identity pool throttles requests.");
const FAULT: (u16, &str) = (500, "An internal error occurred.");

impl IntoResponses for CommonErrors {
    fn responses() -> Responses {
        errors::<ProblemBody>(&[METHOD, FAULT])
    }
}

impl IntoResponses for JsonErrors {
    fn responses() -> Responses {
        errors::<ProblemBody>(&[METHOD, SIZE, (415, "The body is not JSON."), FAULT])
    }
}

impl IntoResponses for DirectoryErrors {
    fn responses() -> Responses {
        let mut responses = JsonErrors::responses();
        let missing = (404, "The built-in directory is not enabled.");
        responses.extend(errors::<ProblemBody>(&[missing]));
        responses
    }
}

impl IntoResponses for RegistrationErrors {
    fn responses() -> Responses {
        let mut responses = DirectoryErrors::responses();
        responses.extend(errors::<ProblemBody>(&[
            (403, "Registration is closed, or the challenge was not passed."),
            (
                429,
                "Registration is paused until the end of the day (UTC), or too many requests came.",
            ),
        ]));
        responses
    }
}

impl IntoResponses for AccessTokenErrors {
    fn responses() -> Responses {
        errors::<ProblemBody>(&[(401, "The token is invalid, expired or revoked.")])
    }
}

impl IntoResponses for RecentSignInErrors {
    fn responses() -> Responses {
        let mut responses = AccessTokenErrors::responses();
        responses.extend(errors::<ProblemBody>(&[(403, "The sign-in is too old.")]));
        responses
    }
}

impl IntoResponses for ThrottlingErrors {
    fn responses() -> Responses {
        errors::<ProblemBody>(&[THROTTLED])
    }
}

impl IntoResponses for AdministrationErrors {
    fn responses() -> Responses {
        let mut responses = JsonErrors::responses();
        let invalid = [(400, "The body is invalid."), (404, "The account does not exist.")];
        responses.extend(errors::<ProblemBody>(&invalid));
        let denied = [(403, "The caller lacks permission.")];
        responses.extend(errors::<GatewayProblemBody>(&denied));
        responses
    }
}

impl IntoResponses for TokenErrors {
    fn responses() -> Responses {
        errors::<TokenProblemBody>(&[
            (400, "The grant is refused."),
            METHOD,
            SIZE,
            (415, "The body is not a form."),
            THROTTLED,
            FAULT,
        ])
    }
}

fn errors<Body: ToSchema>(list: &[(u16, &str)]) -> Responses {
    let response = |(status, description): &(u16, &str)| {
        let schema = Ref::from_schema_name(Body::name());
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new().description(*description);
        (status.to_string(), response.content("application/json", content).build().into())
    };
    list.iter().map(response).collect()
}
