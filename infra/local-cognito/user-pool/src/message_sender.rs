//! The message sender: address, text and delivery of a pool's messages.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::address;
use super::config::PoolConfig;
use super::registry::PoolRegistry;
use super::settings::{CodelessMessage, Settings};
use super::trigger::{EventContext, EventRequest, Hook, Trigger, TriggerRunner, unrecognizable};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;
use local_cognito_aws_emulation::outbox::{Message, Outbox};

const CODE: &str = "{####}";
const USER_NAME: &str = "{username}";

/// Sends the messages of all pools; cloning shares it.
#[derive(Clone)]
pub(crate) struct MessageSender {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) triggers: TriggerRunner,
    pub(crate) outbox: Outbox,
}

/// One message to one user.
pub(crate) struct Notification<'a> {
    pub(crate) context: EventContext<'a>,
    /// The last part of the trigger source, such as `SignUp`.
    pub(crate) occasion: &'a str,
    /// The attribute that holds the address.
    pub(crate) attribute: &'a str,
    pub(crate) code: &'a str,
    pub(crate) metadata: Option<&'a Texts>,
}

/// Subject and text before the code is put in.
struct Draft {
    subject: String,
    text: String,
}

impl Notification<'_> {
    fn is_invitation(&self) -> bool {
        self.occasion == "AdminCreateUser"
    }

    fn is_mail(&self) -> bool {
        self.attribute == "email"
    }
}

impl MessageSender {
    /// Sends a message, through the custom message and custom sender triggers where configured;
    /// returns its delivery details.
    pub(crate) async fn send(&self, message: &Notification<'_>) -> Result<Value, ApiError> {
        let sender_trigger =
            if message.is_mail() { Trigger::CustomEmailSender } else { Trigger::CustomSmsSender };
        let (about_user, address, mut draft, own_mail, sender, custom_message) = {
            let state = self.pools.lock();
            let pool = state.pool(message.context.pool)?;
            let user = pool.user(message.context.user_name)?;
            let address = user.attributes.get(message.attribute).cloned();
            (
                EventRequest::about(&pool.config, user),
                address.unwrap_or_default(),
                default_draft(&pool.config, message),
                pool.config.setting_text(&["EmailConfiguration", "EmailSendingAccount"])
                    == Some("DEVELOPER"),
                Hook::find(&pool.config, sender_trigger),
                Hook::find(&pool.config, Trigger::CustomMessage),
            )
        };
        let beside = self.settings.uncertain.custom_message_beside_sender;
        let (context, occasion) = (&message.context, message.occasion);
        if let Some(hook) = custom_message.filter(|_| sender.is_none() || beside) {
            let name = message.is_invitation().then_some(USER_NAME);
            let request = about_user
                .clone()
                .with("codeParameter", json!(CODE))
                .with("linkParameter", json!("{##Click Here##}"))
                .with("usernameParameter", json!(name))
                .with_metadata(message.metadata);
            let response = self.triggers.invoke(&hook, context, occasion, request).await?;
            self.redraft(&mut draft, &response, message, own_mail)?;
        }
        if let Some(sender) = sender {
            let kind = if message.is_mail() {
                "customEmailSenderRequestV1"
            } else {
                "customSMSSenderRequestV1"
            };
            let request = about_user
                .with("type", json!(kind))
                .with("code", json!(STANDARD.encode(message.code)))
                .with("clientMetadata", json!(message.metadata));
            self.triggers.send(&sender, context, occasion, request);
        } else {
            let user_name = context.user_name;
            self.outbox.put(Message {
                sender: "cognito".to_owned(),
                to: address.clone(),
                subject: draft.subject,
                text: draft.text.replace(CODE, message.code).replace(USER_NAME, user_name),
                html: None,
                at: self.clock.now_millis(),
            });
        }
        Ok(address::delivery_details(message.attribute, &address))
    }

    /// Puts the texts of a custom message trigger into a draft.
    fn redraft(
        &self,
        draft: &mut Draft,
        response: &Map<String, Value>,
        message: &Notification<'_>,
        own_mail: bool,
    ) -> Result<(), ApiError> {
        let part = |name: &str| response.get(name).and_then(Value::as_str);
        let mail = part("emailMessage");
        let subject = part("emailSubject");
        let sms = part("smsMessage");
        let too_long =
            |text: Option<&str>, limit| text.is_some_and(|text| text.chars().count() > limit);
        if (mail.is_some() || subject.is_some()) && !own_mail
            || too_long(mail, 20_000)
            || too_long(sms, 140)
            || too_long(subject, 140)
        {
            return Err(unrecognizable());
        }
        for text in [mail, sms].into_iter().flatten() {
            let complete =
                text.contains(CODE) && (!message.is_invitation() || text.contains(USER_NAME));
            if complete {
                continue;
            }
            match self.settings.uncertain.codeless_message {
                CodelessMessage::Refused => return Err(unrecognizable()),
                CodelessMessage::DefaultText => return Ok(()),
            }
        }
        if message.is_mail() {
            if let Some(subject) = subject {
                subject.clone_into(&mut draft.subject);
            }
            if let Some(mail) = mail {
                mail.clone_into(&mut draft.text);
            }
        } else if let Some(sms) = sms {
            sms.clone_into(&mut draft.text);
        }
        Ok(())
    }
}

/// Returns the draft of the pool's own settings, or else of the service.
fn default_draft(config: &PoolConfig, message: &Notification<'_>) -> Draft {
    let setting = |path: &[&str]| config.setting_text(path).map(ToOwned::to_owned);
    let (subject, text) = match (message.is_invitation(), message.is_mail()) {
        (true, true) => (
            setting(&["AdminCreateUserConfig", "InviteMessageTemplate", "EmailSubject"]),
            setting(&["AdminCreateUserConfig", "InviteMessageTemplate", "EmailMessage"]),
        ),
        (true, false) => {
            (None, setting(&["AdminCreateUserConfig", "InviteMessageTemplate", "SMSMessage"]))
        }
        (false, true) => (
            setting(&["VerificationMessageTemplate", "EmailSubject"])
                .or_else(|| setting(&["EmailVerificationSubject"])),
            setting(&["VerificationMessageTemplate", "EmailMessage"])
                .or_else(|| setting(&["EmailVerificationMessage"])),
        ),
        (false, false) => (
            None,
            setting(&["VerificationMessageTemplate", "SmsMessage"])
                .or_else(|| setting(&["SmsVerificationMessage"])),
        ),
    };
    let (own_subject, own_text) = match message.occasion {
        "AdminCreateUser" => (
            "Your temporary password",
            "Your username is {username} and temporary password is {####}.",
        ),
        "ForgotPassword" => ("Your verification code", "Your password reset code is {####}."),
        _ => ("Your verification code", "Your confirmation code is {####}."),
    };
    let subject = if message.is_mail() {
        subject.unwrap_or_else(|| own_subject.to_owned())
    } else {
        String::new()
    };
    Draft { subject, text: text.unwrap_or_else(|| own_text.to_owned()) }
}
