//! View of the post confirmation trigger; its answer is the event itself.
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html>

use serde::Deserialize;

use crate::attributes::Attributes;

/// Request of the post confirmation function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmationRequest {
    /// The user's attributes, `sub` among them.
    #[serde(default)]
    pub user_attributes: Attributes,
    /// Metadata that the client sent with the confirmation or the reset.
    #[serde(default)]
    pub client_metadata: Attributes,
}
