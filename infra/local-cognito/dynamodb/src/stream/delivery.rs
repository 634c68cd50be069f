//! One batch on its way to the function: tries, cuts and dead letters.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::source::{Source, TARGET};
use super::state::Stream;
use local_cognito_aws_emulation::functions::Outcome;
use local_cognito_aws_emulation::journal::Entry;

/// Number of tries of a record.
const MOST_TRIES: u32 = 3;
/// The pause before the second try; it doubles with every further one.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest that an event source waits for a function.
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
struct Work {
    records: Vec<Value>,
    tries: u32,
}

impl Delivery {
    pub(super) fn new(stream: Stream, source: Source) -> Self {
        Self { stream, source }
    }

    /// Delivers a batch until every record is done or given up.
    pub(super) async fn deliver(&self, records: Vec<Value>) {
        let mut works = VecDeque::from([Work { records, tries: 0 }]);
        while let Some(mut work) = works.pop_front() {
            if work.tries > 0 {
                tokio::time::sleep(PAUSE * 2_u32.pow(work.tries - 1)).await;
            }
            match self.invoke(&work.records).await {
                Verdict::Done => {
                    if self.stream.delivers_twice() {
                        self.invoke(&work.records).await;
                    }
                }
                Verdict::Partly(failed) if work.tries + 1 >= MOST_TRIES => {
                    self.bury_some(work.records, &failed);
                }
                Verdict::Partly(failed) => {
                    let first = failed.first().copied().unwrap_or_default();
                    work.records.drain(..first);
                    work.tries += 1;
                    works.push_front(work);
                }
                Verdict::Failed(_) if work.records.len() > 1 => {
                    // Cutting in two is not counted as a try.
                    let second = work.records.split_off(work.records.len() / 2);
                    works.push_front(Work { records: second, tries: work.tries });
                    works.push_front(work);
                }
                Verdict::Failed(reason) if work.tries + 1 >= MOST_TRIES => {
                    self.bury(work.records, &reason);
                }
                Verdict::Failed(_) => {
                    work.tries += 1;
                    works.push_front(work);
                }
            }
        }
    }

    async fn invoke(&self, records: &[Value]) -> Verdict {
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
        verdict(outcome, records)
    }

    fn bury_some(&self, records: Vec<Value>, failed: &[usize]) {
        let buried = records
            .into_iter()
            .enumerate()
            .filter_map(|(index, record)| failed.contains(&index).then_some(record))
            .collect();
        self.bury(buried, "reported as failed by the function");
    }

    fn bury(&self, records: Vec<Value>, reason: &str) {
        for record in records {
            let id = sequence_number(&record).to_owned();
            self.source
                .logs
                .write(TARGET, &format!("record {id} given up after {MOST_TRIES} tries: {reason}"));
            self.stream.bury(record, reason);
        }
    }
}

/// Reads the answer with `ReportBatchItemFailures`: nothing or an empty list means that all is
/// done, an identifier that is not in the batch means that nothing is.
fn verdict(outcome: Outcome, records: &[Value]) -> Verdict {
    let answer: Value = match outcome {
        Outcome::Returned(answer) => serde_json::from_slice(&answer).unwrap_or_default(),
        Outcome::Failed { error_message, .. } => return Verdict::Failed(error_message),
        Outcome::CallerTimedOut => return Verdict::Failed("timed out".to_owned()),
        Outcome::Refused(reason) => return Verdict::Failed(reason),
    };
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

    use serde_json::{Value, json};

    use super::{Delivery, TARGET};
    use crate::stream::{Source, Stream};
    use local_cognito_aws_emulation::functions::{Functions, Outcome};
    use local_cognito_aws_emulation::journal::Journal;
    use local_cognito_aws_emulation::logs::Logs;

    /// A function that fails on some records, and what it was invoked with.
    struct Bench {
        delivery: Delivery,
        stream: Stream,
        batches: Arc<Mutex<Vec<Vec<String>>>>,
    }

    impl Bench {
        fn new(answer: impl Fn(&[String]) -> Outcome + Send + Sync + 'static) -> Self {
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
            let stream = Stream::default();
            let source = Source {
                functions,
                journal: Journal::default(),
                logs: Logs::default(),
                region: "eu-west-1".to_owned(),
            };
            Self { delivery: Delivery::new(stream.clone(), source), stream, batches }
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
        json!({"dynamodb": {"SequenceNumber": number}})
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

    #[tokio::test]
    async fn a_partial_failure_is_tried_again_from_its_first_record_on() {
        let bench = Bench::new(|batch| match batch {
            [first, ..] if first == "1" => failures(&["3", "2"]),
            _ => failures(&[]),
        });
        let batches = bench.deliver(&["1", "2", "3", "4"]).await;
        assert_eq!(batches, [vec!["1", "2", "3", "4"], vec!["2", "3", "4"]]);
        assert!(bench.dead().is_empty());
    }

    #[tokio::test]
    async fn after_three_tries_only_the_failing_record_is_given_up() {
        let bench = Bench::new(|_| failures(&["2"]));
        let batches = bench.deliver(&["1", "2", "3"]).await;
        assert_eq!(batches, [vec!["1", "2", "3"], vec!["2", "3"], vec!["2", "3"]]);
        assert_eq!(bench.dead(), ["2"]);
    }

    #[tokio::test]
    async fn a_failing_batch_is_cut_until_the_poisonous_record_is_alone() {
        let bench = Bench::new(|batch| {
            if batch.iter().any(|number| number == "3") {
                Outcome::error("poison")
            } else {
                failures(&[])
            }
        });
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

    #[tokio::test]
    async fn an_unknown_identifier_fails_the_whole_batch() {
        let bench = Bench::new(|_| failures(&["9"]));
        assert_eq!(bench.deliver(&["1"]).await.len(), 3);
        assert_eq!(bench.dead(), ["1"]);
    }
}
