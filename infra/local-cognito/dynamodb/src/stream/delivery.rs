//! One batch on its way to the function: tries, cuts and dead letters.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::source::{Source, TARGET};
use super::state::Stream;
use local_cognito_aws_emulation::functions::Outcome;
use local_cognito_aws_emulation::journal::Entry;

/// The time from the beginning of the first try to the second; it doubles with every further one.
/// AWS documents a back-off and no numbers of it, so this is short: a function that needs more time
/// between tries takes it itself.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest time between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest that an event source waits for a function; its own time-out ends it before.
const LONGEST_RUN: Duration = Duration::from_secs(900);

/// Delivers the batches of one lane.
pub(super) struct Delivery {
    stream: Stream,
    source: Source,
}

/// Answer of the function about a batch.
enum Verdict {
    /// Every record is done.
    Done,
    /// These records are not done; all before the first of them are.
    Partly(Vec<usize>),
    /// The whole batch failed.
    Failed(String),
}

/// Records that still have to be delivered.
#[derive(Clone)]
struct Work {
    records: Vec<Value>,
    /// Tries that failed.
    tries: u32,
    /// Outcome of the last of them.
    reason: String,
    /// Time before the next one.
    pause: Duration,
}

impl Work {
    fn new(records: Vec<Value>) -> Self {
        Self { records, tries: 0, reason: "never tried".to_owned(), pause: Duration::ZERO }
    }
}

impl Delivery {
    pub(super) fn new(stream: Stream, source: Source) -> Self {
        Self { stream, source }
    }

    /// Delivers a batch until every record is done or given up.
    pub(super) async fn deliver(&self, records: Vec<Value>) {
        let mut works = VecDeque::from([Work::new(records)]);
        while let Some(mut work) = works.pop_front() {
            tokio::time::sleep(work.pause).await;
            self.bury_old(&mut work);
            if work.records.is_empty() {
                continue;
            }
            let started = self.source.clock.now_millis();
            let verdict = self.invoke(&work.records).await;
            let took = self.source.clock.now_millis().saturating_sub(started);
            work.pause = pause(work.tries + 1).saturating_sub(Duration::from_millis(took));
            match verdict {
                Verdict::Done => {
                    if self.stream.delivers_twice() {
                        self.invoke(&work.records).await;
                    }
                }
                Verdict::Failed(_) if self.source.mapping.bisects && work.records.len() > 1 => {
                    // Cutting in two is not counted as a try.
                    work.pause = Duration::ZERO;
                    let records = work.records.split_off(work.records.len() / 2);
                    works.push_front(Work { records, ..work.clone() });
                    works.push_front(work);
                }
                Verdict::Failed(reason) => {
                    let failed = (0..work.records.len()).collect();
                    if let Some(work) = self.try_again(work, failed, &reason) {
                        works.push_front(work);
                    }
                }
                Verdict::Partly(failed) => {
                    let reason = "reported as failed by the function";
                    if let Some(work) = self.try_again(work, failed, reason) {
                        works.push_front(work);
                    }
                }
            }
        }
    }

    /// Returns what is tried again: the records from the first failed one on. Without a try left,
    /// the failed ones are given up.
    fn try_again(&self, work: Work, failed: Vec<usize>, reason: &str) -> Option<Work> {
        let tries = work.tries + 1;
        let mut records = work.records;
        if self.source.mapping.retries.is_some_and(|retries| tries > retries) {
            let records = records.into_iter().enumerate();
            let failed = records.filter(|(index, _)| failed.contains(index));
            failed.for_each(|(_, record)| self.bury(record, tries, reason));
            return None;
        }
        let first = failed.first().copied().unwrap_or_default();
        let records = records.split_off(first.min(records.len()));
        Some(Work { records, tries, reason: reason.to_owned(), pause: work.pause })
    }

