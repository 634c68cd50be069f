//! The records of one invocation.
//!
//! They are read by hand and one by one: `aws_lambda_events` reads a batch as a whole, so one
//! malformed record would hold up the others.

use std::collections::BTreeMap;

use lifeguard_sign_in::row::RowKey;
use lifeguard_store::stream::{self, PendingMessage};
use serde_json::{Value, json};
use thiserror::Error;

use crate::trouble::Trouble;

/// An event that no stream sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the event is not one of a stream")]
pub(crate) struct NotAStream;

/// A message that is due, and the record that says so.
#[derive(Debug)]
pub(crate) struct Record {
    /// The record's sequence number.
    pub(crate) id: String,
    pub(crate) due: PendingMessage,
}

/// The messages of one invocation.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// By row, each row's in the order of the stream.
    pub(crate) rows: BTreeMap<RowKey, Vec<Record>>,
    /// Records that cannot be read, by sequence number.
    pub(crate) unreadable: Vec<(String, Trouble)>,
}

impl Batch {
    /// Reads an event; records without an outbox note are left out.
    pub(crate) fn read(event: &Value) -> Result<Self, NotAStream> {
        let records = event.get("Records").and_then(Value::as_array);
        let mut batch = Self::default();
        for record in records.ok_or(NotAStream)? {
            let id = record
                .pointer("/dynamodb/SequenceNumber")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let image = record.pointer("/dynamodb/NewImage").unwrap_or(&Value::Null);
            match stream::parse(image) {
                Ok(None) => {}
                Ok(Some(_)) if id.is_empty() => {
                    batch.unreadable.push((id, Trouble::Unnumbered));
                }
                Ok(Some(due)) => {
                    let row = batch.rows.entry(due.row.clone()).or_default();
                    row.push(Record { id, due });
                }
                Err(fault) => batch.unreadable.push((id, Trouble::Unreadable(fault))),
            }
        }
        Ok(batch)
    }
}

/// The answer that names the records which are to be delivered again.
pub(crate) fn answer(failed: &[String]) -> Value {
    let failed: Vec<Value> = failed.iter().map(|id| json!({"itemIdentifier": id})).collect();
    json!({"batchItemFailures": failed})
}

#[cfg(test)]
mod tests {
    use super::{Batch, NotAStream, answer};
    use serde_json::json;

    #[test]
    fn an_event_without_records_is_none_of_a_stream() {
        for event in [json!({}), json!(null), json!({"Records": {}})] {
            assert_eq!(Batch::read(&event).unwrap_err(), NotAStream);
        }
    }

    #[test]
    fn records_that_ask_for_no_message_are_left_out() {
        let event = json!({"Records": [
            {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}},
            {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "x"}}}},
            17,
        ]});
        let batch = Batch::read(&event).unwrap();
        assert!(batch.rows.is_empty() && batch.unreadable.is_empty());
    }

    #[test]
    fn what_has_failed_is_named_as_lambda_reads_it() {
        assert_eq!(answer(&[]), json!({"batchItemFailures": []}));
        assert_eq!(
            answer(&["7".to_owned()]),
            json!({"batchItemFailures": [{"itemIdentifier": "7"}]})
        );
    }
}
