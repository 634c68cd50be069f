//! The mailbox: messages to an address, and the codes and links in them.

use std::time::Duration;

use anyhow::Context;

use super::connection::Client;

/// The longest that a mail may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause between two looks into the mailbox.
const GLANCE: Duration = Duration::from_millis(10);

impl Client {
    /// The code of mail number `count` to an address, once it is there.
    pub(crate) async fn code_of_mail(&self, address: &str, count: usize) -> anyhow::Result<String> {
        short_code(&self.mail(address, count).await?).context("the mail holds no code")
    }

    /// The long code in mail number `count` to an address, once it is there.
    pub(crate) async fn long_code_of_mail(
        &self,
        address: &str,
        count: usize,
    ) -> anyhow::Result<String> {
        long_code(&self.mail(address, count).await?).context("the mail holds no long code")
    }

    /// The fragment of the link in mail number `count` to an address, once it is there.
    pub(crate) async fn link_of_mail(&self, address: &str, count: usize) -> anyhow::Result<String> {
        let text = self.mail(address, count).await?;
        let link = text.split_whitespace().find(|word| word.contains("://"));
        let (_, fragment) =
            link.and_then(|link| link.split_once('#')).context("it holds no link")?;
        Ok(fragment.to_owned())
    }

    /// Waits for mail number `count` to an address and returns its text.
    async fn mail(&self, address: &str, count: usize) -> anyhow::Result<String> {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let mails = self.mails(address).await?;
                if let Some(mail) = mails.get(count - 1) {
                    return Ok(mail.text.clone());
                }
                tokio::time::sleep(GLANCE).await;
            }
        });
        waited.await.context("no mail arrived")?
    }

    /// Returns the number of mails to an address.
    pub(crate) async fn mails_to(&self, address: &str) -> anyhow::Result<usize> {
        Ok(self.mails(address).await?.len())
    }
}

/// Returns the code of digits in the text of a mail.
#[must_use]
pub fn short_code(text: &str) -> Option<String> {
    let without_links = text.split_whitespace().filter(|word| !word.contains("://"));
    longest_run_of_digits(&without_links.collect::<Vec<_>>().join(" "))
}

/// Returns the longest run of at least six digits in a text.
pub(crate) fn longest_run_of_digits(text: &str) -> Option<String> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit());
    runs.max_by_key(|run| run.len()).filter(|run| run.len() >= 6).map(str::to_owned)
}

/// The long code in a text: four groups of four letters or digits.
pub(crate) fn long_code(text: &str) -> Option<String> {
    let is_group = |group: &str| {
        group.len() == 4 && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    };
    let is_code = |word: &&str| word.split('-').count() == 4 && word.split('-').all(is_group);
    text.split_whitespace().find(is_code).map(str::to_owned)
}
