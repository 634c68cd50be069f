//! A mail service that throttles when the attacker wants it to, and what a mail shows its reader.

use std::sync::{Arc, Mutex, PoisonError};

use deliver_message::mailer::{Mailer, SendFault};
use deliver_message::message::Message;
use deliver_message::recipient::Recipient;

/// Content of one mail, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The fragment of its link, if it has one.
    pub link: Option<String>,
    /// The short code.
    pub short: String,
    /// The long code, if it has one.
    pub long: Option<String>,
    /// The mark in its subject.
    pub mark: String,
}

/// The mail service; cloning shares it.
#[derive(Clone, Default)]
pub struct MailService(Arc<Mutex<MailState>>);

#[derive(Default)]
struct MailState {
    throttles: bool,
    taken: Vec<Mail>,
}

impl MailService {
    /// Sets if the service throttles the next mails.
    pub fn throttle(&self, throttles: bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).throttles = throttles;
    }

    /// Takes the mails that were sent since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).taken)
    }
}

impl Mailer for MailService {
    async fn send(&self, _: &Recipient, message: &Message) -> Result<(), SendFault> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.throttles {
            return Err(SendFault::Throttled("TooManyRequestsException".to_owned()));
        }
        state.taken.extend(Mail::read(&message.subject, message.text.expose()));
        Ok(())
    }
}

impl Mail {
    /// Reads a mail as a person does: a text alone on an indented line is to be used, the mark
    /// stands in parentheses.
    fn read(subject: &str, text: &str) -> Option<Self> {
        let mark = subject.rsplit_once('(')?.1.split(',').next()?.to_owned();
        let shown = text.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim);
        let (links, codes): (Vec<&str>, Vec<&str>) = shown.partition(|line| line.contains('#'));
        let link = links.first().and_then(|link| Some(link.split_once('#')?.1.to_owned()));
        let mut codes = codes.into_iter().map(str::to_owned);
        Some(Self { link, short: codes.next()?, long: codes.next(), mark })
    }

    /// True if an answer is one of the mail's.
    #[must_use]
    pub fn fits(&self, answer: &str) -> bool {
        let others = [self.long.as_deref(), self.link.as_deref()];
        self.short == answer || others.contains(&Some(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::Mail;

    #[test]
    fn mail_is_read_as_by_a_person() {
        let subject = "Your sign-in link for Acme (KX, 08:15:22 UTC)";
        let text = "Use this:\n\n    https://app.example.net/#AB.CD\n\nor\n\n    01234567\n\nor\n\n    \
                    7XK2-9QFM-0RTA-V3HE\n\nRequest KX\n";
        let mail = Mail::read(subject, text).unwrap();
        assert_eq!((mail.mark.as_str(), mail.short.as_str()), ("KX", "01234567"));
        assert_eq!(mail.link.as_deref(), Some("AB.CD"));
        assert!(mail.fits("7XK2-9QFM-0RTA-V3HE") && mail.fits("AB.CD") && !mail.fits("AB"));
        let bare = Mail::read("Code (KX, 1)", "    0123\n").unwrap();
        assert_eq!((bare.link, bare.long), (None, None));
    }
}
