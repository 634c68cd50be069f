//! Passwords, closing, opening and erasing, on both implementations.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_identity::account::{AccountId, Status};
use lifeguard_identity::linking::{Link, LoginKey, NonceTag};
use lifeguard_sign_in::budget::WRONG_A_QUARTER;
use lifeguard_sign_in::secret::Secret;
use lifeguard_store::accounts::administration::{Administration, IdentityChange, NewStatus};
use lifeguard_store::accounts::links::{LinkSession, Links};
use lifeguard_store::accounts::passwords::{NewPassword, Passwords, Rehash};
use lifeguard_store::accounts::{Account, Accounts, Attempt, NewSession, Revocation, Written};

use support::NOW;
use support::accounts::{
    IDENTITY, Store, credentials, id, key, newcomer, on_both, registration, rotation, session, tag,
};

async fn read(store: &Store) -> Account {
    store.read(&key(), NOW).await.unwrap().unwrap()
}

/// A confirmed account of the directory with a session and a session for credentials.
async fn with_a_session(store: &Store) {
    store.register(&registration(1)).await.unwrap();
    let credentials = Some(credentials(11, 1, 0));
    let version = read(store).await.version;
    let new = NewSession { version, credentials, ..session(1, 0) };
    assert_eq!(store.begin(&new).await.unwrap(), Written::Done);
}

/// Nothing that was handed out before brings anything more.
async fn everything_has_ended(store: &Store) {
    let account = read(store).await;
    assert!(account.families.is_empty() && account.credentials.is_empty());
    assert_eq!(store.rotate(&rotation(1, 0, 1)).await.unwrap(), Written::Refused);
    assert_eq!(store.begin(&session(2, 1)).await.unwrap(), Written::Refused);
    let add = store.add_credentials(&rotation(1, 0, 1), &credentials(12, 1, 1)).await;
    assert_eq!(add.unwrap(), Written::Refused);
}

fn password(version: u64, hash: &str) -> NewPassword {
    NewPassword { key: key(), id: id(), version, hash: Secret::new(hash.to_owned()) }
}

#[tokio::test]
async fn t68_another_password_ends_every_session() {
    on_both(async |store| {
        let replace = async |version, hash| store.replace(&password(version, hash)).await.unwrap();
        assert_eq!(replace(0, "new").await, Written::Refused, "there is no account");
        with_a_session(&store).await;
        for _ in 0..WRONG_A_QUARTER {
            store.attempt(&key(), NOW).await.unwrap();
        }
        assert_eq!(replace(2, "new").await, Written::Refused, "another version");
        for _ in 0..2 {
            assert_eq!(replace(1, "new").await, Written::Done, "once, and the same once more");
        }
        assert_eq!(replace(1, "newer").await, Written::Refused, "with an old proof");
        let account = read(&store).await;
        assert_eq!((account.version, account.hash.unwrap().expose()), (2, "new"));
        let attempt = store.attempt(&key(), NOW).await.unwrap();
        assert!(matches!(attempt, Attempt::Reserved(Some(_))), "attempts are taken back");
        everything_has_ended(&store).await;
    })
    .await;
}

#[tokio::test]
async fn only_the_directory_has_passwords() {
    on_both(async |store| {
        store.find_or_create(&newcomer()).await.unwrap();
        let replaced = store.replace(&password(1, "new")).await.unwrap();
        assert_eq!(replaced, Written::Refused);
        assert!(read(&store).await.hash.is_none());
    })
    .await;
}

