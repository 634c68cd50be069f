//! The rules of the challenge row, on the real table code and on the one in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use proptest::prelude::{Strategy, any, prop, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use sign_in::automaton::Person;
use sign_in::ticket::CodeLength;
use sign_in::verdict::Verdict::{Right, Wrong};
use store::challenges::Recorded::{Counted, Refused, Repeated};
use store::challenges::{Challenges, Issued};
use store::outbox::{Claim, Outbox};
use testkit::{EmbeddedDynamo, MemoryChallenges};

use support::{FIRST, Store, answer, new, on_both, row, table};

#[tokio::test]
async fn who_asks_again_within_the_gap_joins_the_same_challenge() {
    on_both(async |store| {
        let Issued::Fresh(first) = store.issue(&new(0)).await.unwrap() else { panic!("issued") };
        assert_eq!(store.issue(&new(29)).await.unwrap(), Issued::Joined(first.clone()));
        let mut again = new(29);
        again.session = new(0).session;
        assert_eq!(store.issue(&again).await.unwrap(), Issued::Again(first));
        let mut elsewhere = new(29);
        elsewhere.client = "other".to_owned();
        assert_eq!(store.issue(&elsewhere).await.unwrap(), Issued::Blank);
        assert_eq!(store.issue_fresh(30).await, FIRST + 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_joined_that_is_spent_or_expired() {
    on_both(async |store| {
        let number = store.issue_fresh(0).await;
        assert_eq!(store.answer(number, Right, 1, 5).await, Counted);
        assert_eq!(store.issue(&new(10)).await.unwrap(), Issued::Blank);
        let mut short = new(40);
        short.expires = short.now + 10;
        assert!(matches!(store.issue(&short).await.unwrap(), Issued::Fresh(_)));
        assert_eq!(store.issue(&new(50)).await.unwrap(), Issued::Blank);
    })
    .await;
}

#[tokio::test]
async fn t50_messages_are_limited_by_the_hour_and_by_the_day() {
    on_both(async |store| {
        for place in 0..5 {
            store.issue_fresh(place * 60).await;
        }
        assert!(matches!(store.issue(&new(3599)).await.unwrap(), Issued::Blank));
        // The windows slide: the first message is an hour old, then the second.
        store.issue_fresh(3600).await;
        assert!(matches!(store.issue(&new(3659)).await.unwrap(), Issued::Joined(_)));
        for place in 0..9 {
            store.issue_fresh(7200 + place * 3600).await;
        }
        assert_eq!(store.issue(&new(86_399)).await.unwrap(), Issued::Blank);
        store.issue_fresh(86_400).await;
    })
    .await;
}

#[tokio::test]
async fn t03_a_right_answer_counts_once() {
    on_both(async |store| {
        let older = store.issue_fresh(0).await;
        let newer = store.issue_fresh(60).await;
        assert_eq!(store.answer(older, Right, 1, 70).await, Counted);
        assert_eq!(store.answer(older, Right, 2, 71).await, Refused, "a replay");
        assert_eq!(store.answer(newer, Right, 3, 72).await, Refused, "superseded by the success");
        assert_eq!(store.answer(older, Right, 1, 100).await, Repeated, "the same event again");
        assert_eq!(store.answer(older, Right, 1, 65).await, Repeated, "a clock 5 s behind");
        assert_eq!(store.answer(older, Right, 1, 64).await, Refused, "a clock further behind");
        assert_eq!(store.answer(older, Right, 1, 101).await, Refused, "31 s later");
        let next = store.issue_fresh(120).await;
        assert_eq!(store.answer(next, Right, 4, 130).await, Counted);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_answer_delivered_twice_counts_once() {
    on_both(async |store| {
        let number = store.issue_fresh(0).await;
        for _ in 0..20 {
            store.answer(number, Wrong, 1, 1).await;
        }
        assert_eq!(store.answer(number, Right, 2, 2).await, Counted);
    })
    .await;
}

#[tokio::test]
async fn t01_ten_wrong_answers_block_short_codes_for_a_quarter_of_an_hour() {
    on_both(async |store| {
        let number = store.issue_fresh(0).await;
        for tag in 0..10 {
            assert_eq!(store.answer(number, Wrong, tag, 10).await, Counted);
        }
        assert_eq!(store.answer(number, Wrong, 10, 11).await, Refused);
        assert_eq!(store.answer(number, Right, 11, 11).await, Refused);
        assert_eq!(store.answer(number, Right, 11, 10 + 899).await, Refused);
        // A message sent meanwhile carries a long code, which no budget blocks.
        let Issued::Fresh(long) = store.issue(&new(60)).await.unwrap() else { panic!("issued") };
        assert_eq!(long.code_length, CodeLength::Long);
        let mut right = answer(long.number, Right, 12, 61);
        right.code_length = CodeLength::Long;
        assert_eq!(store.record(&right).await.unwrap(), Counted);
        let next = store.issue_fresh(100).await;
        assert_eq!(store.answer(next, Right, 13, 101).await, Refused, "the window stays");
        let later = store.issue_fresh(1000).await;
        assert_eq!(store.answer(later, Right, 14, 1001).await, Counted);
    })
    .await;
}

#[tokio::test]
async fn t01_a_hundred_wrong_answers_in_a_row_block_short_codes_for_good() {
    on_both(async |store| {
        for day in 0..5u8 {
            for half in 0..2u8 {
                let start = u64::from(day) * 86_401 + u64::from(half) * 1_000;
                let number = store.issue_fresh(start).await;
                for tag in 0..10 {
                    let tag = 20 * day + 10 * half + tag;
                    assert_eq!(store.answer(number, Wrong, tag, start + 1).await, Counted);
                }
            }
        }
        let much_later = 400 * 86_400;
        let Issued::Fresh(challenge) = store.issue(&new(much_later)).await.unwrap() else {
            panic!("issued")
        };
        assert_eq!(challenge.code_length, CodeLength::Long);
        assert_eq!(store.answer(challenge.number, Right, 200, much_later + 1).await, Refused);
    })
    .await;
}

#[tokio::test]
async fn t05_strangers_requests_end_nobodys_live_challenge() {
    on_both(async |store| {
        let mine = store.issue_fresh(0).await;
        for place in 1..5 {
            store.issue_fresh(place * 30).await;
        }
        assert_eq!(store.answer(mine, Right, 1, 200).await, Counted);
    })
    .await;
}

#[tokio::test]
async fn a_blank_or_made_up_number_is_never_counted() {
    on_both(async |store| {
        assert_eq!(store.answer(1, Right, 1, 0).await, Refused, "no row yet");
        let number = store.issue_fresh(0).await;
        for verdict in [Right, Wrong] {
            assert_eq!(store.answer(0, verdict, 2, 1).await, Refused);
            assert_eq!(store.answer(number + 1, verdict, 3, 1).await, Refused);
        }
        assert_eq!(store.answer(number, Right, 4, 2).await, Counted);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_claimed_once_and_only_the_newest_can_be_given_back() {
    on_both(async |store| {
        assert_eq!(store.claim(&row(), FIRST).await.unwrap(), Claim::Taken, "no row yet");
        store.issue_fresh(0).await;
        store.issue_fresh(60).await;
        assert_eq!(store.claim(&row(), FIRST).await.unwrap(), Claim::Ours);
        assert_eq!(store.claim(&row(), FIRST).await.unwrap(), Claim::Taken);
        store.give_back(&row(), FIRST).await.unwrap();
        assert_eq!(store.claim(&row(), FIRST).await.unwrap(), Claim::Ours);
        assert_eq!(store.claim(&row(), FIRST + 1).await.unwrap(), Claim::Ours);
        store.give_back(&row(), FIRST).await.unwrap();
        assert_eq!(store.claim(&row(), FIRST + 1).await.unwrap(), Claim::Taken);
    })
    .await;
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Issue { other_client: bool },
    Answer { back: u32, right: bool, tag: u8, long: bool },
    Claim { back: u32 },
    GiveBack { back: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop_oneof![0..40u64, 800..1000u64, 3000..4000u64, 80_000..90_000u64]
            .prop_map(Step::Wait),
        3 => any::<bool>().prop_map(|other_client| Step::Issue { other_client }),
        6 => (0..3u32, prop::bool::weighted(0.15), any::<u8>(), prop::bool::weighted(0.1))
            .prop_map(|(back, right, tag, long)| Step::Answer { back, right, tag: tag % 24, long }),
        1 => (0..3u32).prop_map(|back| Step::Claim { back }),
        1 => (0..3u32).prop_map(|back| Step::GiveBack { back }),
    ]
}

/// What a store said to one step.
async fn play(store: &Store, step: &Step, after: u64, issued: u32) -> String {
    match step {
        Step::Wait(_) => String::new(),
        Step::Issue { other_client } => {
            let mut new = new(after);
            if *other_client {
                new.client = "other".to_owned();
            }
            format!("{:?}", store.issue(&new).await.unwrap())
        }
        Step::Answer { back, right, tag, long } => {
            let verdict = if *right { Right } else { Wrong };
            let mut judgement = answer(issued.saturating_sub(*back), verdict, *tag, after);
            if *long {
                judgement.code_length = CodeLength::Long;
            }
            format!("{:?}", store.record(&judgement).await.unwrap())
        }
        Step::Claim { back } => {
            format!("{:?}", store.claim(&row(), issued.saturating_sub(*back)).await.unwrap())
        }
        Step::GiveBack { back } => {
            let number = issued.saturating_sub(*back);
            if number > 0 {
                store.give_back(&row(), number).await.unwrap();
            }
            String::new()
        }
    }
}

/// The two implementations were written apart; over random histories they say the same.
#[tokio::test]
async fn both_implementations_agree_on_random_histories() {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let histories = prop::collection::vec(step(), 60);
    for _ in 0..40 {
        let history = histories.new_tree(&mut runner).unwrap().current();
        let dynamo = EmbeddedDynamo::start();
        let real = table(&dynamo).await;
        let model = Store::Memory(MemoryChallenges::default());
        let (mut after, mut issued) = (0, 0);
        for (place, step) in history.iter().enumerate() {
            if let Step::Wait(seconds) = step {
                after += seconds;
            }
            let said = play(&real, step, after, issued).await;
            let expected = play(&model, step, after, issued).await;
            assert_eq!(said, expected, "step {place} of {history:#?}");
            issued += u32::from(said.starts_with("Fresh"));
        }
    }
}

#[tokio::test]
async fn rows_of_unknown_names_are_cleared_and_those_of_users_stay() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    let mut nobody = new(0);
    nobody.person = Person::Unknown;
    store.issue(&nobody).await.unwrap();
    let ttl = |item: serde_json::Value| item["ttl"]["N"].as_str().map(str::to_owned);
    let item = dynamo.item(testkit::embedded::CHALLENGES, row().as_str());
    assert_eq!(ttl(item), Some((nobody.now + 25 * 3600).to_string()));
    store.issue_fresh(60).await;
    assert_eq!(ttl(dynamo.item(testkit::embedded::CHALLENGES, row().as_str())), None);
}
