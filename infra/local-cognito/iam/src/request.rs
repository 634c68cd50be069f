//! Requests, as policies see them.

use super::context::Context;

/// A request for an action on a resource.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// The ARN of what it is done to.
    pub resource: &'a str,
    /// Condition keys of the caller and of the request.
    pub context: &'a Context,
}
