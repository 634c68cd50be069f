//! The records of one invocation.
//!
//! Each record is parsed by itself: `aws_lambda_events` parses a batch as a whole, so one malformed
//! record would hold up the others.

use std::collections::BTreeMap;
use std::time::Duration;

use lifeguard_sign_in::row::RowKey;
use lifeguard_store::stream::{self, PendingMessage};
use serde_json::{Value, json};
use thiserror::Error;

use crate::delivery_error::DeliveryError;

/// Rejection of an event that no stream sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the event does not come from a stream")]
pub(crate) struct NotAStream;

/// A pending message, and the record that announces it.
#[derive(Debug)]
pub(crate) struct Record {
    /// The record's sequence number.
    pub(crate) id: String,
    /// Time at which the row was written, in seconds since 1970.
    pub(crate) written: u64,
    pub(crate) message: PendingMessage,
}

/// A record that cannot be parsed.
#[derive(Debug)]
pub(crate) struct UnreadableRecord {
    /// The record's sequence number.
    pub(crate) id: String,
    /// Time at which the row was written, in seconds since 1970.
    pub(crate) written: u64,
    pub(crate) error: DeliveryError,
}

/// The messages of one invocation.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Messages by row, those of one row in the order of the stream.
    pub(crate) rows: BTreeMap<RowKey, Vec<Record>>,
    /// Records that cannot be parsed.
    pub(crate) unreadable: Vec<UnreadableRecord>,
}

impl Batch {
    /// Parses an event; records without an outbox note are left out.
    pub(crate) fn parse(event: &Value) -> Result<Self, NotAStream> {
        let records = event.get("Records").and_then(Value::as_array);
        let mut batch = Self::default();
        for record in records.ok_or(NotAStream)? {
            let id = record
                .pointer("/dynamodb/SequenceNumber")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let written = written(record);
            let image = record.pointer("/dynamodb/NewImage").unwrap_or(&Value::Null);
            match stream::parse(image) {
                Ok(None) => {}
                Ok(Some(_)) if id.is_empty() => {
                    let error = DeliveryError::Unnumbered;
                    batch.unreadable.push(UnreadableRecord { id, written, error });
                }
                Ok(Some(message)) => {
                    let row = batch.rows.entry(message.row.clone()).or_default();
                    row.push(Record { id, written, message });
                }
                Err(fault) => {
                    let error = DeliveryError::Unreadable(fault);
                    batch.unreadable.push(UnreadableRecord { id, written, error });
                }
            }
        }
        Ok(batch)
    }
}

/// Returns the time at which a row was written, in seconds since 1970: a number with or without a
/// fraction. Without it the record counts as old.
fn written(record: &Value) -> u64 {
    let time = record.pointer("/dynamodb/ApproximateCreationDateTime");
    let seconds = time.and_then(Value::as_f64).unwrap_or_default();
    Duration::try_from_secs_f64(seconds).unwrap_or_default().as_secs()
}

/// Returns the answer that names the records which are to be delivered again.
pub(crate) fn answer<'a>(failed: impl Iterator<Item = &'a str>) -> Value {
    let failed: Vec<Value> = failed.map(|id| json!({"itemIdentifier": id})).collect();
    json!({"batchItemFailures": failed})
}

#[cfg(test)]
mod tests {
    use super::{Batch, NotAStream, answer, written};
    use serde_json::{Value, json};

    #[test]
    fn event_without_records_is_rejected() {
        for event in [json!({}), json!(null), json!({"Records": {}})] {
            assert_eq!(Batch::parse(&event).unwrap_err(), NotAStream);
        }
    }

    #[test]
    fn record_without_outbox_note_is_left_out() {
        let event = json!({"Records": [
            {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}},
            {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "x"}}}},
            17,
        ]});
        let batch = Batch::parse(&event).unwrap();
        assert!(batch.rows.is_empty() && batch.unreadable.is_empty());
    }

    #[test]
    fn time_of_record_counts_as_old_if_unreadable() {
        for (time, expected) in [
            (json!(1_800_000_000), 1_800_000_000),
            (json!(1_800_000_000.999), 1_800_000_000),
            (json!(1.8e9), 1_800_000_000),
            (json!(-1), 0),
            (json!(1e300), 0),
            (json!("1800000000"), 0),
            (Value::Null, 0),
        ] {
            let record = json!({"dynamodb": {"ApproximateCreationDateTime": time}});
            assert_eq!(written(&record), expected, "{time}");
        }
        assert_eq!(written(&json!(17)), 0);
    }

    #[test]
    fn failed_records_are_named_as_lambda_expects() {
        assert_eq!(answer([].into_iter()), json!({"batchItemFailures": []}));
        assert_eq!(
            answer(["7"].into_iter()),
            json!({"batchItemFailures": [{"itemIdentifier": "7"}]})
        );
    }
}
