//! The rules of the challenge row, on the real table code and on the one in memory.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::verdict::Verdict::{Late, Right, Wrong};
use lifeguard_store::challenges::Recorded::{Counted, Refused, Repeated};
use lifeguard_store::challenges::{Challenges, Issued};
use lifeguard_store::outbox::{Claim, Outbox};
use lifeguard_testkit::{EmbeddedDynamo, MemoryChallenges};
use proptest::prelude::{Strategy, any, prop, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use support::{FIRST, Steps as _, Store, answer, new, on_both, row, table, token};

#[tokio::test]
async fn second_request_within_the_gap_joins_the_newest() {
    on_both(async |store| {
        let Issued::Fresh(first) = store.issue(&new(0)).await.unwrap() else { panic!("issued") };
        assert_eq!(store.issue(&new(29)).await.unwrap(), Issued::Joined(first.clone()));
        let mut again = new(29);
        again.session = new(0).session;
        assert_eq!(store.issue(&again).await.unwrap(), Issued::Again(first));
        assert_eq!(store.issue_fresh(30).await, FIRST + 1);
    })
    .await;
}

#[tokio::test]
async fn mail_after_a_success_goes_at_once() {
    on_both(async |store| {
        let number = store.issue_fresh(0).await;
        assert_eq!(store.answer(number, Right, 1, 5).await, Counted);
        assert_eq!(store.issue_fresh(6).await, FIRST + 1);
        // The success took one mail off the log, so this is the first of the day again.
        assert!(matches!(store.issue(&new(35)).await.unwrap(), Issued::Joined(_)));
        assert_eq!(store.issue_fresh(36).await, FIRST + 2);
    })
    .await;
}

/// T50: the least waits between unanswered mails of one row, and the life of each long code.
#[tokio::test]
async fn t50_unanswered_mails_are_spaced_by_steps() {
    on_both(async |store| {
        let gaps = [30, 300, 300, 300, 300, 1_200, 1_200, 1_200, 1_200, 3_600, 3_600];
        let lives = [600, 600, 600, 600, 600, 1_500, 1_500, 1_500, 1_500, 3_900, 3_900];
        let mut at = 0;
        for (gap, life) in gaps.into_iter().zip(lives) {
            let Issued::Fresh(challenge) = store.issue(&new(at)).await.unwrap() else {
                panic!("issued at {at}")
            };
            assert_eq!(challenge.life, life, "at {at}");
            let early = store.issue(&new(at + gap - 1)).await.unwrap();
            assert_eq!(early, Issued::Joined(challenge), "before {gap} s");
            at += gap;
        }
        // A day later the first mail goes at once and is the first of a day again.
        let Issued::Fresh(later) = store.issue(&new(at + 86_400)).await.unwrap() else {
            panic!("issued")
        };
        assert_eq!(later.life, 600);
    })
    .await;
}

/// T50, T05: an attacker who takes every mail the row gives gets 32 in any 24 hours, one more for
/// each success of the owner, and every start has a challenge.
#[tokio::test]
async fn t50_flood_of_a_row_gets_32_mails_a_day() {
    let store = Store::Memory(MemoryChallenges::default());
    let (mut mails, mut successes, mut tag) = (Vec::new(), 0u32, 0u8);
    for at in 0..3 * 86_400 {
        let number = match store.issue(&new(at)).await.unwrap() {
            Issued::Fresh(challenge) => {
                mails.push(at);
                challenge.number
            }
            Issued::Again(challenge) | Issued::Joined(challenge) => challenge.number,
            Issued::Unanswerable => panic!("no challenge at {at}"),
        };
        if at >= 2 * 86_400 && at % 7_200 == 0 {
            tag += 1;
            successes += u32::from(store.answer(number, Right, tag, at).await == Counted);
        }
    }
    let most = |from: u64, to: u64| {
        let starts = (from..to).step_by(60);
        let within =
            |start| mails.iter().filter(|at| (start..start + 86_400).contains(*at)).count();
        starts.map(within).max().unwrap()
    };
    assert_eq!(most(0, 86_400), 32);
    assert_eq!(successes, 12);
    assert!(most(2 * 86_400, 2 * 86_400 + 1) <= 32 + 12);
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
        assert_eq!(store.answer(older, Right, 1, 60).await, Repeated, "a clock 10 s behind");
        assert_eq!(store.answer(older, Right, 1, 59).await, Refused, "a clock further behind");
        assert_eq!(store.answer(older, Right, 1, 101).await, Refused, "31 s later");
        let next = store.issue_fresh(120).await;
        assert_eq!(store.answer(next, Right, 4, 130).await, Counted);
    })
    .await;
}