    /// Gives the records up that are too old for another try.
    fn bury_old(&self, work: &mut Work) {
        let Some(limit) = self.source.mapping.record_age else { return };
        let now = self.source.clock.now();
        let records = std::mem::take(&mut work.records).into_iter();
        let (old, young): (Vec<_>, Vec<_>) = records.partition(|record| age(record, now) > limit);
        work.records = young;
        old.into_iter().for_each(|record| self.bury(record, work.tries, &work.reason));
    }

    async fn invoke(&self, records: &[Value]) -> Verdict {
        let _under_way = self.stream.delivery().await;
        let event = json!({"Records": records});
        let started = Instant::now();
        let outcome =
            self.source.functions.invoke(TARGET, event.to_string().into_bytes(), LONGEST_RUN).await;
        self.source.journal.record(Entry::Invoked {
            function: TARGET.to_owned(),
            source: String::new(),
            event,
            outcome: match &outcome {
                Outcome::Returned(answer) => Ok(serde_json::from_slice(answer).unwrap_or_default()),
                Outcome::Failed { error_message, .. } => Err(error_message.clone()),
                Outcome::CallerTimedOut => Err("timed out".to_owned()),
                Outcome::Refused(reason) => Err(reason.clone()),
            },
            millis: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        });
        verdict(outcome, records, self.source.mapping.partial_failures)
    }

    fn bury(&self, record: Value, tries: u32, reason: &str) {
        let id = sequence_number(&record).to_owned();
        let logs = &self.source.logs;
        logs.write(TARGET, &format!("record {id} given up after {tries} tries: {reason}"));
        if self.source.mapping.on_failure.is_some() {
            self.stream.bury(record, reason);
        }
    }
}

/// Returns the time between the try of this number and the next.
fn pause(tries: u32) -> Duration {
    PAUSE.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(LONGEST_PAUSE)
}

/// Returns the age of a record at `now`.
fn age(record: &Value, now: u64) -> Duration {
    let written = record.pointer("/dynamodb/ApproximateCreationDateTime").and_then(Value::as_u64);
    Duration::from_secs(now.saturating_sub(written.unwrap_or(now)))
}

/// Reads the answer. With `ReportBatchItemFailures`, nothing or an empty list means that all is
/// done, an identifier that is not in the batch means that nothing is; without, any answer means
/// that all is done.
fn verdict(outcome: Outcome, records: &[Value], partial_failures: bool) -> Verdict {
    let answer: Value = match outcome {
        Outcome::Returned(answer) => serde_json::from_slice(&answer).unwrap_or_default(),
        Outcome::Failed { error_message, .. } => return Verdict::Failed(error_message),
        Outcome::CallerTimedOut => return Verdict::Failed("timed out".to_owned()),
        Outcome::Refused(reason) => return Verdict::Failed(reason),
    };
    if !partial_failures {
        return Verdict::Done;
    }
    let reported = match answer.get("batchItemFailures") {
        None | Some(Value::Null) => return Verdict::Done,
        Some(Value::Array(reported)) if reported.is_empty() => return Verdict::Done,
        Some(Value::Array(reported)) => reported,
        Some(_) => return Verdict::Failed("batchItemFailures is not a list".to_owned()),
    };
    let positions: Option<Vec<usize>> = reported
        .iter()
        .map(|failure| {
            let id = failure.get("itemIdentifier")?.as_str()?;
            records.iter().position(|record| sequence_number(record) == id)
        })
        .collect();
    match positions {
        Some(mut positions) => {
            positions.sort_unstable();
            Verdict::Partly(positions)
        }
        None => Verdict::Failed("batchItemFailures names an unknown record".to_owned()),
    }
}

