//! Parsing of inputs into one typed request per action.

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;

/// Input of one action, parsed.
pub(super) trait Request: Sized {
    /// Parses the members; an error has AWS's text.
    fn parse(input: &Input) -> Result<Self, ApiError>;
}
