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

#[cfg(test)]
mod tests {
    use super::{ASKED, COMPLETED, metrics};

    #[test]
    fn registrations_and_recoveries_count_and_nothing_else() {
        for outcome in ["registration", "recovery"] {
            assert_eq!(metrics(outcome), ASKED);
        }
        for outcome in ["confirmed", "recovered"] {
            assert_eq!(metrics(outcome), COMPLETED);
        }
        for outcome in ["", "refused", "fault", "code-required", "signed-in"] {
            assert!(metrics(outcome).is_empty(), "{outcome}");
        }
    }
}
