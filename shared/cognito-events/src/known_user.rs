//! View of the triggers that follow a confirmation or a sign-in; their answer is the event itself.
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html>
//! and <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-authentication.html>

use serde::Deserialize;

use crate::attributes::Attributes;

/// Request about a user who has confirmed an account or signed in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownUserRequest {
    /// The user's attributes, `sub` among them.
    #[serde(default)]
    pub user_attributes: Attributes,
    /// Metadata that the client sent with the confirmation or the reset.
    #[serde(default)]
    pub client_metadata: Attributes,
}
