//! The way of records from the stream to the lanes of the deliveries.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use super::delivery::Delivery;
use super::source::{Source, TARGET};
use super::state::Stream;
use crate::database::{CHALLENGES, StreamReader};

/// The most records of one invocation.
const BATCH: usize = 10;
/// Number of batches that are under way at once, like `ParallelizationFactor`.
const LANES: usize = 10;
/// The longest that a record goes unseen if nothing announces it.
const INTERVAL: Duration = Duration::from_millis(250);

/// Reads the stream and feeds the function until the sender behind `stop` is dropped.
pub async fn pump(
    stream: Stream,
    mut reader: StreamReader,
    source: Source,
    mut stop: watch::Receiver<()>,
) {
    let region = source.region.clone();
    let logs = source.logs.clone();
    let lanes = open_lanes(&stream, &source, &stop);
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = stream.written() => {}
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
    stream: &Stream,
    source: &Source,
    stop: &watch::Receiver<()>,
) -> Vec<mpsc::UnboundedSender<Value>> {
    std::iter::repeat_with(|| {
        let (sender, records) = mpsc::unbounded_channel();
        let delivery = Delivery::new(stream.clone(), source.clone());
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
        // A lane ends only when the local Cognito stops.
        drop(lane.send(record));
    }
}

/// The filter of the mapping: `dynamodb.NewImage.out.S` exists.
fn asks_for_a_message(record: &Value) -> bool {
    record.pointer("/dynamodb/NewImage/out/S").is_some()
}

/// The record with the local Cognito's region and the source's name, which the engine leaves to us.
fn in_lambda_shape(record: Value, region: &str) -> Value {
    let Value::Object(mut fields) = record else {
        return record;
    };
    let arn = format!(
        "arn:aws:dynamodb:{region}:000000000000:table/{}/stream/2026-01-01T00:00:00.000",
        CHALLENGES
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