#[tokio::test]
async fn t64_a_new_hash_takes_the_place_of_the_one_it_was_made_for() {
    on_both(async |store| {
        with_a_session(&store).await;
        let rehash = async |old: &str, new: &str| {
            let (old, new) = (Secret::new(old.to_owned()), Secret::new(new.to_owned()));
            store.rehash(&Rehash { key: key(), old, new }).await.unwrap()
        };
        for _ in 0..2 {
            assert_eq!(rehash("hash 1", "better").await, Written::Done);
        }
        assert_eq!(rehash("hash 1", "of yesterday").await, Written::Refused);
        let account = read(&store).await;
        assert_eq!((account.version, account.hash.unwrap().expose()), (1, "better"));
        assert_eq!(account.families.len(), 1, "nothing has ended");
        store.set_status(&key(), &id(), NewStatus::Disabled).await.unwrap();
        assert_eq!(rehash("better", "best").await, Written::Refused);
    })
    .await;
}

#[tokio::test]
async fn t68_disabled_account_grants_nothing_and_sessions_stay_revoked() {
    on_both(async |store| {
        let set = async |standing| store.set_status(&key(), &id(), standing).await.unwrap();
        assert_eq!(set(NewStatus::Disabled).await, Written::Refused, "there is no account");
        store.attempt(&key(), NOW).await.unwrap();
        assert_eq!(set(NewStatus::Active).await, Written::Refused, "a row that only counts");
        with_a_session(&store).await;

        let version = read(&store).await.version;
        for _ in 0..2 {
            assert_eq!(set(NewStatus::Disabled).await, Written::Done);
        }
        let account = read(&store).await;
        assert_eq!(account.status, Status::Disabled);
        everything_has_ended(&store).await;
        let now_known = NewSession { version: account.version, ..session(2, 0) };
        assert_eq!(store.begin(&now_known).await.unwrap(), Written::Refused);
        let kept = store.keep_identity(&key(), &id(), account.version, "any").await.unwrap();
        assert_eq!(kept, Written::Refused);
        assert_eq!(store.register(&registration(1)).await.unwrap(), Written::Refused);
        let replaced = store.replace(&password(account.version, "new")).await.unwrap();
        assert_eq!(replaced, Written::Refused);
        let attempt = store.attempt(&key(), NOW).await.unwrap();
        let Attempt::Reserved(Some(found)) = attempt else { panic!("not found") };
        assert_eq!(found.status, Status::Disabled);
        let registered = store.register(&registration(2)).await.unwrap();
        assert_eq!(registered, Written::Refused, "its address is not free");

        assert_eq!(set(NewStatus::Active).await, Written::Done);
        assert!(read(&store).await.version > version);
        everything_has_ended(&store).await;
    })
    .await;
}

#[tokio::test]
async fn an_account_is_found_by_its_id_and_changed_only_under_it() {
    on_both(async |store| {
        assert_eq!(store.find(&id()).await.unwrap(), None);
        with_a_session(&store).await;
        assert_eq!(store.find(&id()).await.unwrap(), Some(key()));
        let other = AccountId::from_random([2; 16]);
        assert_eq!(store.find(&other).await.unwrap(), None);
        let closed = store.set_status(&key(), &other, NewStatus::Disabled).await.unwrap();
        assert_eq!(closed, Written::Refused);
        let change =
            IdentityChange { key: key(), id: other.clone(), from: IDENTITY.to_owned(), to: None };
        assert_eq!(store.change_identity(&change).await.unwrap(), Written::Refused);
        assert_eq!(store.erase(&key(), &other).await.unwrap(), Written::Refused);
        assert_eq!(read(&store).await.status, Status::Active);
    })
    .await;
}

#[tokio::test]
async fn an_erased_account_is_gone_and_its_address_free() {
    on_both(async |store| {
        with_a_session(&store).await;
        assert_eq!(store.erase(&key(), &id()).await.unwrap(), Written::Done);
        assert_eq!(store.erase(&key(), &id()).await.unwrap(), Written::Refused, "nothing is left");
        assert!(store.read(&key(), NOW).await.unwrap().is_none());
        assert_eq!(store.find(&id()).await.unwrap(), None);
        assert_eq!(store.rotate(&rotation(1, 0, 1)).await.unwrap(), Written::Refused);
        assert_eq!(store.register(&registration(2)).await.unwrap(), Written::Done);
        assert_eq!(store.erase(&key(), &id()).await.unwrap(), Written::Refused, "it is another's");
    })
    .await;
}

