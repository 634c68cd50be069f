//! Mails to one address, as the documented steps between them allow.

use std::time::Duration;

use anyhow::ensure;

use crate::client::Client;

/// Mails to one address within a day, by a time that the tour counts.
pub(crate) struct Mailings {
    address: &'static str,
    received: usize,
    /// Times of the mails that no sign-in has answered, the oldest first.
    unanswered: Vec<Duration>,
    /// True from a sign-in until the next mail.
    answered: bool,
}

impl Mailings {
    /// Returns the mails to an address that has received some of another kind before.
    pub(crate) fn new(address: &'static str, received: usize) -> Self {
        Self { address, received, unanswered: Vec::new(), answered: false }
    }

    pub(crate) fn address(&self) -> &'static str {
        self.address
    }

    pub(crate) fn received(&self) -> usize {
        self.received
    }

    pub(crate) fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    /// Waits for the mail of a request at `now` if one is due; fails if one came before its time.
    pub(crate) async fn expect(&mut self, client: &Client, now: Duration) -> anyhow::Result<()> {
        let last = self.unanswered.last();
        let is_due = last.is_none_or(|last| now >= *last + gap(self.unanswered.len()));
        if is_due || self.answered {
            self.received += 1;
            client.code_of_mail(self.address, self.received).await?;
            self.unanswered.push(now);
            self.answered = false;
        }
        let mails = client.mails_to(self.address).await?;
        ensure!(mails == self.received, "{mails} mails, and not {}", self.received);
        Ok(())
    }

    /// Takes one mail off, which a sign-in has answered.
    pub(crate) fn answered(&mut self) {
        self.unanswered.pop();
        self.answered = true;
    }

    /// The short code of the newest mail.
    pub(crate) async fn code(&self, client: &Client) -> anyhow::Result<String> {
        client.code_of_mail(self.address, self.received).await
    }

    /// The long code of the newest mail.
    pub(crate) async fn long_code(&self, client: &Client) -> anyhow::Result<String> {
        client.long_code_of_mail(self.address, self.received).await
    }
}

/// Least time between the newest of so many unanswered mails and the next one.
fn gap(unanswered: usize) -> Duration {
    Duration::from_secs(match unanswered {
        0 => 0,
        1 => 30,
        2..=5 => 5 * 60,
        6..=9 => 20 * 60,
        _ => 60 * 60,
    })
}

#[cfg(test)]
mod tests {
    use super::gap;

    #[test]
    fn gaps_follow_the_documented_steps() {
        let gaps = [0, 1, 2, 5, 6, 9, 10, 15].map(|mails| gap(mails).as_secs());
        assert_eq!(gaps, [0, 30, 300, 300, 1_200, 1_200, 3_600, 3_600]);
    }
}
