//! Events as they are sent: the envelope, the request with its nulls and gaps, the blank response.

use serde_json::{Map, Value, json};

use super::hook::{Hook, Trigger, Version};
use crate::config::PoolConfig;
use crate::user::User;
use local_cognito_aws_emulation::input::Texts;

/// The pool, the client and the user that an event is about.
#[derive(Clone, Copy)]
pub(crate) struct EventContext<'a> {
    pub(crate) pool: &'a str,
    /// The app client; admin actions have none.
    pub(crate) client: Option<&'a str>,
    pub(crate) user_name: &'a str,
}

/// The `request` of an event.
#[derive(Clone)]
pub(crate) struct EventRequest(Map<String, Value>);

impl EventRequest {
    /// Returns a request about a user with these attributes.
    pub(crate) fn with_attributes(attributes: &Texts) -> Self {
        Self(Map::new()).with("userAttributes", json!(attributes))
    }

    /// Returns a request about a user of the pool; every value is text.
    pub(crate) fn about(config: &PoolConfig, user: &User) -> Self {
        Self::with_attributes(&attributes(config, user))
    }

    /// Returns a request without user attributes.
    pub(crate) fn empty() -> Self {
        Self(Map::new())
    }

    /// Adds a member.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Adds client metadata, which is absent, not null, when the caller sent none.
    pub(crate) fn with_metadata(self, metadata: Option<&Texts>) -> Self {
        match metadata {
            Some(metadata) => self.with("clientMetadata", json!(metadata)),
            None => self,
        }
    }

    /// Adds the mark of a user who does not exist; it is absent for one who does.
    pub(crate) fn with_user_not_found(self, not_found: bool) -> Self {
        if not_found { self.with("userNotFound", json!(true)) } else { self }
    }
}

/// Returns the attributes of a user in an event.
fn attributes(config: &PoolConfig, user: &User) -> Texts {
    let mut attributes = user.attributes.clone();
    attributes.insert("sub".to_owned(), user.sub.clone());
    attributes.insert("cognito:user_status".to_owned(), user.status.name().to_owned());
    for attribute in ["email", "phone_number"] {
        if config.aliases_by(attribute)
            && user.is_verified(attribute)
            && let Some(value) = user.attributes.get(attribute)
        {
            attributes.insert(format!("cognito:{attribute}_alias"), value.clone());
        }
    }
    attributes
}

/// Builds the event of one invocation.
pub(super) fn build(
    hook: &Hook,
    context: &EventContext<'_>,
    occasion: &str,
    request: EventRequest,
    region: &str,
) -> Value {
    let mut event = json!({
        "version": hook.version.event(),
        "triggerSource": format!("{}_{occasion}", hook.trigger.source()),
        "region": region,
        "userPoolId": context.pool,
        "userName": context.user_name,
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": context.client.unwrap_or("CLIENT_ID_NOT_APPLICABLE"),
        },
        "request": request.0,
    });
    if let (Some(event), Some(blank)) = (event.as_object_mut(), blank_response(hook)) {
        event.insert("response".to_owned(), blank);
    }
    event
}

/// Returns the `response` of the event; custom senders get none.
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