/// Promise 3: the end of a code between two invocations of one event does not change its verdict.
#[tokio::test]
async fn t31_event_again_after_the_end_of_its_code_is_repeated() {
    on_both(async |store| {
        let number = store.issue_fresh(0).await;
        assert_eq!(store.answer(number, Right, 1, 595).await, Counted);
        assert_eq!(store.answer(number, Late, 1, 601).await, Repeated);
        assert_eq!(store.answer_long(number, Late, 1, 625).await, Repeated);
        for late in
            [store.answer(number, Late, 1, 626).await, store.answer(number, Late, 2, 601).await]
        {
            assert_eq!(late, Refused, "after 30 s, or another answer or session");
        }
        assert_eq!(store.answer(number, Wrong, 1, 601).await, Refused, "it does not fit any more");
        assert_eq!(store.answer(number + 1, Late, 1, 601).await, Refused, "another challenge");
    })
    .await;
}

/// An answer that was not counted in time is wrong, and only a short code counts as a guess.
#[tokio::test]
async fn t03_late_answer_is_never_counted_right() {
    on_both(async |store| {
        let number = store.issue_fresh(0).await;
        for tag in 0..30 {
            assert_eq!(store.answer_long(number, Late, tag, 1_000).await, Refused, "{tag}");
        }
        for tag in 0..20 {
            assert_eq!(store.answer(number, Late, tag, 601).await, Counted, "{tag}");
            assert_eq!(store.answer(number, Late, tag, 602).await, Refused, "{tag}");
        }
        assert_eq!(store.answer(number, Right, 40, 602).await, Refused, "20 were compared");
        assert_eq!(store.answer_long(number, Right, 41, 602).await, Counted);
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

/// Twenty wrong short codes shut out short codes for a day, and nothing else.
#[tokio::test]
async fn t01_twenty_wrong_short_codes_a_day_are_compared() {
    on_both(async |store| {
        let number = store.issue_fresh(0).await;
        for tag in 0..20 {
            assert_eq!(store.answer(number, Wrong, tag, 10).await, Counted);
        }
        assert_eq!(store.answer(number, Wrong, 20, 11).await, Refused);
        assert_eq!(store.answer(number, Right, 21, 11).await, Refused);
        // The long code of the same mail stands outside the limits.
        assert_eq!(store.answer_long(number, Right, 22, 12).await, Counted);
        // A success does not forgive the guesses of the day.
        let next = store.issue_fresh(13).await;
        assert_eq!(store.answer(next, Right, 23, 14).await, Refused);
        let newest = store.issue_fresh(10 + 86_400 - 60).await;
        assert_eq!(store.answer(newest, Right, 24, 10 + 86_399).await, Refused);
        assert_eq!(store.answer(newest, Right, 25, 10 + 86_400).await, Counted);
    })
    .await;
}

#[tokio::test]
async fn t01_a_hundred_wrong_in_a_row_block_short_codes() {
    on_both(async |store| {
        for day in 0..5u8 {
            let start = u64::from(day) * 86_401;
            let number = store.issue_fresh(start).await;
            for tag in 0..20 {
                assert_eq!(store.answer(number, Wrong, 20 * day + tag, start + 1).await, Counted);
            }
        }
        let much_later = 400 * 86_400;
        let number = store.issue_fresh(much_later).await;
        assert_eq!(store.answer(number, Right, 200, much_later + 1).await, Refused);
        assert_eq!(store.answer(number, Wrong, 201, much_later + 1).await, Refused);
        assert_eq!(store.answer_long(number, Right, 202, much_later + 2).await, Counted);
        let next = store.issue_fresh(much_later + 3).await;
        assert_eq!(store.answer(next, Right, 203, much_later + 4).await, Counted);
    })
    .await;
}

/// T05: requests of attackers end no challenge of the owner, locks included.
#[tokio::test]
async fn t05_foreign_requests_end_no_live_challenge() {
    on_both(async |store| {
        let mine = store.issue_fresh(0).await;
        for at in [30, 330, 630] {
            store.issue_fresh(at).await;
        }
        for tag in 0..20 {
            store.answer(mine, Wrong, tag, 640).await;
        }
        assert_eq!(store.answer_long(mine, Right, 30, 650).await, Counted);
    })
    .await;
}

#[tokio::test]
async fn zero_or_made_up_number_is_never_counted() {
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
async fn message_is_claimed_once_and_only_the_newest_given_back() {
    on_both(async |store| {
        let claim = async |number, of| store.claim(&row(), number, token(of)).await.unwrap();
        assert_eq!(claim(FIRST, 1).await, Claim::Taken, "no row yet");
        store.issue_fresh(0).await;
        store.issue_fresh(60).await;
        assert_eq!(claim(FIRST, 2).await, Claim::Ours);
        assert_eq!(claim(FIRST, 3).await, Claim::Taken);
        store.give_back(&row(), FIRST).await.unwrap();
        assert_eq!(claim(FIRST, 4).await, Claim::Ours);
        assert_eq!(claim(FIRST + 1, 5).await, Claim::Ours);
        store.give_back(&row(), FIRST).await.unwrap();
        assert_eq!(claim(FIRST + 1, 6).await, Claim::Taken);
    })
    .await;
}

#[tokio::test]
async fn claim_knows_its_own_token_and_number_alone() {
    on_both(async |store| {
        let claim = async |number, of| store.claim(&row(), number, token(of)).await.unwrap();
        store.issue_fresh(0).await;
        store.issue_fresh(60).await;
        assert_eq!(claim(FIRST, 1).await, Claim::Ours);
        assert_eq!(claim(FIRST, 1).await, Claim::Ours, "the same call, tried again");
        assert_eq!(claim(FIRST, 2).await, Claim::Taken);
        assert_eq!(claim(FIRST, 1).await, Claim::Ours, "a claim that failed changes nothing");
        assert_eq!(claim(FIRST + 1, 2).await, Claim::Ours);
        assert_eq!(claim(FIRST, 1).await, Claim::Taken, "a later one was claimed");
        assert_eq!(claim(FIRST, 2).await, Claim::Taken, "the token of another number");
        assert_eq!(claim(FIRST + 2, 2).await, Claim::Taken, "a number that is not issued");
    })
    .await;
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Issue { early: bool },
    Answer { back: u32, right: bool, tag: u8, long: bool },
    Claim { back: u32, token: u8 },
    GiveBack { back: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop_oneof![0..40u64, 290..310u64, 1_190..1_210u64, 3_590..3_610u64, 80_000..90_000u64]
            .prop_map(Step::Wait),
        3 => any::<bool>().prop_map(|early| Step::Issue { early }),
        6 => (0..3u32, prop::bool::weighted(0.15), any::<u8>(), prop::bool::weighted(0.1))
            .prop_map(|(back, right, tag, long)| Step::Answer { back, right, tag: tag % 24, long }),
        1 => (0..3u32, 0..3u8).prop_map(|(back, token)| Step::Claim { back, token }),
        1 => (0..3u32).prop_map(|back| Step::GiveBack { back }),
    ]
}

/// Result of one step of a store.
async fn play(store: &Store, step: &Step, after: u64, issued: u32) -> String {
    match step {
        Step::Wait(_) => String::new(),
        // Another instance with a clock that is five seconds behind.
        Step::Issue { early } => {
            let after = if *early { after.saturating_sub(5) } else { after };
            format!("{:?}", store.issue(&new(after)).await.unwrap())
        }
        Step::Answer { back, right, tag, long } => {
            let verdict = if *right { Right } else { Wrong };
            let mut judgement = answer(issued.saturating_sub(*back), verdict, *tag, after);
            if *long {
                judgement.code_length = CodeLength::Long;
            }
            format!("{:?}", store.record(&judgement).await.unwrap())
        }
        Step::Claim { back, token: of } => {
            let claim = store.claim(&row(), issued.saturating_sub(*back), token(*of)).await;
            format!("{:?}", claim.unwrap())
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
    let mut unknown = new(0);
    unknown.user = Existence::Unknown;
    store.issue(&unknown).await.unwrap();
    let ttl = |item: serde_json::Value| item["ttl"]["N"].as_str().map(str::to_owned);
    let item = dynamo.item(lifeguard_testkit::embedded::CHALLENGES, row().as_str());
    assert_eq!(ttl(item), Some((unknown.now + 25 * 3600).to_string()));
    store.issue_fresh(60).await;
    assert_eq!(ttl(dynamo.item(lifeguard_testkit::embedded::CHALLENGES, row().as_str())), None);
}
