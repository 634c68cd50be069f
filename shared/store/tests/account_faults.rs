//! Every call of the account table with every fault at every attempt: what may come of it, and
//! what the same call comes to afterwards.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::error::Error as _;
use std::time::Duration;

use lifeguard_identity::account::AccountKey;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::{Administration, IdentityChange, NewStatus};
use lifeguard_store::accounts::passwords::{NewPassword, Passwords, Rehash};
use lifeguard_store::accounts::{Accounts, Attempt, NewAccount, NewSession, Revocation, Written};
use lifeguard_store::{AccountTable, LayoutError, Operation, StoreError};
use lifeguard_testkit::embedded::ACCOUNTS;
use lifeguard_testkit::{Fault, FaultyDynamo};
use serde_json::Value;

use support::NOW;
use support::accounts::{
    IDENTITY, Store, credentials, id, key, newcomer, registration, rotation, session, tag,
};

/// Long enough for a busy machine, short enough for a call that hangs.
const ATTEMPT: Duration = Duration::from_millis(300);

/// The faults of the attempts of one call.
type Plan = Vec<(usize, Fault)>;

/// Each fault at the first attempt, and at both.
fn plans() -> Vec<Plan> {
    Fault::ALL
        .into_iter()
        .flat_map(|fault| [vec![(1, fault)], vec![(1, fault), (2, fault)]])
        .collect()
}

/// Result of a call, as far as these tests tell it apart.
#[derive(Debug, PartialEq)]
enum Outcome {
    Done,
    Refused,
    Fault,
}

impl From<Result<Written, StoreError>> for Outcome {
    fn from(written: Result<Written, StoreError>) -> Self {
        match written {
            Ok(Written::Done) => Self::Done,
            Ok(Written::Refused) => Self::Refused,
            Err(_) => Self::Fault,
        }
    }
}

fn row(dynamo: &FaultyDynamo, key: &AccountKey) -> Value {
    dynamo.database().item(ACCOUNTS, key.as_str())
}

/// Plays one operation with every plan: done only if it was written, and the same call afterwards
/// leaves the row as one call without a fault does.
async fn every_fault(prepare: impl AsyncFn(&Store), operation: impl AsyncFn(&Store) -> Outcome) {
    for plan in plans() {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT);
        let store = Store::Table(AccountTable::new(&configuration, ACCOUNTS.to_owned()));
        prepare(&store).await;
        let before = row(&dynamo, &key());

        dynamo.plan(plan.clone());
        let outcome = operation(&store).await;
        let after = row(&dynamo, &key());
        assert!(outcome != Outcome::Done || after != before, "{plan:?}: done without a write");
        let executes = plan.iter().any(|(_, fault)| fault.executes());
        assert!(!executes || after != before, "{plan:?}: the proxy executes it");
        let told = plan[0].1 == Fault::ConditionFailed;
        assert!(outcome != Outcome::Refused || told, "{plan:?}: refused for no reason");

        dynamo.plan([]);
        assert_eq!(operation(&store).await, Outcome::Done, "{plan:?}: the same again");
        let repeated = row(&dynamo, &key());
        if after != before {
            assert_eq!(without_counts(repeated), without_counts(after), "{plan:?}");
        }
    }
}

/// A row without what may count a repeated call twice: attempts, and the version that an ending
/// raises. Both only ever make it stricter.
fn without_counts(mut row: Value) -> Value {
    if let Some(row) = row.as_object_mut() {
        row.retain(|name, _| name != "bad" && name != "ver" && !name.starts_with('t'));
    }
    row
}

async fn with_an_account(store: &Store) {
    store.find_or_create(&newcomer()).await.unwrap();
}

async fn with_a_session(store: &Store) {
    with_an_account(store).await;
    store.begin(&session(1, 0)).await.unwrap();
}

#[tokio::test]
async fn t65_a_registration_holds_once_whatever_breaks() {
    every_fault(async |_| {}, async |store| store.register(&registration(1)).await.into()).await;
}

#[tokio::test]
async fn t63_attempt_is_counted_before_a_comparison_whatever_breaks() {
    every_fault(with_an_account, async |store| match store.attempt(&key(), NOW).await {
        Ok(Attempt::Reserved(account)) => {
            assert!(account.is_some());
            Outcome::Done
        }
        Ok(Attempt::Blocked) => Outcome::Refused,
        Err(_) => Outcome::Fault,
    })
    .await;
}

#[tokio::test]
async fn t65_a_sign_in_is_stored_once_whatever_breaks() {
    every_fault(with_an_account, async |store| {
        let new = NewSession { credentials: Some(credentials(11, 1, 0)), ..session(1, 0) };
        store.begin(&new).await.into()
    })
    .await;
}

