//! The mail service.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{
    Body, ConfigurationOverrides, Content, Destination, EmailContent, FeatureStatus,
    Message as SimpleMessage, TrackingConfigurationOverrides,
};
use lifeguard_aws::{SdkConfig, is_not_connected, one_attempt};
use thiserror::Error;

use crate::message::Message;
use crate::recipient::Recipient;

/// Reason why a mail was not sent, as far as is known. Answers of the service quote addresses, so
/// only their codes are kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SendFault {
    /// The service takes no mail at the moment: it is throttled or paused. The text is the error's
    /// code.
    #[error("the mail service takes no mail at the moment: {0}")]
    Throttled(String),
    /// The service did not take the mail and would not take it later; the text is the error's code.
    #[error("the mail service refused it: {0}")]
    Refused(String),
    /// No connection to the service was made, so nothing of the mail left.
    #[error("no connection to the mail service was made")]
    Unreachable,
    /// The service may or may not have taken the mail.
    #[error("the mail service gave no answer")]
    Unknown,
}

/// A mail service.
pub trait Mailer {
    /// Sends one mail, in one attempt.
    ///
    /// # Errors
    /// [`SendFault`] unless the service took it.
    fn send(
        &self,
        to: &Recipient,
        message: &Message,
    ) -> impl Future<Output = Result<(), SendFault>>;
}

/// Amazon SES.
#[derive(Clone, Debug)]
pub struct Ses {
    client: Client,
    from: String,
}

impl Ses {
    /// Creates a client that makes one attempt for each mail, whatever `config` says: a second one
    /// could send the mail twice. Each mail has a connection of its own: on one that was idle, a
    /// failed attempt would lose the mail. `from` is the sender's address.
    #[must_use]
    pub fn new(config: &SdkConfig, from: String) -> Self {
        Self { client: Client::new(&one_attempt(config)), from }
    }
}

impl Mailer for Ses {
    async fn send(&self, to: &Recipient, message: &Message) -> Result<(), SendFault> {
        let content = simple(message).map_err(|_| SendFault::Refused("Incomplete".to_owned()))?;
        let to = Destination::builder().to_addresses(to.expose()).build();
        let request = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(to)
            .configuration_overrides(untracked())
            .content(content);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(judge(&error)),
        }
    }
}

fn simple(message: &Message) -> Result<EmailContent, BuildError> {
    let content = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body =
        Body::builder().text(content(message.text.expose())?).html(content(message.html.expose())?);
    let simple = SimpleMessage::builder().subject(content(&message.subject)?).body(body.build());
    Ok(EmailContent::builder().simple(simple.build()).build())
}

/// Returns settings of one mail that turn tracking off, whatever the account and the configuration
/// set of the sender say: SES changes no link and adds no picture.
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_TrackingConfigurationOverrides.html>
fn untracked() -> ConfigurationOverrides {
    let tracking = TrackingConfigurationOverrides::builder()
        .click_tracking_enabled(FeatureStatus::Disabled)
        .open_tracking_enabled(FeatureStatus::Disabled);
    ConfigurationOverrides::builder().tracking(tracking.build()).build()
}

/// Codes of refusals that may pass, beside every other one of status 429.
///
/// A refusal for the sending rate or the daily quota drops the mail. The guide names it
/// `ThrottlingException`; this operation answers `TooManyRequestsException`, and
/// `LimitExceededException` is a quota too. An operator ends a pause of the account
/// (`SendingPausedException`). A suspension (`AccountSuspendedException`) is permanent, and all other
/// errors of the operation are about this mail or these settings: the same request fails again.
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
/// <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html>
const PASSING: [&str; 5] = [
    "LimitExceededException",
    "SendingPausedException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Judges an error by its status and its name. A request that was never made, one without a
/// connection, and a named error of the service mean that the mail was not taken. Nothing else does:
/// a connection that broke, an answer without a name (a half success, a proxy's page), a service that
/// ran out of time, and status 500 and above, because the service may have failed after it took the
/// mail.
fn judge(error: &SdkError<SendEmailError, HttpResponse>) -> SendFault {
    let (status, code) = match error {
        SdkError::ConstructionFailure(_) => {
            return SendFault::Refused("NotRequested".to_owned());
        }
        error if is_not_connected(error) => return SendFault::Unreachable,
        SdkError::ServiceError(answer) => (answer.raw().status().as_u16(), answer.err().code()),
        _ => return SendFault::Unknown,
    };
    match (status, code) {
        (0..400 | 408 | 500.., _) | (_, None) => SendFault::Unknown,
        (_, Some(code)) if code.to_ascii_lowercase().contains("timeout") => SendFault::Unknown,
        (429, Some(code)) => SendFault::Throttled(code.to_owned()),
        (_, Some(code)) if PASSING.contains(&code) => SendFault::Throttled(code.to_owned()),
        (_, Some(code)) => SendFault::Refused(code.to_owned()),
    }
}
