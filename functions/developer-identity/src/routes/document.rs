//! The OpenAPI document.

use axum::Extension;
use axum::response::IntoResponse;
use utoipa::openapi::Server;

use crate::answer::Answered;
use crate::gateway::BasePath;
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
pub(crate) async fn document(Extension(BasePath(base)): Extension<BasePath>) -> impl IntoResponse {
    let mut document = openapi();
    if !base.is_empty() {
        document.servers = Some(vec![Server::new(base)]);
    }
    match serde_json::to_value(document) {
        Ok(document) => Answered::new(200, document, "document"),
        Err(_) => Problem::Fault.into(),
    }
}
