//! Messages of the outbox, and what a test waits for.

use std::time::{Duration, Instant};

use crate::handle::TestCognito;

const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(5);

impl TestCognito {
    /// Returns the six-digit code of the newest message to a receiver.
    #[must_use]
    #[track_caller]
    pub fn code(&self, receiver: &str) -> String {
        let messages = self.outbox.to(receiver);
        code_in(&messages.last().expect("no message").text, 6)
    }

    /// Waits for the message with this number, from 1, to a receiver; returns its text.
    pub async fn mail(&self, receiver: &str, number: usize) -> String {
        let arrived = || self.outbox.to(receiver).len() >= number;
        until(&format!("message {number} to {receiver}"), arrived).await;
        self.outbox.to(receiver)[number - 1].text.clone()
    }
}

/// Waits until a condition holds; fails the test after a minute.
pub async fn until(subject: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{subject}: not within {PATIENCE:?}");
        tokio::time::sleep(GLANCE).await;
    }
}

/// Returns the code of this many digits in a text.
#[must_use]
#[track_caller]
pub fn code_in(text: &str, digits: usize) -> String {
    text.split(|sign: char| !sign.is_ascii_digit())
        .find(|run| run.len() == digits)
        .expect("no code in the message")
        .to_owned()
}
