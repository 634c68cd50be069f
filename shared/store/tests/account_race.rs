//! Many calls at one moment on one account: what its row lets through, whatever the order.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::sync::Arc;

use lifeguard_identity::account::{AccountKey, Status};
use lifeguard_identity::limits::{CREDENTIALS_SESSIONS, FAMILIES};
use lifeguard_sign_in::budget::WRONG_A_QUARTER;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::passwords::{NewPassword, Passwords};
use lifeguard_store::accounts::{
    Accounts, Attempt, NewAccount, NewSession, Registration, Rotation, Written,
};
use lifeguard_testkit::{EmbeddedDynamo, MemoryAccounts};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use support::NOW;
use support::accounts::{
    Store, credentials, id, newcomer, registration, rotation, session, table, tag,
};

/// Number of rounds of each scenario.
const ROUNDS: u64 = 200;
const PARALLEL: u64 = 16;

/// Does the same at the same moment from as many tasks on all threads.
async fn at_once<F, T>(act: impl Fn(u64) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let start = Arc::new(Barrier::new(PARALLEL as usize));
    let mut tasks = JoinSet::new();
    for number in 0..PARALLEL {
        let (task, start) = (act(number), Arc::clone(&start));
        tasks.spawn(async move {
            start.wait().await;
            task.await
        });
    }
    tasks.join_all().await
}

/// Plays the rounds of one scenario on both implementations, each round on a row of its own.
async fn rounds(scenario: impl AsyncFn(Store, AccountKey, u64)) {
    let dynamo = EmbeddedDynamo::start();
    for store in [Store::Memory(MemoryAccounts::default()), table(&dynamo).await] {
        for round in 0..ROUNDS {
            scenario(store.clone(), AccountKey::from_adapter_id(&round.to_string()), round).await;
        }
    }
}

fn done(written: &[Written]) -> usize {
    written.iter().filter(|written| **written == Written::Done).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t65_parallel_registrations_for_one_address_are_one_account() {
    rounds(async |store, key, round| {
        let outcomes = at_once(|number| {
            let new = Registration { key: key.clone(), ..registration(number as u8) };
            let store = store.clone();
            async move { (store.register(&new).await.unwrap(), new.id) }
        })
        .await;
        let ours: Vec<_> =
            outcomes.iter().filter(|(written, _)| *written == Written::Done).collect();
        assert_eq!(ours.len(), 1, "round {round}");
        let account = store.read(&key, NOW + 1).await.unwrap().unwrap();
        assert_eq!((account.status, &account.id), (Status::Active, &ours[0].1), "round {round}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t65_parallel_uses_of_one_refresh_token_have_one_successor() {
    rounds(async |store, key, round| {
        store.find_or_create(&NewAccount { key: key.clone(), ..newcomer() }).await.unwrap();
        store.begin(&NewSession { key: key.clone(), ..session(1, 0) }).await.unwrap();
        let written = at_once(|number| {
            let (store, key) = (store.clone(), key.clone());
            let rotation = Rotation { key, ..rotation(1, 0, number % 3) };
            async move { store.rotate(&rotation).await.unwrap() }
        })
        .await;
        assert_eq!(done(&written), PARALLEL as usize, "round {round}");
        let account = store.read(&key, NOW + 3).await.unwrap().unwrap();
        assert_eq!(account.family(&tag(1)).unwrap().generation, 1, "round {round}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t63_parallel_guesses_at_a_password_get_no_more_than_the_budget() {
    rounds(async |store, key, round| {
        let attempts = at_once(|_| {
            let (store, key) = (store.clone(), key.clone());
            async move { store.attempt(&key, NOW).await.unwrap() }
        })
        .await;
        let reserved = attempts.iter().filter(|attempt| matches!(attempt, Attempt::Reserved(_)));
        assert_eq!(reserved.count(), WRONG_A_QUARTER, "round {round}");
    })
    .await;
}

/// Callers that read the same version; sign-ins among them leave nothing of the old password.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t68_parallel_changes_of_one_password_are_one() {
    rounds(async |store, key, round| {
        let new = Registration { key: key.clone(), ..registration(1) };
        store.register(&new).await.unwrap();
        let written = at_once(|number| {
            let (store, key) = (store.clone(), key.clone());
            async move {
                let hash = Secret::new(format!("hash of {number}"));
                let begun = NewSession { key: key.clone(), ..session(number, 0) };
                if number % 2 == 0 {
                    store.begin(&begun).await.unwrap();
                    return None;
                }
                let new = NewPassword { key, id: id(), version: 1, hash: hash.clone() };
                let written = store.replace(&new).await.unwrap();
                (written == Written::Done).then_some(hash)
            }
        })
        .await;
        let done: Vec<_> = written.into_iter().flatten().collect();
        assert_eq!(done.len(), 1, "round {round}");
        let account = store.read(&key, NOW).await.unwrap().unwrap();
        assert!(account.hash.unwrap().matches(&done[0]), "round {round}");
        assert_eq!((account.version, account.families), (2, vec![]), "round {round}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_sign_ins_stay_within_the_credentials_limit() {
    rounds(async |store, key, round| {
        store.find_or_create(&NewAccount { key: key.clone(), ..newcomer() }).await.unwrap();
        let written = at_once(|number| {
            let (store, key) = (store.clone(), key.clone());
            let credentials = Some(credentials(100 + number, number, 0));
            let new = NewSession { key, credentials, ..session(number, 0) };
            async move { store.begin(&new).await.unwrap() }
        })
        .await;
        assert_eq!(done(&written), CREDENTIALS_SESSIONS, "round {round}");
        let account = store.read(&key, NOW).await.unwrap().unwrap();
        assert_eq!(account.credentials.len(), CREDENTIALS_SESSIONS, "round {round}");
        assert_eq!(account.families.len(), CREDENTIALS_SESSIONS, "round {round}");
    })
    .await;
}

/// Room that a dead session leaves is used once, and a full row never grows.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_sign_ins_share_the_room_of_expired_sessions() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    for round in 0..ROUNDS / 10 {
        let key = AccountKey::from_adapter_id(&round.to_string());
        store.find_or_create(&NewAccount { key: key.clone(), ..newcomer() }).await.unwrap();
        for number in 0..FAMILIES as u64 {
            let credentials = (number < 5).then(|| credentials(100 + number, number, number));
            let new = NewSession { key: key.clone(), credentials, ..session(number, number) };
            store.begin(&new).await.unwrap();
        }
        // By now two of the five have expired.
        let after = 3_600 + 1;
        let outcomes = at_once(|number| {
            let (store, key) = (store.clone(), key.clone());
            let credentials = Some(credentials(200 + number, 50 + number, after));
            let new = NewSession { key, credentials, ..session(50 + number, after) };
            async move { store.begin(&new).await }
        })
        .await;
        let account = store.read(&key, NOW + after).await.unwrap().unwrap();
        assert!(account.families.len() <= FAMILIES, "round {round}");
        assert!(account.credentials.len() <= CREDENTIALS_SESSIONS, "round {round}");
        let done = outcomes.iter().filter(|done| matches!(done, Ok(Written::Done))).count();
        let new = |number: u64| account.family(&tag(50 + number)).is_some();
        assert_eq!((0..PARALLEL).filter(|number| new(*number)).count(), done, "round {round}");
        assert!(done >= 1, "round {round}");
    }
}
