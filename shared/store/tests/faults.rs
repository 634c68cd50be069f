//! Every call of the challenge table with every fault at every attempt: what may come of it, and
//! what the same call comes to afterwards.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::time::Duration;

use lifeguard_sign_in::verdict::Verdict::{Right, Wrong};
use lifeguard_store::ChallengeTable;
use lifeguard_store::challenges::Recorded::{Counted, Refused, Repeated};
use lifeguard_store::challenges::{Challenges, Issued};
use lifeguard_store::outbox::{Claim, Outbox};
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::{Fault, FaultyDynamo};
use serde_json::Value;

use support::{FIRST, Steps as _, Store, answer, new, row, token};

/// Long enough for a busy machine, short enough for a call that hangs.
const ATTEMPT: Duration = Duration::from_millis(300);

/// The faults of the attempts of one call.
type Plan = Vec<(usize, Fault)>;

/// Each fault at the first attempt, at the second after a throttled one, and at both.
fn plans() -> Vec<Plan> {
    let each = |fault| {
        let later = vec![(1, Fault::Throttled), (2, fault)];
        [vec![(1, fault)], later, vec![(1, fault), (2, fault)]]
    };
    Fault::ALL.into_iter().flat_map(each).collect()
}

/// A table behind the proxy, with one challenge in the row.
async fn with_a_challenge() -> (FaultyDynamo, Store, u32) {
    let dynamo = FaultyDynamo::start();
    let store = behind(&dynamo).await;
    let number = store.issue_fresh(0).await;
    (dynamo, store, number)
}

async fn behind(dynamo: &FaultyDynamo) -> Store {
    let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT);
    Store::Table(ChallengeTable::new(&configuration, CHALLENGES.to_owned()))
}

/// A number of the row; 0 if it is not there.
fn stored(dynamo: &FaultyDynamo, name: &str) -> u64 {
    let item = dynamo.database().item(CHALLENGES, row().as_str());
    item[name]["N"].as_str().map_or(0, |number| number.parse().unwrap())
}

fn executed(plan: &Plan) -> bool {
    plan.iter().any(|(_, fault)| fault.executes())
}

#[tokio::test]
async fn t32_answer_is_right_only_if_it_was_written_and_stays_right() {
    for plan in plans() {
        let (dynamo, store, number) = with_a_challenge().await;
        let right = answer(number, Right, 1, 1);
        dynamo.plan(plan.clone());
        let recorded = store.record(&right).await;
        let said_right = matches!(recorded, Ok(Counted | Repeated));
        let written = stored(&dynamo, "done") >= FIRST.into();
        assert!(written || !said_right, "{plan:?}: {recorded:?}");
        assert!(!executed(&plan) || written, "{plan:?}: the proxy executes it");

        dynamo.plan([]);
        let expected = if written { Repeated } else { Counted };
        assert_eq!(store.record(&right).await.unwrap(), expected, "{plan:?}: the same again");
        let replay = answer(number, Right, 2, 2);
        assert_eq!(store.record(&replay).await.unwrap(), Refused, "{plan:?}: a replay");
    }
}

#[tokio::test]
async fn t32_a_wrong_answer_is_counted_once_whatever_breaks() {
    for plan in plans() {
        let (dynamo, store, number) = with_a_challenge().await;
        let wrong = answer(number, Wrong, 1, 1);
        dynamo.plan(plan.clone());
        let recorded = store.record(&wrong).await;
        let counted = stored(&dynamo, "bad");
        assert!(!matches!(recorded, Ok(Repeated)), "{plan:?}: {recorded:?}");
        assert!(counted == 1 || !matches!(recorded, Ok(Counted)), "{plan:?}: {recorded:?}");

        dynamo.plan([]);
        let again = store.record(&wrong).await.unwrap();
        assert_eq!(again, if counted == 1 { Refused } else { Counted }, "{plan:?}");
        assert_eq!(stored(&dynamo, "bad"), 1, "{plan:?}");
    }
}

#[tokio::test]
async fn t32_a_challenge_is_issued_once_whatever_breaks() {
    for plan in plans() {
        let dynamo = FaultyDynamo::start();
        let store = behind(&dynamo).await;
        dynamo.plan(plan.clone());
        let first = store.issue(&new(0)).await;
        dynamo.plan([]);
        let again = match store.issue(&new(1)).await.unwrap() {
            Issued::Fresh(challenge) | Issued::Joined(challenge) => challenge,
            Issued::Again(_) => panic!("{plan:?}: another session caused it"),
            Issued::Unanswerable => panic!("{plan:?}: nothing is left to join"),
        };
        let first_of_two = [FIRST, FIRST + 1].map(u64::from);
        assert!(first_of_two.contains(&stored(&dynamo, "seq")), "{plan:?}");
        let notes = dynamo.database().stream(CHALLENGES);
        assert_eq!(notes.len(), 1, "{plan:?}: one note for one message");
        match first {
            Ok(Issued::Fresh(challenge) | Issued::Again(challenge)) => {
                assert_eq!(challenge, again, "{plan:?}");
            }
            Ok(other) => panic!("{plan:?}: {other:?}, although there is no other caller"),
            Err(_) => {}
        }
    }
}

