//! Parsing of inputs into one typed request per action.

use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Input;

/// Input of one action, parsed.
pub(super) trait Request: Sized {
    /// Parses the members; an error has AWS's text.
    fn parse(input: &Input) -> Result<Self, ApiError>;
}
