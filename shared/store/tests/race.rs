//! Many answers at one moment: what one row lets through, whatever the order.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use lifeguard_sign_in::budget::WRONG_A_DAY;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_sign_in::verdict::Verdict::{Right, Wrong};
use lifeguard_store::challenges::Recorded::{self, Counted, Refused, Repeated};
use lifeguard_store::challenges::{Challenges, Issued};
use lifeguard_store::{ChallengeTable, StoreError};
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::{EmbeddedDynamo, Fault, FaultyDynamo, MemoryChallenges, Seeded};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use support::{Steps as _, Store, answer, new, row, table};

/// Number of rounds of each scenario.
const ROUNDS: u64 = 200;
const PARALLEL: usize = 64;

/// Plays the rounds of one scenario on both implementations, each round on a row of its own.
/// `answers` makes the answers of a round from the number of its challenge; `check` sees what
/// became of each.
async fn rounds(
    answers: impl Fn(u64, u32) -> Vec<Judgement>,
    check: impl Fn(u64, &[(Judgement, Recorded)]),
) {
    let dynamo = EmbeddedDynamo::start();
    let memory = Store::Memory(MemoryChallenges::default());
    for store in [memory, table(&dynamo).await] {
        for round in 0..ROUNDS {
            let row = RowKey::new("eu-west-1_Pool", Factor::Email, "client", &round.to_string());
            let mut challenge = new(0);
            challenge.row = row.clone();
            let Issued::Fresh(challenge) = store.issue(&challenge).await.unwrap() else {
                panic!("a new row takes a challenge")
            };
            let mut answers = answers(round, challenge.number);
            Seeded::new(round).shuffle(&mut answers);
            for answer in &mut answers {
                answer.row = row.clone();
            }
            check(round, &at_once(&store, answers).await);
        }
    }
}

async fn at_once(store: &Store, answers: Vec<Judgement>) -> Vec<(Judgement, Recorded)> {
    let outcomes = try_at_once(store, answers).await;
    outcomes.into_iter().map(|(answer, recorded)| (answer, recorded.unwrap())).collect()
}

/// Gives all answers at the same moment, from as many tasks on all threads.
async fn try_at_once(
    store: &Store,
    answers: Vec<Judgement>,
) -> Vec<(Judgement, Result<Recorded, StoreError>)> {
    let start = Arc::new(Barrier::new(answers.len()));
    let mut tasks = JoinSet::new();
    for answer in answers {
        let (store, start) = (store.clone(), Arc::clone(&start));
        tasks.spawn(async move {
            start.wait().await;
            let recorded = store.record(&answer).await;
            (answer, recorded)
        });
    }
    tasks.join_all().await
}

fn count(outcomes: &[(Judgement, Recorded)], wanted: Recorded) -> usize {
    outcomes.iter().filter(|(_, recorded)| *recorded == wanted).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t02_of_right_answers_in_many_sessions_exactly_one_counts() {
    let tags = 0..PARALLEL as u8;
    let answers = |_, number| tags.clone().map(|tag| answer(number, Right, tag, 1)).collect();
    rounds(answers, |round, outcomes| {
        assert_eq!(count(outcomes, Counted), 1, "round {round}");
        assert_eq!(count(outcomes, Refused), PARALLEL - 1, "round {round}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t02_parallel_guesses_get_no_more_than_the_budget() {
    let answers = |_, number| {
        let guesses = (1..PARALLEL as u8).map(|tag| answer(number, Wrong, tag, 1));
        guesses.chain([answer(number, Right, 0, 1)]).collect()
    };
    rounds(answers, |round, outcomes| {
        let right = outcomes.iter().filter(|(answer, _)| answer.verdict == Right);
        assert!(right.filter(|(_, recorded)| *recorded != Refused).count() <= 1, "round {round}");
        let wrong: Vec<_> =
            outcomes.iter().filter(|(answer, _)| answer.verdict == Wrong).cloned().collect();
        assert!(count(&wrong, Counted) <= WRONG_A_DAY, "round {round}");
        assert_eq!(count(outcomes, Repeated), 0, "round {round}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t02_copies_of_one_event_are_one_use_and_one_verdict() {
    let verdict = |round: u64| if round % 4 == 3 { Wrong } else { Right };
    rounds(
        |round, number| vec![answer(number, verdict(round), 1, 1); PARALLEL],
        |round, outcomes| {
            let again = if verdict(round) == Right { Repeated } else { Refused };
            assert_eq!(count(outcomes, Counted), 1, "round {round}");
            assert_eq!(count(outcomes, again), PARALLEL - 1, "round {round}");
        },
    )
    .await;
}

/// Every fourth call goes wrong in some way; the guesses and the owner are as many as before.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t02_parallel_guesses_get_no_more_than_the_budget_when_calls_fail() {
    for round in 0..4 {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), Duration::from_millis(300));
        let table = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
        let store = Store::Table(table);
        let number = store.issue_fresh(0).await;
        let guesses = (0..60).map(|tag| answer(number, Wrong, tag, 1));
        let rights = (60..64).map(|tag| answer(number, Right, tag, 1));
        let mut answers: Vec<Judgement> = guesses.chain(rights).collect();
        let mut seeded = Seeded::new(round);
        seeded.shuffle(&mut answers);
        let faults: Vec<(usize, Fault)> = (1..=128)
            .filter_map(|call| {
                let fault = Fault::ALL[seeded.below(9) as usize];
                seeded.once_in(4).then_some((call, fault))
            })
            .collect();
        dynamo.plan(faults);
        let mut said_right = 0;
        for (answer, recorded) in try_at_once(&store, answers).await {
            if answer.verdict == Right && matches!(recorded, Ok(Counted | Repeated)) {
                said_right += 1;
            }
        }
        assert!(said_right <= 1, "round {round}: {said_right} right");
        let item = dynamo.database().item(CHALLENGES, row().as_str());
        let counted = |name: &str| item[name]["N"].as_str().map_or(0, |n| n.parse().unwrap());
        let wrong: u64 = counted("bad");
        assert!(wrong <= WRONG_A_DAY as u64, "round {round}: {wrong} wrong answers were counted");
        let spent = counted("done") >= u64::from(number);
        assert!(said_right == 0 || spent, "round {round}: right without a write");
        assert!(spent || counted("t20") > 0, "round {round}: the faults left nothing to test");
    }
}
