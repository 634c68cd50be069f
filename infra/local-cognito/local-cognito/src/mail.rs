//! The stand-in for SES v2: mails go into the outbox.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use local_cognito_aws_emulation::aws_error::{AwsError, in_json};
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::outbox::{Message, Outbox};

/// Actions that are served.
pub(crate) const SERVED: [&str; 1] = ["SendEmail"];

/// Behaviour of the mail service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailMode {
    /// It takes every mail.
    #[default]
    Deliver,
    /// It refuses every mail, as SES does for an address that is not verified.
    Refuse,
    /// It refuses every mail, as SES does above the sending rate.
    Throttle,
    /// It takes the call and never answers.
    Hang,
}

/// The mail service of one local Cognito; cloning shares it.
#[derive(Clone, Debug)]
pub struct Mail {
    outbox: Outbox,
    clock: Clock,
    mode: Arc<Mutex<MailMode>>,
}

impl Mail {
    pub(crate) fn new(outbox: Outbox, clock: Clock) -> Self {
        Self { outbox, clock, mode: Arc::default() }
    }

    /// Changes how the service behaves from now on.
    pub fn set_mode(&self, mode: MailMode) {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }

    fn mode(&self) -> MailMode {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `SendEmail` with its JSON body.
    pub(crate) async fn send_email(&self, body: &[u8]) -> Result<Response, AwsError> {
        let messages = self.read(body)?;
        match self.mode() {
            MailMode::Deliver => {}
            MailMode::Refuse => {
                return Err(AwsError::new("MessageRejected", "Email address is not verified."));
            }
            MailMode::Throttle => {
                let refusal =
                    AwsError::new("TooManyRequestsException", "Maximum sending rate exceeded.");
                return Ok((StatusCode::TOO_MANY_REQUESTS, refusal).into_response());
            }
            MailMode::Hang => std::future::pending().await,
        }
        for message in messages {
            self.outbox.put(message);
        }
        let answer = json!({"MessageId": Uuid::new_v4().to_string()});
        Ok((StatusCode::OK, axum::Json(answer)).into_response())
    }

    fn read(&self, body: &[u8]) -> Result<Vec<Message>, AwsError> {
        let bad = |message: &str| AwsError::new("BadRequestException", message);
        let input: Value = in_json(body)?;
        let text = |path: &str| input.pointer(path).and_then(Value::as_str);
        if text("/FromEmailAddress").is_none_or(str::is_empty) {
            return Err(bad("FromEmailAddress is required."));
        }
        if input.pointer("/Content/Simple").is_none() {
            return Err(bad("Only Content.Simple is supported by local-cognito."));
        }
        let subject = text("/Content/Simple/Subject/Data")
            .ok_or_else(|| bad("Content.Simple.Subject.Data is required."))?;
        let plain = text("/Content/Simple/Body/Text/Data");
        let html = text("/Content/Simple/Body/Html/Data");
        if plain.is_none() && html.is_none() {
            return Err(bad("Content.Simple.Body needs Text or Html."));
        }
        let receivers: Vec<&str> = ["To", "Cc", "Bcc"]
            .iter()
            .filter_map(|kind| input.pointer(&format!("/Destination/{kind}Addresses")))
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if receivers.is_empty() {
            return Err(bad("Destination has no address."));
        }
        let at = self.clock.now_millis();
        Ok(receivers
            .into_iter()
            .map(|receiver| Message {
                sender: "ses".to_owned(),
                to: receiver.to_owned(),
                subject: subject.to_owned(),
                text: plain.unwrap_or_default().to_owned(),
                html: html.map(str::to_owned),
                at,
            })
            .collect())
    }
}
