//! Ties of the codes of registrations, on both implementations.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use lifeguard_identity::account::AccountId;
use lifeguard_sign_in::verdict::Verdict::{Right, Wrong};
use lifeguard_store::challenges::{Challenges, Issued, Recorded};
use lifeguard_store::ties::{Holder, Tie, Ties};
use lifeguard_testkit::{EmbeddedDynamo, FaultyDynamo};

use support::{FIRST, Steps as _, new, on_both, row, table};

#[tokio::test]
async fn tie_is_of_the_newest_issue_and_of_all_that_join() {
    on_both(async |store| {
        let (first, second) = (Tie::new([1; 16]), Tie::new([2; 16]));
        assert_eq!(store.tie(&row()).await.unwrap(), None);
        let issued = store.issue_for(&new(0), &Holder::new(None), Some(&first)).await.unwrap();
        assert!(matches!(issued, Issued::Fresh(_)));
        let joined = store.issue_for(&new(29), &Holder::new(None), Some(&second)).await.unwrap();
        assert!(matches!(joined, Issued::Joined(_)));
        assert_eq!(store.answer(FIRST, Wrong, 1, 29).await, Recorded::Counted);
        assert_eq!(store.tie(&row()).await.unwrap(), Some(first));
        assert_eq!(store.answer(FIRST, Right, 2, 30).await, Recorded::Counted);
        assert_eq!(store.tie(&row()).await.unwrap(), Some(first), "for the same answer again");
        let issued = store.issue_for(&new(31), &Holder::new(None), Some(&second)).await.unwrap();
        assert!(matches!(issued, Issued::Fresh(_)));
        assert_eq!(store.tie(&row()).await.unwrap(), Some(second));
        assert_ne!(first.text(), second.text());
        assert_eq!(format!("{first:?}"), "Tie([redacted])");
    })
    .await;
}

#[tokio::test]
async fn challenge_without_a_tie_has_none() {
    on_both(async |store| {
        store.issue(&new(0)).await.unwrap();
        assert_eq!(store.tie(&row()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn tie_of_a_table_that_does_not_answer_is_a_fault() {
    let dynamo = FaultyDynamo::start();
    let configuration = lifeguard_aws::stand_in(dynamo.url());
    let name = lifeguard_testkit::embedded::CHALLENGES.to_owned();
    let store = lifeguard_store::ChallengeTable::new(&configuration, name);
    let fault = lifeguard_testkit::Fault::Throttled;
    dynamo.plan([(1, fault), (2, fault)]);
    let error = store.tie(&row()).await.unwrap_err();
    assert_eq!(error.to_string(), "failed to read the tie of a challenge");
}

/// The tie and the note of the mail are of one write, whatever comes at the same time.
#[tokio::test]
async fn tie_and_note_of_the_mail_are_of_one_issue() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    let asks = (0..8u8).map(|number| {
        let store = store.clone();
        async move {
            let tie = Tie::new([number; 16]);
            let mut new = new(u64::from(number));
            new.outgoing.sub = tie.text();
            store.issue_for(&new, &Holder::new(None), Some(&tie)).await.unwrap()
        }
    });
    let mut tasks = tokio::task::JoinSet::new();
    asks.for_each(|ask| drop(tasks.spawn(ask)));
    let fresh = tasks.join_all().await.into_iter().filter(|one| matches!(one, Issued::Fresh(_)));
    assert_eq!(fresh.count(), 1);
    let image = dynamo.item(lifeguard_testkit::embedded::CHALLENGES, row().as_str());
    let note = image["out"]["S"].as_str().unwrap();
    assert!(note.contains(&store.tie(&row()).await.unwrap().unwrap().text()));
}

/// Requests from before an account has its address do not make its owner wait.
#[tokio::test]
async fn challenge_for_another_holder_is_not_joined() {
    on_both(async |store| {
        let holder = |number| Holder::new(Some(&AccountId::from_random([number; 16])));
        let fresh = async |after, holder: Holder| {
            let issued = store.issue_for(&new(after), &holder, None).await.unwrap();
            matches!(issued, Issued::Fresh(_))
        };
        assert!(fresh(0, Holder::new(None)).await);
        assert!(!fresh(1, Holder::new(None)).await);
        assert!(fresh(2, holder(1)).await, "the address has an account now");
        assert!(!fresh(3, holder(1)).await);
        assert!(!fresh(31, holder(1)).await, "both mails count");
        assert!(fresh(32, holder(2)).await, "another account");
        assert!(fresh(33, Holder::new(None)).await, "none any more");
        assert!(!fresh(34, Holder::new(None)).await);
    })
    .await;
}
