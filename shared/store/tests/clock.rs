//! Clocks that go back and rows that outlive their time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::verdict::Verdict::{Right, Wrong};
use lifeguard_store::challenges::Recorded::{Counted, Refused};
use lifeguard_store::challenges::{Challenges, Issued};

use support::{FIRST, NOW, Steps as _, Store, answer, new, on_both};

const HOUR: u64 = 3600;

#[tokio::test]
async fn t35_a_clock_that_goes_back_gives_no_new_guesses() {
    on_both(async |store| {
        let number = store.issue_fresh(2 * HOUR).await;
        for tag in 0..20 {
            assert_eq!(store.answer(number, Wrong, tag, 2 * HOUR + 1).await, Counted);
        }
        for (tag, after) in [(30, 2 * HOUR), (31, HOUR), (32, 0)] {
            assert_eq!(store.answer(number, Wrong, tag, after).await, Refused, "at {after}");
            assert_eq!(store.answer(number, Right, tag, after).await, Refused, "at {after}");
        }
    })
    .await;
}

#[tokio::test]
async fn t35_a_clock_that_goes_back_sends_no_message_sooner() {
    on_both(async |store| {
        store.issue_fresh(2 * HOUR).await;
        store.issue_fresh(2 * HOUR + 60).await;
        let last = store.issue_fresh(2 * HOUR + 360).await;
        for after in [2 * HOUR + 659, 2 * HOUR, HOUR, 0] {
            let issued = store.issue(&new(after)).await.unwrap();
            assert!(
                matches!(issued, Issued::Joined(ref newest) if newest.number == last),
                "{after}"
            );
        }
        store.issue_fresh(2 * HOUR + 660).await;
    })
    .await;
}

#[tokio::test]
async fn t35_a_success_repeats_only_to_a_clock_that_is_nearly_right() {
    on_both(async |store| {
        let number = store.issue_fresh(2 * HOUR).await;
        assert_eq!(store.answer(number, Right, 1, 2 * HOUR + 10).await, Counted);
        assert_eq!(store.answer(number, Right, 1, HOUR + 10).await, Refused);
        assert_eq!(store.answer(number, Right, 2, HOUR + 10).await, Refused);
    })
    .await;
}

/// The table's own expiry only clears up; nothing may depend on when it does.
#[tokio::test]
async fn t36_a_row_that_outlives_its_time_lets_nothing_in() {
    on_both(async |store: Store| {
        let mut unknown = new(0);
        unknown.user = Existence::Unknown;
        store.issue(&unknown).await.unwrap();
        // 26 hours later the row is still there, an hour past its expiry.
        let mut late = new(26 * HOUR);
        late.now = NOW + 26 * HOUR;
        late.session = [9; 8];
        let Issued::Fresh(challenge) = store.issue(&late).await.unwrap() else {
            panic!("a dead challenge is not joined")
        };
        assert_eq!(challenge.number, FIRST + 1, "the numbers go on");
        assert_eq!(store.answer(FIRST + 1, Right, 1, 26 * HOUR + 1).await, Counted);
        let replay = answer(FIRST, Right, 2, 26 * HOUR + 2);
        assert_eq!(store.record(&replay).await.unwrap(), Refused);
    })
    .await;
}
