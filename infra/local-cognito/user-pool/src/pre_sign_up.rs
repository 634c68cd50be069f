//! The pre sign-up trigger, for users who sign up and for those an administrator creates.

use serde_json::{Value, json};

use super::trigger::{EventContext, EventRequest, Trigger, TriggerRunner};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// The flags of a pre sign-up answer.
pub(crate) struct SignUpFlags {
    pub(crate) confirm: bool,
    pub(crate) verify_email: bool,
    pub(crate) verify_phone_number: bool,
}

/// The parts of a request that pre sign-up sees.
pub(crate) struct SignUpData<'a> {
    pub(crate) attributes: &'a Texts,
    pub(crate) validation: Option<&'a Texts>,
    pub(crate) metadata: Option<&'a Texts>,
}

/// Runs pre sign-up.
pub(crate) async fn pre_sign_up(
    triggers: &TriggerRunner,
    context: &EventContext<'_>,
    occasion: &str,
    data: SignUpData<'_>,
) -> Result<SignUpFlags, ApiError> {
    let request = EventRequest::with_attributes(data.attributes)
        .with("validationData", json!(data.validation))
        .with_metadata(data.metadata);
    let response =
        triggers.fire(context, Trigger::PreSignUp, occasion, request).await?.unwrap_or_default();
    let flag = |name: &str| response.get(name) == Some(&Value::Bool(true));
    Ok(SignUpFlags {
        confirm: flag("autoConfirmUser"),
        verify_email: flag("autoVerifyEmail"),
        verify_phone_number: flag("autoVerifyPhone"),
    })
}
