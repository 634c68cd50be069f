//! Messages of the pool itself: which address, which text, and who sends it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Host;
use super::settings::CodelessMessage;
use super::state::Pool;
use super::trigger::{Request, Scene, Trigger, unrecognizable};
use super::user::User;
use crate::aws_api::ApiError;
use crate::aws_api::input::Texts;
use crate::outbox::Message;

const CODE: &str = "{####}";
const USER_NAME: &str = "{username}";

/// The address attributes, in the order in which a pool without other settings prefers them.
pub(crate) const ADDRESSES: [&str; 2] = ["phone_number", "email"];

/// One message to one user.
pub(crate) struct Notice<'a> {
    pub(crate) scene: Scene<'a>,
    /// The last part of the trigger source, such as `SignUp`.
    pub(crate) occasion: &'a str,
    /// The attribute that holds the address.
    pub(crate) attribute: &'a str,
    pub(crate) code: &'a str,
    pub(crate) metadata: Option<&'a Texts>,
}

struct Draft {
    subject: String,
    text: String,
}

impl Notice<'_> {
    fn is_invitation(&self) -> bool {
        self.occasion == "AdminCreateUser"
    }

    fn is_mail(&self) -> bool {
        self.attribute == "email"
    }
}

impl Pool {
    /// Where a code that confirms a sign-up goes.
    pub(crate) fn confirmation_address(&self, user: &User) -> Option<&'static str> {
        ADDRESSES.into_iter().find(|attribute| {
            self.auto_verifies(attribute) && user.attributes.contains_key(*attribute)
        })
    }
}

/// `CodeDeliveryDetails` of a message to this address.
pub(crate) fn details(attribute: &str, address: &str) -> Value {
    let (medium, destination) = if attribute == "email" {
        ("EMAIL", masked_email(address))
    } else {
        ("SMS", masked_phone_number(address))
    };
    json!({
        "AttributeName": attribute,
        "DeliveryMedium": medium,
        "Destination": destination,
    })
}

fn masked_email(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, "example"));
    let first = |text: &str| text.chars().next().unwrap_or('x');
    format!("{}***@{}***", first(local), first(domain))
}

fn masked_phone_number(address: &str) -> String {
    let digits: Vec<char> = address.chars().filter(char::is_ascii_digit).collect();
    let hidden = digits.len().saturating_sub(4);
    let shown: String = digits.iter().skip(hidden).collect();
    format!("+{}{shown}", "*".repeat(hidden))
}

impl Host {
    /// Sends a message, through the custom message and custom sender triggers where configured;
    /// the answer is its delivery details.
    pub(crate) async fn notify(&self, notice: &Notice<'_>) -> Result<Value, ApiError> {
        let sender_trigger =
            if notice.is_mail() { Trigger::CustomEmailSender } else { Trigger::CustomSmsSender };
        let (attributes, address, draft, own_mail, sender, message) = {
            let state = self.state();
            let pool = state.pool(notice.scene.pool)?;
            let user = pool.user(notice.scene.user_name)?;
            let address = user.attributes.get(notice.attribute).cloned();
            (
                pool.event_attributes(user),
                address.unwrap_or_default(),
                default_draft(pool, notice),
                pool.setting_text(&["EmailConfiguration", "EmailSendingAccount"])
                    == Some("DEVELOPER"),
                pool.hook(sender_trigger),
                pool.hook(Trigger::CustomMessage),
            )
        };
        let beside = self.settings.uncertain.custom_message_beside_sender;
        let mut drafted = draft;
        if let Some(hook) = message.filter(|_| sender.is_none() || beside) {
            let name = notice.is_invitation().then_some(USER_NAME);
            let request = Request::about(&attributes)
                .with("codeParameter", json!(CODE))
                .with("linkParameter", json!("{##Click Here##}"))
                .with("usernameParameter", json!(name))
                .with_metadata(notice.metadata);
            let response = self.invoke(&hook, &notice.scene, notice.occasion, request).await?;
            self.redraft(&mut drafted, &response, notice, own_mail)?;
        }
        if let Some(sender) = sender {
            let kind = if notice.is_mail() {
                "customEmailSenderRequestV1"
            } else {
                "customSMSSenderRequestV1"
            };
            let request = Request::about(&attributes)
                .with("type", json!(kind))
                .with("code", json!(STANDARD.encode(notice.code)))
                .with("clientMetadata", json!(notice.metadata));
            self.send_to(&sender, &notice.scene, notice.occasion, request);
        } else {
            let user_name = notice.scene.user_name;
            self.outbox.put(Message {
                sender: "cognito".to_owned(),
                to: address.clone(),
                subject: drafted.subject,
                text: drafted.text.replace(CODE, notice.code).replace(USER_NAME, user_name),
                html: None,
                at: self.clock.now_millis(),
            });
        }
        Ok(details(notice.attribute, &address))
    }

    /// Takes over what a custom message trigger wrote.
    fn redraft(
        &self,
        draft: &mut Draft,
        response: &Map<String, Value>,
        notice: &Notice<'_>,
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
                text.contains(CODE) && (!notice.is_invitation() || text.contains(USER_NAME));
            if complete {
                continue;
            }
            match self.settings.uncertain.codeless_message {
                CodelessMessage::Refused => return Err(unrecognizable()),
                CodelessMessage::DefaultText => return Ok(()),
            }
        }
        if notice.is_mail() {
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

fn default_draft(pool: &Pool, notice: &Notice<'_>) -> Draft {
    let setting = |path: &[&str]| pool.setting_text(path).map(ToOwned::to_owned);
    let (subject, text) = match (notice.is_invitation(), notice.is_mail()) {
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
    let (own_subject, own_text) = match notice.occasion {
        "AdminCreateUser" => (
            "Your temporary password",
            "Your username is {username} and temporary password is {####}.",
        ),
        "ForgotPassword" => ("Your verification code", "Your password reset code is {####}."),
        _ => ("Your verification code", "Your confirmation code is {####}."),
    };
    let subject = if notice.is_mail() {
        subject.unwrap_or_else(|| own_subject.to_owned())
    } else {
        String::new()
    };
    Draft { subject, text: text.unwrap_or_else(|| own_text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_masked() {
        assert_eq!(masked_email("noor@example.net"), "n***@e***");
        assert_eq!(masked_phone_number("+31612345678"), "+*******5678");
    }
}
