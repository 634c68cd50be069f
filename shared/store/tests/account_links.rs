//! Links to logins of other providers, on both implementations.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::time::Duration;

use lifeguard_identity::account::AccountKey;
use lifeguard_identity::limits::NONCE_LIFE;
use lifeguard_identity::linking::{Link, LoginKey, NonceTag};
use lifeguard_store::AccountTable;
use lifeguard_store::accounts::administration::{Administration, NewStatus};
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::{Account, Accounts, NewAccount, Revocation, Written};
use lifeguard_testkit::embedded::ACCOUNTS;
use lifeguard_testkit::{EmbeddedDynamo, Fault, FaultyDynamo};

use support::NOW;
use support::accounts::{Store, id, key, newcomer, on_both, session, table, tag};

async fn read(store: &Store) -> Account {
    store.read(&key(), NOW).await.unwrap().unwrap()
}

fn link(provider: &str, subject: &str) -> Link {
    Link { provider: provider.to_owned(), login: LoginKey::new(provider, subject), since: NOW }
}

/// Session `family` with nonce `nonce`, after these seconds.
fn in_session(family: u64, nonce: &str, after: u64) -> LinkSession {
    LinkSession {
        key: key(),
        id: id(),
        version: 1,
        family: tag(family),
        nonce: NonceTag::new(nonce),
        now: NOW + after,
    }
}

async fn with_a_session(store: &Store) {
    store.find_or_create(&newcomer()).await.unwrap();
    store.begin(&session(1, 0)).await.unwrap();
}

#[tokio::test]
async fn t56_a_nonce_is_of_one_session_and_used_once() {
    on_both(async |store| {
        with_a_session(&store).await;
        store.begin(&session(2, 0)).await.unwrap();
        let give = async |session| store.give_nonce(&session).await.unwrap();
        let list = async |session, link| store.list_link(&session, &link).await.unwrap();
        let noor = link("accounts.example", "noor");

        assert_eq!(list(in_session(1, "a", 0), noor.clone()).await, Written::Refused);
        assert_eq!(give(in_session(9, "a", 0)).await, Written::Refused, "no such session");
        assert_eq!(give(in_session(1, "a", 0)).await, Written::Done);
        assert_eq!(read(&store).await.link_nonce(&tag(1)), Some(&NonceTag::new("a")));
        assert_eq!(list(in_session(2, "a", 1), noor.clone()).await, Written::Refused);
        assert_eq!(list(in_session(1, "b", 1), noor.clone()).await, Written::Refused);
        assert_eq!(list(in_session(1, "a", NONCE_LIFE), noor.clone()).await, Written::Refused);
        assert_eq!(give(in_session(1, "c", 1)).await, Written::Done);
        assert_eq!(list(in_session(1, "a", 2), noor.clone()).await, Written::Refused, "replaced");
        for _ in 0..2 {
            assert_eq!(list(in_session(1, "c", 2), noor.clone()).await, Written::Done);
        }
        assert_eq!(read(&store).await.link_nonce(&tag(1)), None);
        assert_eq!(read(&store).await.links, std::slice::from_ref(&noor));
        let other = link("other.example", "noor");
        assert_eq!(list(in_session(1, "c", 3), other).await, Written::Refused, "used");

        assert_eq!(give(in_session(1, "d", 3)).await, Written::Done);
        let second = link("accounts.example", "eve");
        assert_eq!(list(in_session(1, "d", 3), second).await, Written::Refused, "one a provider");
        assert_eq!(list(in_session(1, "d", 3), noor.clone()).await, Written::Done);
        assert_eq!(read(&store).await.links, [noor]);
    })
    .await;
}