/// The next account in a row has the version of the first, so only the id tells them apart.
#[tokio::test]
async fn account_in_the_row_of_an_erased_one_is_not_touched() {
    on_both(async |store| {
        with_a_session(&store).await;
        assert_eq!(store.erase(&key(), &id()).await.unwrap(), Written::Done);
        let next = registration(2);
        store.register(&next).await.unwrap();
        let session_of_next = NewSession { id: next.id.clone(), ..session(1, 0) };
        assert_eq!(store.begin(&session_of_next).await.unwrap(), Written::Done);
        let link_session = |id| LinkSession {
            key: key(),
            id,
            version: 1,
            family: tag(1),
            nonce: NonceTag::new("nonce"),
            now: NOW,
        };
        let given = store.give_nonce(&link_session(next.id.clone())).await.unwrap();
        assert_eq!(given, Written::Done);
        let before = format!("{:?}", read(&store).await);

        let first = link_session(id());
        let login = LoginKey::new("accounts.example", "noor");
        let link = Link { provider: "accounts.example".to_owned(), login, since: NOW };
        for (what, written) in [
            ("begin", store.begin(&session(2, 0)).await),
            ("rotate", store.rotate(&rotation(1, 0, 1)).await),
            ("add", store.add_credentials(&rotation(1, 0, 1), &credentials(11, 1, 1)).await),
            ("keep", store.keep_identity(&key(), &id(), 1, IDENTITY).await),
            ("replace", store.replace(&password(1, "new")).await),
            ("nonce", store.give_nonce(&first).await),
            ("list", store.list_link(&first, &link).await),
            ("family", store.revoke(&key(), &id(), &Revocation::Family(tag(1))).await),
            ("all", store.revoke(&key(), &id(), &Revocation::All).await),
        ] {
            assert_eq!(written.unwrap(), Written::Refused, "{what}");
        }
        let attempt = store.attempt_change(&key(), &id(), NOW).await.unwrap();
        assert!(matches!(attempt, Attempt::Blocked));
        assert_eq!(format!("{:?}", read(&store).await), before);
    })
    .await;
}

#[tokio::test]
async fn t56_new_identity_revokes_sessions_and_a_third_is_refused() {
    on_both(async |store| {
        let change = async |from: &str, to: Option<&str>| {
            let change = IdentityChange {
                key: key(),
                id: id(),
                from: from.to_owned(),
                to: to.map(str::to_owned),
            };
            store.change_identity(&change).await.unwrap()
        };
        assert_eq!(change(IDENTITY, Some("other")).await, Written::Refused, "there is no account");
        store.attempt(&key(), NOW).await.unwrap();
        assert_eq!(change(IDENTITY, Some("other")).await, Written::Refused, "only counted");
        with_a_session(&store).await;
        let version = read(&store).await.version;
        assert_eq!(change("third", Some("other")).await, Written::Refused);
        assert_eq!(change("third", None).await, Written::Refused);
        assert_eq!(read(&store).await.families.len(), 1, "nothing has ended");

        for _ in 0..2 {
            assert_eq!(change(IDENTITY, Some("other")).await, Written::Done);
        }
        let account = read(&store).await;
        assert_eq!(account.identity.as_deref(), Some("other"));
        assert!(account.version > version);
        everything_has_ended(&store).await;
        for _ in 0..2 {
            assert_eq!(change("other", None).await, Written::Done);
        }
        let account = read(&store).await;
        assert_eq!((account.identity, account.status), (None, Status::Active));
        store.set_status(&key(), &id(), NewStatus::Disabled).await.unwrap();
        assert_eq!(change(IDENTITY, Some("other")).await, Written::Done, "closed or not");
    })
    .await;
}
