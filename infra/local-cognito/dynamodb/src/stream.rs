//! The event source mapping from the stream of challenges to `deliver-message`.
//!
//! Records are filtered, spread over lanes by their key, so that the order per item is kept, and
//! delivered in batches. Of a batch that fails in part, only the part from its first failure on
//! is tried again; a batch that fails as a whole is cut in two; what failed three times goes to
//! the dead letters.

mod delivery;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::{Notify, mpsc, watch};

use self::delivery::Delivery;
use crate::StreamReader;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_aws_emulation::logs::Logs;

/// The function that the stream feeds.
pub const TARGET: &str = "deliver-message";
/// The most records of one invocation.
const BATCH: usize = 10;
/// How many batches are under way at once, like `ParallelizationFactor`.
const LANES: usize = 10;
/// How long a record may go unseen if nothing announces it.
const INTERVAL: Duration = Duration::from_millis(250);

/// A record that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The record as the function got it.
    pub record: Value,
    /// What happened at the last try.
    pub reason: String,
}

/// What a host and its tests see and set of the stream; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Stream(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    written: Notify,
    duplicates: AtomicBool,
    dead: Mutex<Vec<DeadLetter>>,
}

impl Stream {
    /// The records that were given up, oldest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.0.dead.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on every batch that succeeds is delivered once more, as streams may do.
    pub fn deliver_twice(&self) {
        self.0.duplicates.store(true, Ordering::SeqCst);
    }

    /// Announces that a table may have changed.
    pub fn announce(&self) {
        self.0.written.notify_one();
    }

    fn delivers_twice(&self) -> bool {
        self.0.duplicates.load(Ordering::SeqCst)
    }

    fn bury(&self, record: Value, reason: &str) {
        self.0
            .dead
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(DeadLetter { record, reason: reason.to_owned() });
    }

    /// Reads the stream and feeds the function until the sender behind `stop` is dropped.
    pub async fn pump(
        self,
        mut reader: StreamReader,
        source: Source,
        mut stop: watch::Receiver<()>,
    ) {
        let region = source.region.clone();
        let logs = source.logs.clone();
        let lanes = self.open_lanes(&source, &stop);
        loop {
            tokio::select! {
                _ = stop.changed() => return,
                () = self.0.written.notified() => {}
                () = tokio::time::sleep(INTERVAL) => {}
            }
            match reader.read() {
                Ok(records) => records
                    .into_iter()
                    .filter(asks_for_a_message)
                    .map(|record| in_lambda_shape(record, &region))
                    .for_each(|record| hand_over(&lanes, record)),
                Err(error) => logs.write(TARGET, &format!("the stream cannot be read: {error}")),
            }
        }
    }

    fn open_lanes(
        &self,
        source: &Source,
        stop: &watch::Receiver<()>,
    ) -> Vec<mpsc::UnboundedSender<Value>> {
        std::iter::repeat_with(|| {
            let (sender, records) = mpsc::unbounded_channel();
            let delivery = Delivery::new(self.clone(), source.clone());
            let mut stop = stop.clone();
            tokio::spawn(async move {
                tokio::select! {
                    _ = stop.changed() => {}
                    () = run_lane(records, delivery) => {}
                }
            });
            sender
        })
        .take(LANES)
        .collect()
    }
}

/// What a delivery needs from the host.
#[derive(Clone)]
pub struct Source {
    /// Functions, of which one takes the records.
    pub functions: Functions,
    /// Journal that invocations are recorded in.
    pub journal: Journal,
    /// Logs that faults are written to.
    pub logs: Logs,
    /// Region of the records.
    pub region: String,
}

async fn run_lane(mut records: mpsc::UnboundedReceiver<Value>, delivery: Delivery) {
    let mut batch = Vec::with_capacity(BATCH);
    while records.recv_many(&mut batch, BATCH).await > 0 {
        delivery.deliver(std::mem::take(&mut batch)).await;
    }
}

fn hand_over(lanes: &[mpsc::UnboundedSender<Value>], record: Value) {
    let mut hasher = DefaultHasher::new();
    record.pointer("/dynamodb/Keys").map(Value::to_string).hash(&mut hasher);
    let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or_default();
    if let Some(lane) = lanes.get(lane) {
        // A lane ends only when the host stops.
        drop(lane.send(record));
    }
}

/// The filter of the mapping: `dynamodb.NewImage.out.S` exists.
fn asks_for_a_message(record: &Value) -> bool {
    record.pointer("/dynamodb/NewImage/out/S").is_some()
}

/// The record with the host's region and the source's name, which the engine leaves to us.
fn in_lambda_shape(record: Value, region: &str) -> Value {
    let Value::Object(mut fields) = record else {
        return record;
    };
    let arn = format!(
        "arn:aws:dynamodb:{region}:000000000000:table/{}/stream/2026-01-01T00:00:00.000",
        crate::CHALLENGES
    );
    let ours: Map<String, Value> = [("awsRegion", region), ("eventSourceARN", arn.as_str())]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    fields.extend(ours);
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{asks_for_a_message, in_lambda_shape};

    #[test]
    fn only_records_with_an_outbox_pass_the_filter() {
        let with = |image| json!({"eventName": "MODIFY", "dynamodb": {"NewImage": image}});
        assert!(asks_for_a_message(&with(json!({"out": {"S": "{}"}}))));
        assert!(!asks_for_a_message(&with(json!({"out": {"N": "1"}}))));
        assert!(!asks_for_a_message(&with(json!({"seq": {"N": "1"}}))));
        assert!(!asks_for_a_message(&json!({"eventName": "REMOVE", "dynamodb": {}})));
    }

    #[test]
    fn a_record_names_the_region_of_the_host() {
        let record = in_lambda_shape(json!({"awsRegion": "dynoxide"}), "eu-west-1");
        assert_eq!(record["awsRegion"], "eu-west-1");
        let arn = record["eventSourceARN"].as_str().unwrap();
        assert!(arn.starts_with("arn:aws:dynamodb:eu-west-1:"), "{arn}");
    }
}