#[tokio::test]
async fn t56_a_nonce_dies_with_its_session() {
    on_both(async |store| {
        for ending in [Revocation::Family(tag(1)), Revocation::All] {
            with_a_session(&store).await;
            let version = read(&store).await.version;
            store.give_nonce(&LinkSession { version, ..in_session(1, "a", 0) }).await.unwrap();
            store.revoke(&key(), &id(), &ending).await.unwrap();
            let listed = store.list_link(&in_session(1, "a", 0), &link("any", "noor")).await;
            assert_eq!(listed.unwrap(), Written::Refused, "{ending:?}");
            assert!(read(&store).await.nonces.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn t56_a_login_is_reserved_for_one_account_until_that_one_frees_it() {
    on_both(async |store| {
        let (login, eve) =
            (LoginKey::new("accounts.example", "noor"), AccountKey::from_adapter_id("eve"));
        let reserve = async |key: &AccountKey| store.reserve_login(&login, key).await.unwrap();
        let free = async |key: &AccountKey| store.free_login(&login, key).await.unwrap();
        for _ in 0..2 {
            assert_eq!(reserve(&key()).await, Written::Done);
        }
        assert_eq!(reserve(&eve).await, Written::Refused);
        assert_eq!(free(&eve).await, Written::Refused);
        assert_eq!(reserve(&eve).await, Written::Refused);
        assert_eq!(free(&key()).await, Written::Done);
        assert_eq!(free(&key()).await, Written::Refused, "nothing is left");
        assert_eq!(reserve(&eve).await, Written::Done);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_erased_only_once_it_lists_no_link() {
    on_both(async |store| {
        with_a_session(&store).await;
        let noor = link("accounts.example", "noor");
        store.give_nonce(&in_session(1, "a", 0)).await.unwrap();
        store.list_link(&in_session(1, "a", 0), &noor).await.unwrap();
        let id = newcomer().id;
        store.set_status(&key(), &id, NewStatus::Disabled).await.unwrap();
        assert_eq!(store.erase(&key(), &id).await.unwrap(), Written::Refused);
        let eve = link("accounts.example", "eve");
        assert_eq!(store.unlist_link(&key(), &eve).await.unwrap(), Written::Refused);
        for _ in 0..2 {
            assert_eq!(store.unlist_link(&key(), &noor).await.unwrap(), Written::Done);
        }
        assert_eq!(store.erase(&key(), &id).await.unwrap(), Written::Done);
        assert_eq!(store.unlist_link(&key(), &noor).await.unwrap(), Written::Refused);
        assert!(store.read(&key(), NOW).await.unwrap().is_none(), "no row was made");
    })
    .await;
}

/// Sixteen accounts want one login at one moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t56_parallel_links_of_one_login_reserve_it_for_one_account() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    for round in 0..50 {
        let login = LoginKey::new("accounts.example", &format!("{round}"));
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..16 {
            let (store, login) = (store.clone(), login.clone());
            let key = AccountKey::from_adapter_id(&format!("{number}"));
            tasks.spawn(async move { store.reserve_login(&login, &key).await.unwrap() });
        }
        let written = tasks.join_all().await;
        let done = written.iter().filter(|written| **written == Written::Done);
        assert_eq!(done.count(), 1, "round {round}");
    }
}

/// Each step of a link with each fault, then the same step again: it is as if nothing had broken.
#[tokio::test]
async fn t56_a_link_is_made_and_undone_once_whatever_breaks() {
    let noor = link("accounts.example", "noor");
    for fault in Fault::ALL {
        for plan in [vec![(1, fault)], vec![(1, fault), (2, fault)]] {
            let dynamo = FaultyDynamo::start();
            let hasty = lifeguard_aws::hasty_stand_in(dynamo.url(), Duration::from_millis(300));
            let store = Store::Table(AccountTable::new(&hasty, ACCOUNTS.to_owned()));
            with_a_session(&store).await;
            let session = in_session(1, "a", 0);
            macro_rules! step {
                ($call:expr) => {
                    dynamo.plan(plan.clone());
                    drop($call);
                    dynamo.plan([]);
                    assert_ne!($call.unwrap(), Written::Refused, "{plan:?}");
                };
            }
            step!(store.give_nonce(&session).await);
            step!(store.list_link(&session, &noor).await);
            step!(store.reserve_login(&noor.login, &key()).await);
            assert_eq!(read(&store).await.links, std::slice::from_ref(&noor), "{plan:?}");
            dynamo.plan(plan.clone());
            drop(store.free_login(&noor.login, &key()).await);
            dynamo.plan([]);
            store.free_login(&noor.login, &key()).await.unwrap();
            step!(store.unlist_link(&key(), &noor).await);
            assert!(read(&store).await.links.is_empty(), "{plan:?}");
            let eve = NewAccount { key: AccountKey::from_adapter_id("eve"), ..newcomer() };
            let reserved = store.reserve_login(&noor.login, &eve.key).await.unwrap();
            assert_eq!(reserved, Written::Done, "{plan:?}");
        }
    }
}
