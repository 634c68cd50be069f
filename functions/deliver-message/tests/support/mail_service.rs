//! The mail service of deliver-message, for its own tests and for those across functions.

use deliver_message::mailer::{Mailer, SendFault};
use deliver_message::message::Message;
use deliver_message::recipient::Recipient;
use lifeguard_testkit::{CallError, Mail, Mailbox};

/// The mailbox of the testkit as the mail service of this function.
#[derive(Clone)]
pub(crate) struct MailService(pub(crate) Mailbox);

impl Mailer for MailService {
    async fn send(&self, to: &Recipient, message: &Message) -> Result<(), SendFault> {
        let (to, text) = (to.expose().to_owned(), message.text.expose().to_owned());
        let sent = self.0.send(Mail { to, subject: message.subject.clone(), text });
        sent.await.map_err(|error| match error {
            CallError::Refused => SendFault::Throttled("TooManyRequestsException".to_owned()),
            CallError::Lost => SendFault::Unknown,
        })
    }
}
