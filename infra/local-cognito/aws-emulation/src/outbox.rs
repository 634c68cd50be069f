//! Messages that were sent: by the pool itself and through the stand-in mail service.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::ring::Ring;

/// The most messages that are kept; older ones are forgotten.
pub const MOST_MESSAGES: usize = 2_000;

/// One message, as its receiver sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Sender: `cognito` or `ses`.
    pub sender: String,
    /// The one receiver: an e-mail address or a phone number.
    pub to: String,
    /// The subject; empty for an SMS.
    pub subject: String,
    /// The plain-text body.
    pub text: String,
    /// The HTML body, where there is one.
    pub html: Option<String>,
    /// Time of sending, in milliseconds since 1970.
    pub at: u64,
}

/// The newest messages and the number of all; cloning shares them.
#[derive(Clone, Debug)]
pub struct Outbox(Arc<Mutex<Ring<Message>>>);

impl Default for Outbox {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Ring::new(MOST_MESSAGES))))
    }
}

impl Outbox {
    /// Adds a message.
    pub fn put(&self, message: Message) {
        self.kept().push(message);
    }

    /// The messages that are kept, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Message> {
        self.kept().iter().cloned().collect()
    }

    /// The messages to one receiver that are kept, oldest first.
    #[must_use]
    pub fn to(&self, receiver: &str) -> Vec<Message> {
        self.kept().iter().filter(|message| message.to == receiver).cloned().collect()
    }

    /// Returns the newest message to one receiver, with its number from 1 among all messages.
    #[must_use]
    pub fn newest_to(&self, receiver: &str) -> Option<(usize, Message)> {
        let kept = self.kept();
        let newest = kept.iter().rev().zip(0..).find(|(message, _)| message.to == receiver);
        newest.map(|(message, later)| (kept.added() - later, message.clone()))
    }

    /// Returns the newest messages after the first `mark` of all, at most `most` of them, oldest
    /// first, each with its number from 1.
    #[must_use]
    pub fn newest_since(&self, mark: usize, most: usize) -> Vec<(usize, Message)> {
        let kept = self.kept();
        let newest = kept.newest_since(mark, most);
        newest.map(|(number, message)| (number, message.clone())).collect()
    }

    fn kept(&self) -> MutexGuard<'_, Ring<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_MESSAGES, Message, Outbox};

    #[test]
    fn full_outbox_forgets_the_oldest_and_keeps_numbers() {
        let outbox = Outbox::default();
        let last = MOST_MESSAGES + 2;
        for number in 1..=last {
            outbox.put(Message {
                sender: "ses".to_owned(),
                to: format!("{}@example.net", number % 2),
                subject: String::new(),
                text: number.to_string(),
                html: None,
                at: 0,
            });
        }
        assert_eq!(outbox.all().len(), MOST_MESSAGES);
        assert_eq!(outbox.to("0@example.net").len(), MOST_MESSAGES / 2);
        assert_eq!(outbox.all()[0].text, "3");
        for (number, message) in outbox.newest_since(last - 2, 9) {
            assert_eq!(message.text, number.to_string());
        }
        assert_eq!(outbox.newest_since(0, usize::MAX).len(), MOST_MESSAGES);
        assert_eq!(outbox.newest_since(last, 9), []);
        let (number, message) = outbox.newest_to("1@example.net").unwrap();
        assert_eq!((number, message.text), (last - 1, (last - 1).to_string()));
        assert_eq!(outbox.newest_to("2@example.net"), None);
    }
}
