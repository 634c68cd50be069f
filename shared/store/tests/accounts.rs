//! Operations of the provider on the accounts, on both implementations.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_identity::account::{AccountId, AccountKey, Kind, Status};
use lifeguard_identity::limits::{CREDENTIALS_SESSIONS, FAMILIES, FAMILY_IDLE, FAMILY_LIFE, GRACE};
use lifeguard_identity::session::Family;
use lifeguard_sign_in::budget::{DAY, QUARTER, WRONG_A_DAY, WRONG_A_QUARTER};
use lifeguard_store::accounts::passwords::Passwords as _;
use lifeguard_store::accounts::{
    Account, Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Written,
};

use lifeguard_testkit::EmbeddedDynamo;
use lifeguard_testkit::embedded::ACCOUNTS;
use support::NOW;
use support::accounts::{
    IDENTITY, Store, credentials, family, id, key, newcomer, on_both, registration, rotation,
    session, table, tag,
};

async fn read(store: &Store, after: u64) -> Option<Account> {
    store.read(&key(), NOW + after).await.unwrap()
}

async fn generation(store: &Store, number: u64, after: u64) -> Option<u32> {
    read(store, after).await?.family(&tag(number)).map(|family| family.generation)
}

async fn blocked(store: &Store, after: u64) -> bool {
    matches!(store.attempt(&key(), NOW + after).await.unwrap(), Attempt::Blocked)
}

#[tokio::test]
async fn address_becomes_one_account_and_stays_it() {
    on_both(async |store| {
        let registered = async |number| store.register(&registration(number)).await.unwrap();
        assert!(read(&store, 0).await.is_none());
        assert_eq!(registered(1).await, Written::Done);
        assert_eq!(registered(1).await, Written::Done, "the same once more");
        assert_eq!(registered(2).await, Written::Refused);
        let again = Registration { id: AccountId::from_random([3; 16]), ..registration(1) };
        assert_eq!(store.register(&again).await.unwrap(), Written::Done, "the same confirmation");
        let account = read(&store, 1_000 * DAY).await.unwrap();
        assert_eq!((account.status, account.kind), (Status::Active, Kind::Directory));
        assert_eq!((account.id, account.version), (id(), 1));
        assert_eq!(account.hash.unwrap().expose(), "hash 1");
    })
    .await;
}

