//! The way of records from the stream to the lanes of the deliveries.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use super::delivery::Delivery;
use super::progress::Progress;
use super::source::{Source, TARGET};
use super::state::Stream;
use crate::database::{CHALLENGES, PAGE, StreamReader};
use crate::retention::stored_number;
use local_cognito_aws_emulation::clock::Clock;

/// The longest that a record goes unseen if nothing announces it.
const INTERVAL: Duration = Duration::from_millis(250);

/// Reads the stream and feeds the function until the sender behind `stop` is dropped.
pub async fn pump(
    stream: Stream,
    mut reader: StreamReader,
    source: Source,
    mut stop: watch::Receiver<()>,
) {
    let progress = Progress::default();
    let lanes = open_lanes(&stream, &source, &progress, &stop);
    let mut intake = Intake { source, progress, lanes, catches_up: true };
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = stream.written() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
        while intake.take_logged(&mut reader) {
            // Deliveries and clients have their turn between two pages, and a stop is seen.
            tokio::task::yield_now().await;
            if stop.has_changed().unwrap_or(true) {
                return;
            }
        }
    }
}

/// The way from the stream to the lanes.
struct Intake {
    source: Source,
    progress: Progress,
    lanes: Vec<mpsc::UnboundedSender<Value>>,
    /// True until all is read that was written before the start, by a local Cognito of the same
    /// folder.
    catches_up: bool,
}

impl Intake {
    /// Takes a page and returns true if there may be another one; a failure is logged.
    fn take_logged(&mut self, reader: &mut StreamReader) -> bool {
        self.take(reader).unwrap_or_else(|error| {
            self.source.logs.write(TARGET, &format!("the stream cannot be read: {error}"));
            false
        })
    }

    /// Reads a page of the stream, and deletes what is done; returns true if there may be another
    /// page.
    fn take(&mut self, reader: &mut StreamReader) -> anyhow::Result<bool> {
        let records = reader.read()?;
        let is_last = records.len() < PAGE;
        records.into_iter().for_each(|record| self.take_record(record));
        self.catches_up &= !is_last;
        self.progress.take_deletable().map_or(Ok(()), |up_to| reader.delete(up_to))?;
        Ok(!is_last)
    }

    fn take_record(&self, record: Value) {
        let Source { region, clock, mapping, .. } = &self.source;
        let number = number(&record);
        number.into_iter().for_each(|number| self.progress.begin(number));
        let is_due = !self.catches_up || is_recent(&record, mapping.record_age, clock);
        if is_due && asks_for_a_message(&record) {
            hand_over(&self.lanes, in_lambda_shape(record, region, clock));
        } else {
            self.progress.finish(number.as_slice());
        }
    }
}

/// Opens a lane for each batch that is under way at once.
fn open_lanes(
    stream: &Stream,
    source: &Source,
    progress: &Progress,
    stop: &watch::Receiver<()>,
) -> Vec<mpsc::UnboundedSender<Value>> {
    let batch_size = source.mapping.batch_size;
    std::iter::repeat_with(|| {
        let (sender, records) = mpsc::unbounded_channel();
        let delivery = Delivery::new(stream.clone(), source.clone());
        let (progress, mut stop) = (progress.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                () = run_lane(records, batch_size, delivery, progress) => {}
            }
        });
        sender
    })
    .take(source.mapping.parallelization_factor)
    .collect()
}

async fn run_lane(
    mut records: mpsc::UnboundedReceiver<Value>,
    batch_size: usize,
    delivery: Delivery,
    progress: Progress,
) {
    let mut batch = Vec::new();
    while records.recv_many(&mut batch, batch_size).await > 0 {
        let numbers: Vec<u64> = batch.iter().filter_map(number).collect();
        delivery.deliver(std::mem::take(&mut batch)).await;
        progress.finish(&numbers);
    }
}

/// Returns the number of a record in the engine.
fn number(record: &Value) -> Option<u64> {
    record.pointer("/dynamodb/SequenceNumber")?.as_str().and_then(stored_number)
}

fn hand_over(lanes: &[mpsc::UnboundedSender<Value>], record: Value) {
    let mut hasher = DefaultHasher::new();
    record.pointer("/dynamodb/Keys").map(Value::to_string).hash(&mut hasher);
    let hash = usize::try_from(hasher.finish() % 1_000_000).unwrap_or_default();
    if let Some(lane) = hash.checked_rem(lanes.len()).and_then(|lane| lanes.get(lane)) {
        // A lane ends only when the local Cognito stops.
        drop(lane.send(record));
    }
}

