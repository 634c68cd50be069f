//! View and answer of the pre sign-up trigger.
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html>

use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;

/// Request of the pre sign-up function. `validationData` and `clientMetadata` are the client's
/// own words and decide nothing, so they are not read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignUpRequest {
    /// The attributes the account is to start with.
    #[serde(default)]
    pub user_attributes: Attributes,
}

/// The pre sign-up function's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignUpAnswer {
    /// True if the account is confirmed without a code.
    pub auto_confirm_user: bool,
    /// True if the e-mail address counts as verified.
    pub auto_verify_email: bool,
    /// True if the phone number counts as verified.
    pub auto_verify_phone: bool,
}
