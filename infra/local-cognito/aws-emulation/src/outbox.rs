//! Messages that were sent: by the pool itself and through the stand-in mail service.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

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

/// An append-only list of messages; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<Vec<Message>>>);

impl Outbox {
    /// Adds a message.
    pub fn put(&self, message: Message) {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(message);
    }

    /// All messages, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Message> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The messages to one receiver, oldest first.
    #[must_use]
    pub fn to(&self, receiver: &str) -> Vec<Message> {
        self.all().into_iter().filter(|message| message.to == receiver).collect()
    }
}