#[tokio::test]
async fn attempts_of_known_and_unknown_names_count_alike() {
    on_both(async |store| {
        let unknown = AccountKey::from_adapter_id("unknown");
        store.register(&registration(1)).await.unwrap();
        for (key, known) in [(key(), true), (unknown, false)] {
            for turn in 0..WRONG_A_QUARTER as u64 {
                let attempt = store.attempt(&key, NOW + turn).await.unwrap();
                let Attempt::Reserved(account) = attempt else { panic!("blocked at {turn}") };
                assert_eq!(account.is_some(), known);
            }
            let at = async |after| store.attempt(&key, NOW + after).await.unwrap();
            assert!(matches!(at(20).await, Attempt::Blocked));
            assert!(matches!(at(QUARTER - 1).await, Attempt::Blocked));
            assert!(matches!(at(QUARTER).await, Attempt::Reserved(_)), "the window slides");
            assert!(matches!(at(QUARTER).await, Attempt::Blocked), "by one");
            for turn in 11..WRONG_A_DAY as u64 {
                assert!(matches!(at(2 * QUARTER + turn).await, Attempt::Reserved(_)), "{turn}");
            }
            assert!(matches!(at(DAY - 1).await, Attempt::Blocked), "twenty a day");
            assert!(matches!(at(DAY).await, Attempt::Reserved(_)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_hundred_attempts_in_a_row_block_until_they_are_taken_back() {
    on_both(async |store| {
        for turn in 0..100 {
            assert!(!blocked(&store, turn * DAY / 10).await, "{turn}");
        }
        assert!(blocked(&store, 1_000 * DAY).await);
        store.reset_attempts(&key()).await.unwrap();
        assert!(!blocked(&store, 1_000 * DAY).await);
    })
    .await;
}

#[tokio::test]
async fn t05_a_confirmation_takes_back_what_was_guessed_at_the_address() {
    on_both(async |store| {
        for _ in 0..WRONG_A_QUARTER {
            assert!(!blocked(&store, 0).await);
        }
        assert!(blocked(&store, 1).await);
        store.register(&registration(1)).await.unwrap();
        assert!(!blocked(&store, 2).await);
    })
    .await;
}

/// Guesses of any caller do not close the change of a password, nor the other way round.
#[tokio::test]
async fn t05_attempts_to_change_a_password_count_by_themselves() {
    on_both(async |store| {
        let account = store.find_or_create(&newcomer()).await.unwrap();
        let change = async |id: &AccountId, after: u64| {
            store.attempt_change(&key(), id, NOW + after).await.unwrap()
        };
        let other = AccountId::from_random([8; 16]);
        assert!(matches!(change(&other, 0).await, Attempt::Blocked), "another account");
        while !blocked(&store, 0).await {}
        for turn in 0..WRONG_A_QUARTER {
            let Attempt::Reserved(Some(read)) = change(&account.id, 0).await else {
                panic!("blocked at {turn}");
            };
            assert_eq!(read.id, account.id);
        }
        assert!(matches!(change(&account.id, 0).await, Attempt::Blocked));
        assert!(matches!(change(&account.id, QUARTER).await, Attempt::Reserved(Some(_))));
        store.begin(&session(1, QUARTER)).await.unwrap();
        for _ in 0..WRONG_A_QUARTER {
            assert!(!blocked(&store, QUARTER).await, "a success resets both");
            assert!(matches!(change(&account.id, QUARTER).await, Attempt::Reserved(Some(_))));
        }
    })
    .await;
    let dynamo = EmbeddedDynamo::start();
    let unknown = AccountKey::from_adapter_id("unknown");
    let id = AccountId::from_random([8; 16]);
    let attempt = table(&dynamo).await.attempt_change(&unknown, &id, NOW).await.unwrap();
    assert!(matches!(attempt, Attempt::Blocked));
    assert!(dynamo.item(ACCOUNTS, unknown.as_str()).is_null(), "no row is made");
}

#[tokio::test]
async fn t62_counts_at_a_known_name_do_not_fade() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    let fades = || dynamo.item(ACCOUNTS, key().as_str())["ttl"].get("N").is_some();
    store.attempt(&key(), NOW).await.unwrap();
    assert!(fades(), "the unknown user's");
    store.mark_known(&key()).await.unwrap();
    assert!(!fades());
    store.attempt(&key(), NOW).await.unwrap();
    assert!(!fades());
}

#[tokio::test]
async fn sign_in_resets_attempts_and_keeps_identity_and_sessions() {
    on_both(async |store| {
        let account = store.find_or_create(&newcomer()).await.unwrap();
        assert_eq!((account.version, account.identity), (1, None));
        for _ in 0..WRONG_A_QUARTER {
            assert!(!blocked(&store, 0).await);
        }
        let with_credentials =
            NewSession { credentials: Some(credentials(11, 1, 0)), ..session(1, 0) };
        for _ in 0..2 {
            assert_eq!(store.begin(&with_credentials).await.unwrap(), Written::Done);
        }
        let account = read(&store, 0).await.unwrap();
        assert_eq!(account.identity.as_deref(), Some(IDENTITY));
        assert_eq!(account.families, [family(1, 0)]);
        assert_eq!(account.credentials, [credentials(11, 1, 0)]);
        assert!(!blocked(&store, 0).await);
    })
    .await;
}

#[tokio::test]
async fn sign_in_is_refused_if_the_account_has_changed() {
    on_both(async |store| {
        let refused = async |new: NewSession| {
            assert_eq!(store.begin(&new).await.unwrap(), Written::Refused, "{new:?}");
        };
        refused(session(1, 0)).await;
        store.attempt(&key(), NOW).await.unwrap();
        refused(session(1, 0)).await;
        store.register(&registration(1)).await.unwrap();
        refused(NewSession { version: 2, ..session(1, 0) }).await;
        assert_eq!(store.begin(&session(1, 0)).await.unwrap(), Written::Done);
        refused(NewSession { identity: "eu-west-1:other".to_owned(), ..session(2, 0) }).await;
        assert_eq!(read(&store, 0).await.unwrap().families.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_oldest_family_makes_room_and_takes_its_credentials_along() {
    on_both(async |store| {
        store.find_or_create(&newcomer()).await.unwrap();
        let oldest = NewSession { credentials: Some(credentials(101, 1, 1)), ..session(1, 1) };
        store.begin(&oldest).await.unwrap();
        for number in 2..=FAMILIES as u64 {
            assert_eq!(store.begin(&session(number, number)).await.unwrap(), Written::Done);
        }
        let account = read(&store, 30).await.unwrap();
        assert_eq!((account.families.len(), account.credentials.len()), (FAMILIES, 1));
        assert_eq!(store.begin(&session(30, 30)).await.unwrap(), Written::Done);
        let account = read(&store, 30).await.unwrap();
        assert_eq!((account.families.len(), account.credentials.len()), (FAMILIES, 0));
        assert!(account.family(&tag(1)).is_none());
        assert!(account.family(&tag(30)).is_some());
    })
    .await;
}

#[tokio::test]
async fn dead_families_make_room_before_living_ones() {
    on_both(async |store| {
        store.find_or_create(&newcomer()).await.unwrap();
        for number in 1..=FAMILIES as u64 {
            let idle = if number % 2 == 0 { NOW + 100 } else { NOW + FAMILY_IDLE };
            let family = Family { idle, ..family(number, number) };
            store.begin(&NewSession { family, ..session(number, number) }).await.unwrap();
        }
        assert_eq!(store.begin(&session(30, 200)).await.unwrap(), Written::Done);
        let account = read(&store, 200).await.unwrap();
        assert_eq!(account.families.len(), FAMILIES / 2 + 1);
        assert!(account.family(&tag(1)).is_some());
    })
    .await;
}

#[tokio::test]
async fn credentials_session_too_many_is_refused_until_one_expires() {
    on_both(async |store| {
        store.find_or_create(&newcomer()).await.unwrap();
        store.begin(&session(1, 0)).await.unwrap();
        let add = async |number, after| {
            let rotation = rotation(1, 0, after);
            store.add_credentials(&rotation, &credentials(number, 1, after)).await.unwrap()
        };
        for number in 11..11 + CREDENTIALS_SESSIONS as u64 {
            assert_eq!(add(number, number).await, Written::Done);
            assert_eq!(add(number, number).await, Written::Done, "the same once more");
        }
        assert_eq!(add(20, 20).await, Written::Refused);
        let new = NewSession { credentials: Some(credentials(21, 2, 20)), ..session(2, 20) };
        assert_eq!(store.begin(&new).await.unwrap(), Written::Refused);
        assert_eq!(read(&store, 20).await.unwrap().families.len(), 1, "nothing was written");

        let ending = Revocation::Credentials(tag(11));
        assert_eq!(store.revoke(&key(), &id(), &ending).await.unwrap(), Written::Done);
        assert_eq!(add(20, 20).await, Written::Done);
        assert_eq!(add(22, 3_600 + 13).await, Written::Done, "two have expired");
        assert_eq!(read(&store, 3_600 + 13).await.unwrap().credentials.len(), 4);
        assert_eq!(generation(&store, 1, 0).await, Some(0), "no generation was used up");
    })
    .await;
}

#[tokio::test]
async fn sessions_for_credentials_end_with_their_family() {
    on_both(async |store| {
        store.find_or_create(&newcomer()).await.unwrap();
        for (number, own) in [(1, 11), (2, 12)] {
            let credentials = Some(credentials(own, number, 0));
            store.begin(&NewSession { credentials, ..session(number, 0) }).await.unwrap();
        }
        for _ in 0..2 {
            let ending = Revocation::Family(tag(1));
            assert_eq!(store.revoke(&key(), &id(), &ending).await.unwrap(), Written::Done);
        }
        let account = read(&store, 0).await.unwrap();
        assert_eq!(account.families, [family(2, 0)]);
        assert_eq!(account.credentials, [credentials(12, 2, 0)]);
    })
    .await;
}

#[tokio::test]
async fn ending_everything_ends_what_was_read_before() {
    on_both(async |store| {
        let all = async || store.revoke(&key(), &id(), &Revocation::All).await.unwrap();
        assert_eq!(all().await, Written::Refused, "there is no account");
        assert!(read(&store, 0).await.is_none(), "and none was made");
        store.find_or_create(&newcomer()).await.unwrap();
        store.begin(&session(1, 0)).await.unwrap();
        assert_eq!(all().await, Written::Done);
        let account = read(&store, 0).await.unwrap();
        assert_eq!((account.version, account.families.len()), (2, 0));
        assert_eq!(store.begin(&session(2, 0)).await.unwrap(), Written::Refused);
        assert_eq!(store.rotate(&rotation(1, 0, 0)).await.unwrap(), Written::Refused);
        assert_eq!(
            store.keep_identity(&key(), &id(), 1, IDENTITY).await.unwrap(),
            Written::Refused
        );
        let add = store.add_credentials(&rotation(1, 0, 0), &credentials(11, 1, 0)).await;
        assert_eq!(add.unwrap(), Written::Refused);
        assert_eq!(store.keep_identity(&key(), &id(), 2, IDENTITY).await.unwrap(), Written::Done);
    })
    .await;
}

#[tokio::test]
async fn a_generation_is_used_up_once_and_again_only_for_a_moment() {
    on_both(async |store| {
        store.find_or_create(&newcomer()).await.unwrap();
        store.begin(&session(1, 0)).await.unwrap();
        let rotate =
            async |generation, after| store.rotate(&rotation(1, generation, after)).await.unwrap();
        assert_eq!(rotate(1, 100).await, Written::Refused, "it does not exist yet");
        assert_eq!(rotate(0, 100).await, Written::Done);
        assert_eq!(rotate(0, 100 + GRACE).await, Written::Done);
        assert_eq!(generation(&store, 1, 100).await, Some(1), "used up once");
        assert_eq!(rotate(0, 101 + GRACE).await, Written::Refused);
        assert_eq!(rotate(1, 102 + GRACE).await, Written::Done);
        assert_eq!(rotate(0, 103 + GRACE).await, Written::Refused);
        let add = async |generation, after| {
            let rotation = rotation(1, generation, after);
            let session = credentials(50 + u64::from(generation), 1, after);
            store.add_credentials(&rotation, &session).await.unwrap()
        };
        assert_eq!(add(0, 103 + GRACE).await, Written::Refused);
        assert_eq!(add(1, 103 + GRACE).await, Written::Done);
        assert_eq!(add(1, 200).await, Written::Refused);
        assert_eq!(add(2, 200).await, Written::Done);
        assert_eq!(add(3, 200).await, Written::Refused);
    })
    .await;
}

#[tokio::test]
async fn a_family_ends_when_it_idles_and_when_it_is_old() {
    on_both(async |store| {
        store.find_or_create(&newcomer()).await.unwrap();
        store.begin(&session(1, 0)).await.unwrap();
        let rotate =
            async |generation, after| store.rotate(&rotation(1, generation, after)).await.unwrap();
        assert_eq!(rotate(0, FAMILY_IDLE).await, Written::Refused);
        assert_eq!(rotate(0, FAMILY_IDLE - 1).await, Written::Done);
        assert_eq!(rotate(1, 2 * FAMILY_IDLE - 2).await, Written::Done);
        assert_eq!(rotate(2, 3 * FAMILY_IDLE - 3).await, Written::Done);
        assert_eq!(generation(&store, 1, FAMILY_LIFE - 1).await, Some(3));
        assert_eq!(rotate(3, FAMILY_LIFE).await, Written::Refused);
        assert_eq!(generation(&store, 1, FAMILY_LIFE).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_newcomer_becomes_an_account_once() {
    on_both(async |store| {
        let first = store.find_or_create(&newcomer()).await.unwrap();
        let other = NewAccount { id: AccountId::from_random([8; 16]), ..newcomer() };
        let again = store.find_or_create(&other).await.unwrap();
        assert_eq!(first.id, again.id);
        assert_eq!((again.version, again.status), (1, Status::Active));
        let kind = NewAccount { kind: Kind::Issuer, ..newcomer() };
        assert!(store.find_or_create(&kind).await.is_err(), "kinds do not merge");
        for (identity, expected) in
            [(IDENTITY, Written::Done), (IDENTITY, Written::Done), ("other", Written::Refused)]
        {
            assert_eq!(store.keep_identity(&key(), &id(), 1, identity).await.unwrap(), expected);
        }
    })
    .await;
}
