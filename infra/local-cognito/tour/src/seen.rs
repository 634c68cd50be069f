//! Triggers and AWS calls of a step, as the journal has them.

use std::collections::BTreeMap;

use crate::client::Event;

/// Events of a step, without the mail delivery that goes on beside it.
pub(crate) struct Seen {
    pub(crate) triggers: Vec<String>,
    pub(crate) aws_calls: Vec<String>,
    pub(crate) cold_extras: Vec<String>,
}

/// Callers with calls that belong to no step: the mail delivery, and the tour's own client.
const BESIDE: [&str; 2] = ["deliver-message", "-"];

impl Seen {
    pub(crate) fn from_events(events: &[Event]) -> Self {
        let mut seen =
            Self { triggers: Vec::new(), aws_calls: Vec::new(), cold_extras: Vec::new() };
        for event in events {
            match event {
                Event::Invoked { trigger_source: source, .. } if !source.is_empty() => {
                    seen.triggers.push(source.clone());
                }
                Event::Called { function, service, action }
                    if !BESIDE.contains(&function.as_str()) =>
                {
                    let calls = match service.as_str() {
                        "secretsmanager" => &mut seen.cold_extras,
                        _ => &mut seen.aws_calls,
                    };
                    calls.push(format!("{function} {service}:{action}"));
                }
                Event::Invoked { .. } | Event::Called { .. } => {}
            }
        }
        seen
    }

    /// The same with equal entries counted, for steps in which much happens at once.
    pub(crate) fn counted(self) -> Self {
        let count = |entries: Vec<String>| {
            let mut counts = BTreeMap::new();
            for entry in entries {
                *counts.entry(entry).or_insert(0u32) += 1;
            }
            counts.into_iter().map(|(entry, count)| format!("{count} × {entry}")).collect()
        };
        Self {
            triggers: count(self.triggers),
            aws_calls: count(self.aws_calls),
            cold_extras: count(self.cold_extras),
        }
    }
}
