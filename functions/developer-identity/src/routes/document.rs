//! The OpenAPI document.

use crate::command::Command;
use crate::request::Request;
use crate::response::Response;
use crate::routes::responses::CommonErrors;

/// Returns this document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "document",
    responses(
        (status = 200, description = "The OpenAPI document.", body = Object),
        CommonErrors,
    ),
)]
pub(crate) fn document(request: &Request<'_>) -> Result<Command, Response> {
    Ok(Command::Document { base_path: request.base_path.clone() })
}
