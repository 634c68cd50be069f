//! Events as they are sent: the envelope, the request with its nulls and gaps, the blank response.

use serde_json::{Map, Value, json};

use super::{Hook, Trigger, Version};
use crate::aws_api::input::Texts;
use crate::user_pool::Host;

/// Where an event happens and about whom.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) pool: &'a str,
    /// The app client; admin actions have none.
    pub(crate) client: Option<&'a str>,
    pub(crate) user_name: &'a str,
}

/// The `request` of an event.
pub(crate) struct Request(Map<String, Value>);

impl Request {
    /// A request about somebody with these attributes.
    pub(crate) fn about(attributes: &Texts) -> Self {
        Self(Map::new()).with("userAttributes", json!(attributes))
    }

    pub(crate) fn empty() -> Self {
        Self(Map::new())
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Metadata is absent, not null, when the caller sent none.
    pub(crate) fn with_metadata(self, metadata: Option<&Texts>) -> Self {
        match metadata {
            Some(metadata) => self.with("clientMetadata", json!(metadata)),
            None => self,
        }
    }

    /// The mark of a user who does not exist; absent for one who does.
    pub(crate) fn with_user_not_found(self, not_found: bool) -> Self {
        if not_found { self.with("userNotFound", json!(true)) } else { self }
    }
}

impl Host {
    pub(super) fn event(
        &self,
        hook: &Hook,
        scene: &Scene<'_>,
        occasion: &str,
        request: Request,
    ) -> Value {
        let mut event = json!({
            "version": hook.version.event(),
            "triggerSource": format!("{}_{occasion}", hook.trigger.source()),
            "region": self.settings.region,
            "userPoolId": scene.pool,
            "userName": scene.user_name,
            "callerContext": {
                "awsSdkVersion": "aws-sdk-unknown-unknown",
                "clientId": scene.client.unwrap_or("CLIENT_ID_NOT_APPLICABLE"),
            },
            "request": request.0,
        });
        let blank = blank_response(hook);
        if let (Some(event), Some(blank)) = (event.as_object_mut(), blank) {
            event.insert("response".to_owned(), blank);
        }
        event
    }
}

/// The `response` that a function finds; custom senders find none.
fn blank_response(hook: &Hook) -> Option<Value> {
    Some(match (hook.trigger, hook.version) {
        (Trigger::PreSignUp, _) => json!({
            "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false,
        }),
        (
            Trigger::PostConfirmation | Trigger::PreAuthentication | Trigger::PostAuthentication,
            _,
        ) => json!({}),
        (Trigger::DefineAuthChallenge, _) => json!({
            "challengeName": null, "issueTokens": null, "failAuthentication": null,
        }),
        (Trigger::CreateAuthChallenge, _) => json!({
            "publicChallengeParameters": null,
            "privateChallengeParameters": null,
            "challengeMetadata": null,
        }),
        (Trigger::VerifyAuthChallengeResponse, _) => json!({"answerCorrect": null}),
        (Trigger::PreTokenGeneration, Version::One) => json!({"claimsOverrideDetails": null}),
        (Trigger::PreTokenGeneration, Version::Two | Version::Three) => {
            json!({"claimsAndScopeOverrideDetails": null})
        }
        (Trigger::UserMigration, _) => json!({
            "userAttributes": null,
            "forceAliasCreation": null,
            "enableSMSMFA": null,
            "finalUserStatus": null,
            "messageAction": null,
            "desiredDeliveryMediums": null,
        }),
        (Trigger::CustomMessage, _) => json!({
            "smsMessage": null, "emailMessage": null, "emailSubject": null,
        }),
        (Trigger::CustomEmailSender | Trigger::CustomSmsSender, _) => return None,
    })
}
