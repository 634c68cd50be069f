//! The table's stream: records of one row are offered in order until they are delivered or too old.

use std::collections::VecDeque;

use serde_json::{Value, json};

/// Age at which a record is given up (`MaximumRecordAgeInSeconds`).
const RECORD_LIFE: u64 = 300;

/// A record that waits for its delivery.
#[derive(Clone, Debug)]
pub struct StreamRecord {
    /// The number of the challenge that the message is about.
    pub number: u32,
    /// Time of the write.
    pub written: u64,
    /// The mail service throttles the mail until then.
    pub throttled_until: u64,
    /// An injected fault has hit a delivery, so the mail may be lost.
    pub disturbed: bool,
    /// True if a mail belongs to the challenge.
    pub has_mail: bool,
    event: Value,
}

impl StreamRecord {
    /// Creates the record of a written row.
    #[must_use]
    pub fn new(number: u32, written: u64, throttled_until: u64, image: Value) -> Self {
        let mut event = json!({
            "eventID": "simulated", "eventName": "MODIFY", "eventVersion": "1.1",
            "eventSource": "aws:dynamodb", "awsRegion": "eu-west-1",
            "dynamodb": {
                "ApproximateCreationDateTime": written,
                "SequenceNumber": number.to_string(), "SizeBytes": 700,
                "StreamViewType": "NEW_IMAGE",
            },
        });
        event["dynamodb"]["NewImage"] = image;
        Self { number, written, throttled_until, disturbed: false, has_mail: true, event }
    }

    /// Creates the record of a written row with a challenge that has no mail.
    #[must_use]
    pub fn without_mail(number: u32, written: u64, image: Value) -> Self {
        Self { has_mail: false, ..Self::new(number, written, written, image) }
    }

    /// True if the stream offers it no more.
    #[must_use]
    pub fn is_too_old(&self, now: u64) -> bool {
        self.written + RECORD_LIFE <= now
    }
}

/// The records of one row.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// The records, in order.
    pub records: VecDeque<StreamRecord>,
    /// Time of the next invocation, if there is a record.
    pub due: u64,
}

impl Queue {
    /// Adds a record; the stream needs `latency` seconds for it, or until the invocation ends that
    /// is waiting with an older one.
    pub fn push(&mut self, record: StreamRecord, latency: u64) {
        if self.records.is_empty() {
            self.due = record.written + latency;
        }
        self.records.push_back(record);
    }

    /// Time of the next invocation.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        (!self.records.is_empty()).then_some(self.due)
    }

    /// Returns the number of records of the next invocation: all that are throttled, or the oldest.
    #[must_use]
    pub fn batch(&self, now: u64) -> usize {
        self.records.iter().take_while(|record| now < record.throttled_until).count().max(1)
    }

    /// The event of an invocation with the oldest `size` records.
    #[must_use]
    pub fn event(&self, size: usize) -> Value {
        let records = self.records.iter().take(size).map(|record| record.event.clone());
        let records = Value::Array(records.collect());
        Value::Object([("Records".to_owned(), records)].into_iter().collect())
    }
}