#[tokio::test]
async fn t32_a_message_is_claimed_at_most_once_whatever_breaks() {
    for fault in Fault::ALL {
        let (dynamo, store, number) = with_a_challenge().await;
        dynamo.plan([(1, fault), (2, fault)]);
        let first = store.claim(&row(), number, token(1)).await;
        dynamo.plan([]);
        let second = store.claim(&row(), number, token(2)).await.unwrap();
        let ours =
            [first.ok(), Some(second)].into_iter().filter(|claim| *claim == Some(Claim::Ours));
        assert_eq!(ours.count(), usize::from(!fault.executes()), "{fault:?}");
    }
}

/// The first of two attempts gets no answer: the call has its claim, and no other call has.
#[tokio::test]
async fn t32_claim_knows_itself_after_a_lost_answer() {
    for fault in [Fault::LoseAnswer, Fault::HangAfter, Fault::LoseRequest, Fault::HangBefore] {
        let (dynamo, store, number) = with_a_challenge().await;
        dynamo.plan([(1, fault)]);
        assert_eq!(store.claim(&row(), number, token(1)).await.unwrap(), Claim::Ours, "{fault:?}");
        assert_eq!(dynamo.calls(), 2, "{fault:?}");
        dynamo.plan([(1, fault)]);
        let other = store.claim(&row(), number, token(2)).await.unwrap();
        assert_eq!(other, Claim::Taken, "{fault:?}");
    }
}

#[tokio::test]
async fn t32_a_claim_is_given_back_once_whatever_breaks() {
    for fault in Fault::ALL {
        let (dynamo, store, number) = with_a_challenge().await;
        store.claim(&row(), number, token(1)).await.unwrap();
        dynamo.plan([(1, fault), (2, fault)]);
        let given_back = store.give_back(&row(), number).await.is_ok();
        dynamo.plan([]);
        // A condition that is said not to hold reads as given back before.
        let told = fault != Fault::ConditionFailed;
        let back = stored(&dynamo, "sent") < FIRST.into();
        assert!(back || !given_back || !told, "{fault:?}");
        assert_eq!(back, fault.executes(), "{fault:?}");
        store.give_back(&row(), number).await.unwrap();
        assert_eq!(stored(&dynamo, "sent"), u64::from(FIRST) - 1, "{fault:?}");
    }
}

#[tokio::test]
async fn t32_one_lost_answer_is_mended_by_the_retry() {
    for fault in [Fault::LoseAnswer, Fault::HangAfter, Fault::LoseRequest, Fault::HangBefore] {
        let (dynamo, store, number) = with_a_challenge().await;
        for (tag, verdict) in [(1, Wrong), (2, Right)] {
            dynamo.plan([(1, fault)]);
            let recorded = store.record(&answer(number, verdict, tag, 1)).await.unwrap();
            let expected = match (verdict, fault.executes()) {
                (_, false) => Counted,
                (Right, true) => Repeated,
                (_, true) => Refused,
            };
            assert_eq!(recorded, expected, "{fault:?}");
            assert_eq!(dynamo.calls(), 2, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn t37_throttled_is_denied_and_leaves_the_row_as_it_was() {
    for fault in [Fault::Throttled, Fault::Throughput, Fault::Conflict] {
        let (dynamo, store, number) = with_a_challenge().await;
        for tag in 0..20 {
            store.answer(number, Wrong, tag, 1).await;
        }
        let before = dynamo.database().item(CHALLENGES, row().as_str());
        dynamo.plan((1..200).map(|call| (call, fault)));
        for tag in 20..24 {
            assert!(store.record(&answer(number, Right, tag, 2)).await.is_err(), "{fault:?}");
        }
        assert!(store.issue(&new(31)).await.is_err(), "{fault:?}");
        assert!(store.claim(&row(), number, token(1)).await.is_err(), "{fault:?}");
        let after: Value = dynamo.database().item(CHALLENGES, row().as_str());
        assert_eq!(after, before, "{fault:?}");

        dynamo.plan([]);
        assert_eq!(store.answer(number, Right, 40, 3).await, Refused, "the limit is still reached");
    }
}
