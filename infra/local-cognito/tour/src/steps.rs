//! Steps of the tour, each held against its plan.

use std::time::Instant;

use crate::client::{Client, Marks};
use crate::plan::{Happens, Plan, with_sign_in};
use crate::report::{Finding, Report};
use crate::seen::Seen;

/// The tour under way.
pub(crate) struct Tour {
    pub(crate) client: Client,
    pub(crate) report: Report,
}

/// A step that did not go as expected; the report says how.
pub(crate) struct Stopped;

impl Tour {
    /// Takes one step and compares what happened with what was said.
    pub(crate) async fn step<T>(
        &mut self,
        plan: Plan<'_>,
        action: impl AsyncFnOnce(&Client) -> anyhow::Result<T>,
    ) -> Result<T, Stopped> {
        let marks = self.client.marks().await;
        let lines = marks.as_ref().map_or(0, |marks| marks.lines);
        let started = Instant::now();
        let outcome = action(&self.client).await;
        let millis = started.elapsed().as_millis();
        let events = match marks {
            Ok(Marks { events, .. }) => self.client.events_after(events).await,
            Err(error) => Err(error),
        };
        let (events, unread) = match events {
            Ok(events) => (events, None),
            Err(error) => (Vec::new(), Some(format!("the journal cannot be read: {error:#}"))),
        };
        let mut seen = Seen::from_events(&events);
        let after = self.client.after_sign_in();
        let problem = match (&outcome, &plan.happens) {
            (Err(error), _) => Some(format!("{error:#}")),
            (Ok(_), _) if unread.is_some() => unread,
            (Ok(_), Happens::InTurn { triggers, .. })
                if seen.triggers != with_sign_in(triggers, &after.triggers) =>
            {
                Some("other triggers fired".to_owned())
            }
            (Ok(_), Happens::InTurn { aws_calls, .. })
                if seen.aws_calls != with_sign_in(aws_calls, &after.aws_calls) =>
            {
                Some("other AWS calls were made".to_owned())
            }
            (Ok(_), _) => None,
        };
        if matches!(plan.happens, Happens::AtOnce) {
            seen = seen.counted();
        }
        let stopped = problem.is_some();
        self.report.add(&Finding {
            step: plan.name,
            expected: plan.expected,
            problem,
            triggers: &seen.triggers,
            aws_calls: &seen.aws_calls,
            cold_extras: &seen.cold_extras,
            millis,
        });
        if stopped {
            self.show_logs(lines).await;
        }
        outcome.ok().filter(|_| !stopped).ok_or(Stopped)
    }
    /// Prints what the functions wrote from a line on.
    async fn show_logs(&self, from: usize) {
        match self.client.log_lines_after(from).await {
            Ok(lines) => {
                lines.iter().for_each(|line| eprintln!("      [{}] {}", line.function, line.text));
            }
            Err(error) => eprintln!("      the logs cannot be read: {error:#}"),
        }
    }
}