fn sequence_number(record: &Value) -> &str {
    record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{Delivery, TARGET, pause};
    use crate::stream::{Source, Stream};
    use local_cognito_aws_emulation::clock::Clock;
    use local_cognito_aws_emulation::functions::{Functions, Outcome};
    use local_cognito_aws_emulation::journal::Journal;
    use local_cognito_aws_emulation::logs::Logs;
    use local_cognito_sam_template::{EventSourceMapping, StartingPosition};

    /// A function that fails on some records, and what it was invoked with.
    struct Bench {
        delivery: Delivery,
        stream: Stream,
        logs: Logs,
        batches: Arc<Mutex<Vec<Vec<String>>>>,
    }

    /// The mapping of the template, with two further tries.
    fn mapping() -> EventSourceMapping {
        EventSourceMapping {
            function: TARGET.to_owned(),
            starting_position: StartingPosition::TrimHorizon,
            batch_size: 10,
            parallelization_factor: 2,
            partial_failures: true,
            bisects: true,
            retries: Some(2),
            record_age: None,
            on_failure: Some("arn:aws:sqs:eu-west-1:000000000000:DeadLetters".to_owned()),
        }
    }

    impl Bench {
        fn new(answer: impl Fn(&[String]) -> Outcome + Send + Sync + 'static) -> Self {
            Self::mapped(mapping(), &Clock::default(), answer)
        }

        fn mapped(
            mapping: EventSourceMapping,
            clock: &Clock,
            answer: impl Fn(&[String]) -> Outcome + Send + Sync + 'static,
        ) -> Self {
            let functions = Functions::default();
            let batches = Arc::new(Mutex::new(Vec::new()));
            let seen = Arc::clone(&batches);
            functions.script(TARGET, move |event| {
                let batch: Vec<String> = event["Records"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|record| super::sequence_number(record).to_owned())
                    .collect();
                let outcome = answer(&batch);
                seen.lock().unwrap().push(batch);
                outcome
            });
            let (stream, logs) = (Stream::default(), Logs::default());
            let source = Source {
                functions,
                journal: Journal::default(),
                logs: logs.clone(),
                region: "eu-west-1".to_owned(),
                clock: clock.clone(),
                mapping,
            };
            Self { delivery: Delivery::new(stream.clone(), source), stream, logs, batches }
        }

        async fn deliver(&self, numbers: &[&str]) -> Vec<Vec<String>> {
            let records = numbers.iter().map(|number| record(number)).collect();
            self.delivery.deliver(records).await;
            self.batches.lock().unwrap().clone()
        }

        fn dead(&self) -> Vec<String> {
            self.stream
                .dead_letters()
                .iter()
                .map(|letter| super::sequence_number(&letter.record).to_owned())
                .collect()
        }
    }

    fn record(number: &str) -> Value {
        record_of(number, Clock::default().now())
    }

    fn record_of(number: &str, written: u64) -> Value {
        let time = "ApproximateCreationDateTime";
        json!({"dynamodb": {"SequenceNumber": number, time: written}})
    }

    fn failures(numbers: &[&str]) -> Outcome {
        let failures: Vec<Value> =
            numbers.iter().map(|number| json!({"itemIdentifier": number})).collect();
        Outcome::json(&json!({"batchItemFailures": failures}))
    }

    #[tokio::test]
    async fn a_batch_that_succeeds_is_delivered_once() {
        for answer in [json!(null), json!({}), json!({"batchItemFailures": []})] {
            let bench = Bench::new(move |_| Outcome::json(&answer));
            assert_eq!(bench.deliver(&["1", "2"]).await, [["1", "2"]]);
        }
    }

    #[tokio::test]
    async fn duplicates_come_by_an_option() {
        let bench = Bench::new(|_| failures(&[]));
        bench.stream.deliver_twice();
        assert_eq!(bench.deliver(&["1"]).await, [["1"], ["1"]]);
        assert!(bench.dead().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_partial_failure_is_tried_again_from_its_first_record_on() {
        let bench = Bench::new(|batch| match batch {
            [first, ..] if first == "1" => failures(&["3", "2"]),
            _ => failures(&[]),
        });
        let batches = bench.deliver(&["1", "2", "3", "4"]).await;
        assert_eq!(batches, [vec!["1", "2", "3", "4"], vec!["2", "3", "4"]]);
        assert!(bench.dead().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn only_failing_record_is_given_up_after_its_retries() {
        let bench = Bench::new(|_| failures(&["2"]));
        let batches = bench.deliver(&["1", "2", "3"]).await;
        assert_eq!(batches, [vec!["1", "2", "3"], vec!["2", "3"], vec!["2", "3"]]);
        assert_eq!(bench.dead(), ["2"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_batch_is_cut_until_the_poisonous_record_is_alone() {
        let bench = Bench::new(poison);
        let batches = bench.deliver(&["1", "2", "3", "4"]).await;
        assert_eq!(
            batches,
            [
                vec!["1", "2", "3", "4"],
                vec!["1", "2"],
                vec!["3", "4"],
                vec!["3"],
                vec!["3"],
                vec!["3"],
                vec!["4"],
            ]
        );
        assert_eq!(bench.dead(), ["3"]);
        assert_eq!(bench.stream.dead_letters()[0].reason, "poison");
    }

    fn poison(batch: &[String]) -> Outcome {
        match batch.iter().any(|number| number == "3") {
            true => Outcome::error("poison"),
            false => failures(&[]),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn batch_without_bisection_is_given_up_whole() {
        let whole = EventSourceMapping { bisects: false, retries: Some(1), ..mapping() };
        let bench = Bench::mapped(whole, &Clock::default(), poison);
        assert_eq!(bench.deliver(&["3", "4"]).await, [["3", "4"], ["3", "4"]]);
        assert_eq!(bench.dead(), ["3", "4"]);
    }

    #[tokio::test]
    async fn answer_without_partial_failures_means_done() {
        let plain = EventSourceMapping { partial_failures: false, ..mapping() };
        let bench = Bench::mapped(plain, &Clock::default(), |_| failures(&["1"]));
        assert_eq!(bench.deliver(&["1"]).await, [["1"]]);
        assert!(bench.dead().is_empty());
    }

    #[tokio::test]
    async fn record_without_a_destination_is_dropped() {
        let lost = EventSourceMapping { on_failure: None, retries: Some(0), ..mapping() };
        let bench = Bench::mapped(lost, &Clock::default(), |_| failures(&["1"]));
        assert_eq!(bench.deliver(&["1"]).await, [["1"]]);
        assert!(bench.dead().is_empty());
        assert_eq!(bench.logs.all().len(), 1, "but the log says so");
    }

    #[tokio::test(start_paused = true)]
    async fn unlimited_tries_end_with_the_age_of_the_record() {
        let clock = Clock::default();
        let aging = EventSourceMapping {
            retries: None,
            record_age: Some(Duration::from_secs(300)),
            ..mapping()
        };
        let ticking = clock.clone();
        let bench = Bench::mapped(aging, &clock, move |batch| {
            ticking.advance(Duration::from_secs(29));
            failures(&batch.iter().map(String::as_str).collect::<Vec<_>>())
        });
        let now = clock.now();
        let records = vec![record_of("1", now - 200), record_of("2", now)];
        bench.delivery.deliver(records).await;
        let batches = bench.batches.lock().unwrap().clone();
        let tries = ["1", "2"].map(|number| {
            batches.iter().filter(|batch| batch.iter().any(|other| other == number)).count()
        });
        assert_eq!(tries, [4, 11], "{batches:?}");
        assert_eq!(bench.dead(), ["1", "2"]);
        assert_eq!(bench.stream.dead_letters()[0].reason, "reported as failed by the function");
    }

    #[test]
    fn pause_doubles_up_to_a_second() {
        let pauses = [1, 2, 5, 6, 40, u32::MAX].map(|tries| pause(tries).as_millis());
        assert_eq!(pauses, [50, 100, 800, 1_000, 1_000, 1_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_identifier_fails_the_whole_batch() {
        let bench = Bench::new(|_| failures(&["9"]));
        assert_eq!(bench.deliver(&["1"]).await.len(), 3);
        assert_eq!(bench.dead(), ["1"]);
    }
}