#[tokio::test]
async fn t65_a_refresh_token_is_used_up_once_whatever_breaks() {
    let rotate = async |store: &Store| store.rotate(&rotation(1, 0, 5)).await.into();
    every_fault(with_a_session, rotate).await;
    every_fault(with_a_session, async |store| {
        store.add_credentials(&rotation(1, 0, 5), &credentials(11, 1, 5)).await.into()
    })
    .await;
}

#[tokio::test]
async fn a_newcomer_is_admitted_once_whatever_breaks() {
    every_fault(
        async |_| {},
        async |store| match store.find_or_create(&newcomer()).await {
            Ok(account) => {
                assert_eq!(account.id, newcomer().id);
                Outcome::Done
            }
            Err(error) => {
                assert_eq!(error.operation(), Operation::FindOrCreate);
                let layout = error.source().is_some_and(|source| source.is::<LayoutError>());
                if layout { Outcome::Refused } else { Outcome::Fault }
            }
        },
    )
    .await;
    every_fault(with_an_account, async |store| {
        store.keep_identity(&key(), &id(), 1, IDENTITY).await.into()
    })
    .await;
}

#[tokio::test]
async fn t68_what_ends_stays_ended_whatever_breaks() {
    for ending in [Revocation::Family(tag(1)), Revocation::All] {
        every_fault(with_a_session, async |store| {
            store.revoke(&key(), &id(), &ending).await.into()
        })
        .await;
    }
}

#[tokio::test]
async fn t68_closing_and_another_password_are_done_once_whatever_breaks() {
    let confirmed = async |store: &Store| {
        store.register(&registration(1)).await.unwrap();
        store.begin(&session(1, 0)).await.unwrap();
    };
    let secret = |text: &str| Secret::new(text.to_owned());
    every_fault(confirmed, async |store| {
        let new = NewPassword { key: key(), id: id(), version: 1, hash: secret("new") };
        store.replace(&new).await.into()
    })
    .await;
    every_fault(confirmed, async |store| {
        let rehash = Rehash { key: key(), old: secret("hash 1"), new: secret("new") };
        store.rehash(&rehash).await.into()
    })
    .await;
    every_fault(confirmed, async |store| {
        let id = registration(1).id;
        store.set_status(&key(), &id, NewStatus::Disabled).await.into()
    })
    .await;
}

#[tokio::test]
async fn t56_an_identity_is_changed_once_whatever_breaks() {
    for to in [Some("other".to_owned()), None] {
        every_fault(with_a_session, async |store| {
            let (from, to) = (IDENTITY.to_owned(), to.clone());
            let change = IdentityChange { key: key(), id: newcomer().id, from, to };
            store.change_identity(&change).await.into()
        })
        .await;
    }
}

/// Erasing an erased row is refused: of two attempts the second says so.
#[tokio::test]
async fn an_account_is_erased_whatever_breaks() {
    for plan in plans() {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT);
        let store = Store::Table(AccountTable::new(&configuration, ACCOUNTS.to_owned()));
        with_a_session(&store).await;
        dynamo.plan(plan.clone());
        let erased = store.erase(&key(), &newcomer().id).await;
        let gone = row(&dynamo, &key()).is_null();
        assert!(gone || !matches!(erased, Ok(Written::Done)), "{plan:?}");
        dynamo.plan([]);
        let again = store.erase(&key(), &newcomer().id).await.unwrap();
        assert_eq!(again, if gone { Written::Refused } else { Written::Done }, "{plan:?}");
        assert!(row(&dynamo, &key()).is_null(), "{plan:?}");
    }
}

#[tokio::test]
async fn t37_a_throttled_table_grants_nothing() {
    let dynamo = FaultyDynamo::start();
    let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT);
    let store = Store::Table(AccountTable::new(&configuration, ACCOUNTS.to_owned()));
    with_a_session(&store).await;
    let before = row(&dynamo, &key());
    dynamo.plan((1..200).map(|call| (call, Fault::Throttled)));
    assert!(store.attempt(&key(), NOW).await.is_err());
    assert!(store.read(&key(), NOW).await.is_err());
    assert!(store.begin(&session(2, 0)).await.is_err());
    assert!(store.rotate(&rotation(1, 0, 0)).await.is_err());
    assert!(store.reset_attempts(&key()).await.is_err());
    assert!(store.revoke(&key(), &id(), &Revocation::All).await.is_err());
    let other = NewAccount { key: AccountKey::from_adapter_id("eve"), ..newcomer() };
    assert!(store.find_or_create(&other).await.is_err());
    assert_eq!(row(&dynamo, &key()), before);
}
