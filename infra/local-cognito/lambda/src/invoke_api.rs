//! Lambda's Invoke API, so that SDKs and `cargo lambda invoke` reach the local Cognito's functions.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

use local_cognito_aws_emulation::functions::{Functions, Outcome};

/// The longest that a function may run in AWS.
const LONGEST_RUN: Duration = Duration::from_secs(900);
/// The largest event of a synchronous invocation.
const LARGEST_PAYLOAD: usize = 6 * 1024 * 1024;

pub(super) fn router(functions: Functions) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .layer(DefaultBodyLimit::max(LARGEST_PAYLOAD))
        .with_state(functions)
}

async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let name = function_name(&name).to_owned();
    let payload = if body.is_empty() { b"{}".to_vec() } else { body.to_vec() };
    if !functions.contains(&name) {
        let message = format!("Function not found: {name}");
        return error(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
    }
    let kind = headers
        .get("x-amz-invocation-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("RequestResponse");
    match kind {
        "Event" => {
            tokio::spawn(async move { functions.invoke(&name, payload, LONGEST_RUN).await });
            StatusCode::ACCEPTED.into_response()
        }
        "DryRun" => StatusCode::NO_CONTENT.into_response(),
        "RequestResponse" => respond(functions.invoke(&name, payload, LONGEST_RUN).await),
        other => error(
            StatusCode::BAD_REQUEST,
            "InvalidParameterValueException",
            &format!("Unknown invocation type: {other}"),
        ),
    }
}

fn respond(outcome: Outcome) -> Response {
    let version = ("x-amz-executed-version", "$LATEST");
    match outcome {
        Outcome::Returned(payload) => {
            ([version, ("content-type", "application/json")], payload).into_response()
        }
        Outcome::Failed { error_type, error_message } => (
            [version, ("x-amz-function-error", "Unhandled")],
            Json(json!({"errorType": error_type, "errorMessage": error_message})),
        )
            .into_response(),
        Outcome::CallerTimedOut => error(
            StatusCode::GATEWAY_TIMEOUT,
            "ServiceException",
            "The function ran for more than 15 minutes",
        ),
        Outcome::Refused(kind) => error(StatusCode::BAD_GATEWAY, &kind, "Invocation refused"),
    }
}

fn error(status: StatusCode, kind: &str, message: &str) -> Response {
    let headers = [("x-amzn-errortype", kind.to_owned())];
    let body = json!({"Type": "User", "Message": message, "message": message});
    (status, headers, Json(body)).into_response()
}

/// The plain name out of a name, a name with a qualifier, or an ARN.
fn function_name(name: &str) -> &str {
    let mut parts = name.split(':');
    if name.starts_with("arn:") {
        parts.nth(6).unwrap_or(name)
    } else {
        parts.next().unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::function_name;

    #[test]
    fn a_function_is_found_by_name_qualifier_and_arn() {
        let arn = "arn:aws:lambda:eu-west-1:000000000000:function:pre-sign-up";
        for name in ["pre-sign-up", "pre-sign-up:1", arn, &format!("{arn}:live")] {
            assert_eq!(function_name(name), "pre-sign-up", "{name}");
        }
    }
}
