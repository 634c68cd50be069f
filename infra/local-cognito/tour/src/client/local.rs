//! Routes below `/_local`: events, logs, messages and the clock.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::connection::Client;

/// An entry of the journal.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Event {
    /// A function was invoked.
    Invoked {
        function: String,
        /// Empty for events that carry none.
        trigger_source: String,
        event: Value,
        answer: Value,
        /// Null unless the invocation failed.
        error: Option<String>,
    },
    /// A function called an AWS service.
    Called { function: String, service: String, action: String },
}

/// A line that a function wrote.
#[derive(Deserialize)]
pub(crate) struct LogLine {
    pub(crate) function: String,
    pub(crate) text: String,
}

/// A message that was sent.
#[derive(Deserialize)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) text: String,
}

/// Numbers of the newest event and the newest log line.
pub(crate) struct Marks {
    pub(crate) events: usize,
    pub(crate) lines: usize,
}

#[derive(Deserialize)]
struct Numbered {
    number: usize,
}

impl Client {
    /// Returns the marks after which the next events and log lines come.
    pub(crate) async fn marks(&self) -> anyhow::Result<Marks> {
        Ok(Marks {
            events: self.newest_number("_local/events").await?,
            lines: self.newest_number("_local/logs").await?,
        })
    }

    /// Returns the events after a mark.
    pub(crate) async fn events_after(&self, mark: usize) -> anyhow::Result<Vec<Event>> {
        self.list(&format!("_local/events?after={mark}")).await
    }

    /// Returns the lines that functions wrote after a mark.
    pub(crate) async fn log_lines_after(&self, mark: usize) -> anyhow::Result<Vec<LogLine>> {
        self.list(&format!("_local/logs?after={mark}")).await
    }

    /// Returns every message that was sent.
    pub(crate) async fn outbox(&self) -> anyhow::Result<Vec<Mail>> {
        self.list("_local/outbox").await
    }

    /// Returns the messages to an address.
    pub(super) async fn mails(&self, address: &str) -> anyhow::Result<Vec<Mail>> {
        let mails = self.outbox().await?;
        Ok(mails.into_iter().filter(|mail| mail.to == address).collect())
    }

    /// Moves the clock of the local Cognito forward.
    pub(crate) async fn advance_clock(&self, by: Duration) -> anyhow::Result<()> {
        let body = json!({"advance_seconds": by.as_secs()});
        let answer = self.http.post(self.route("_local/clock")).json(&body).send().await?;
        ensure!(answer.status().is_success(), "the clock answers {}", answer.status());
        Ok(())
    }

    async fn newest_number(&self, path: &str) -> anyhow::Result<usize> {
        let newest: Vec<Numbered> = self.list(&format!("{path}?newest=1")).await?;
        Ok(newest.first().map_or(0, |entry| entry.number))
    }

    async fn list<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<Vec<T>> {
        let answer = self.http.get(self.route(path)).send().await?;
        answer.json().await.with_context(|| format!("{path} cannot be read"))
    }
}
