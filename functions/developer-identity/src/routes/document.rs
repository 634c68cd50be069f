//! The OpenAPI document.

use axum::response::IntoResponse;

use crate::answer::Answered;
use crate::problem::{Problem, ProblemBody};
use crate::router::openapi;

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "document",
    responses(
        (status = 200, description = "The OpenAPI document.", body = Object),
        (status = 405, description = "Another method.", body = ProblemBody),
        (status = 500, description = "Something broke.", body = ProblemBody),
    ),
)]
pub(crate) async fn document() -> impl IntoResponse {
    match serde_json::to_value(openapi()) {
        Ok(document) => Answered::new(200, document, "document"),
        Err(_) => Problem::Fault.into(),
    }
}
