//! Outcomes that count in metrics.

use lifeguard_runtime::{Dimension, Metric};

const BY_OUTCOME: &[&[Dimension]] = &[&[], &[Dimension::Outcome]];

/// Metric of registrations and recoveries that were asked for.
pub const ASKED: [Metric; 1] = [Metric { name: "AccountMails", by: BY_OUTCOME }];

/// Metric of registrations and recoveries that were completed.
pub const COMPLETED: [Metric; 1] = [Metric { name: "AccountMailsAnswered", by: BY_OUTCOME }];

/// Returns the metrics that a response with this outcome counts in.
pub(crate) fn metrics(outcome: &str) -> &'static [Metric] {
    match outcome {
        "registration" | "recovery" => &ASKED,
        "confirmed" | "recovered" => &COMPLETED,
        _ => &[],
    }
}