/// The filter of the mapping: `dynamodb.NewImage.out.S` exists.
fn asks_for_a_message(record: &Value) -> bool {
    record.pointer("/dynamodb/NewImage/out/S").is_some()
}

/// True for a record that a mapping still delivers: the mapping that ran before the start has
/// delivered older ones or given them up.
fn is_recent(record: &Value, record_age: Option<Duration>, clock: &Clock) -> bool {
    let written = record.pointer("/dynamodb/ApproximateCreationDateTime").and_then(Value::as_f64);
    let written = written.and_then(|time| Duration::try_from_secs_f64(time).ok());
    let written = written.unwrap_or_default();
    let age = Duration::from_millis(clock.now_millis()).saturating_sub(written);
    record_age.is_none_or(|limit| age <= limit)
}

/// The record with the local Cognito's region and the source's name, which the engine leaves to us,
/// and a time of its clock, which an engine with a file does not know.
fn in_lambda_shape(record: Value, region: &str, clock: &Clock) -> Value {
    let Value::Object(mut fields) = record else {
        return record;
    };
    if let Some(Value::Object(change)) = fields.get_mut("dynamodb") {
        change.insert("ApproximateCreationDateTime".to_owned(), clock.now().into());
    }
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
    use std::time::Duration;

    use serde_json::{Value, json};
    use tokio::sync::mpsc;

    use super::{asks_for_a_message, hand_over, in_lambda_shape, is_recent};
    use local_cognito_aws_emulation::clock::Clock;

    #[test]
    fn only_records_with_an_outbox_pass_the_filter() {
        let with = |image| json!({"eventName": "MODIFY", "dynamodb": {"NewImage": image}});
        assert!(asks_for_a_message(&with(json!({"out": {"S": "{}"}}))));
        assert!(!asks_for_a_message(&with(json!({"out": {"N": "1"}}))));
        assert!(!asks_for_a_message(&with(json!({"seq": {"N": "1"}}))));
        assert!(!asks_for_a_message(&json!({"eventName": "REMOVE", "dynamodb": {}})));
    }

    #[test]
    fn record_names_region_and_time_of_the_local_cognito() {
        let clock = Clock::default();
        clock.advance(Duration::from_secs(86_400));
        let record = json!({"awsRegion": "dynoxide", "dynamodb": {"SizeBytes": 1}});
        let record = in_lambda_shape(record, "eu-west-1", &clock);
        assert_eq!(record["awsRegion"], "eu-west-1");
        let written = record["dynamodb"]["ApproximateCreationDateTime"].as_u64().unwrap();
        assert!(written + 1 >= clock.now(), "{record}");
        let arn = record["eventSourceARN"].as_str().unwrap();
        assert!(arn.starts_with("arn:aws:dynamodb:eu-west-1:"), "{arn}");
    }

    #[test]
    fn old_record_is_not_delivered_at_a_start() {
        let (clock, limit) = (Clock::default(), Some(Duration::from_secs(300)));
        let written = |age: f64| {
            let now = Duration::from_millis(clock.now_millis()).as_secs_f64();
            json!({"dynamodb": {"ApproximateCreationDateTime": now - age}})
        };
        for (record, limit, recent) in [
            (written(0.0), limit, true),
            (written(-5.0), limit, true),
            (written(290.0), limit, true),
            (written(310.0), limit, false),
            (written(310.0), None, true),
            (json!({"dynamodb": {}}), limit, false),
        ] {
            assert_eq!(is_recent(&record, limit, &clock), recent, "{record}");
        }
    }

    #[test]
    fn records_of_one_key_take_one_lane() {
        let (lanes, mut receivers): (Vec<_>, Vec<_>) =
            (0..2).map(|_| mpsc::unbounded_channel::<Value>()).unzip();
        for number in 0..40 {
            let key = format!("row-{}", number % 8);
            hand_over(&lanes, json!({"dynamodb": {"Keys": {"pk": {"S": key}}, "number": number}}));
        }
        let mut seen = 0;
        let mut keys = Vec::new();
        for receiver in &mut receivers {
            let (mut own, mut last) = (Vec::new(), -1);
            while let Ok(record) = receiver.try_recv() {
                let number = record["dynamodb"]["number"].as_i64().unwrap();
                assert!(number > last, "in the order of the stream");
                (last, seen) = (number, seen + 1);
                own.push(record["dynamodb"]["Keys"].to_string());
            }
            own.sort();
            own.dedup();
            assert!(own.iter().all(|key| !keys.contains(key)), "a key in two lanes");
            keys.extend(own);
        }
        assert_eq!((seen, keys.len()), (40, 8));
    }
}
