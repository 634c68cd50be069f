//! Quotas let no more through than their limit, on both implementations.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::sync::Arc;

use lifeguard_identity::registration_quota::{Extent, QuotaLimits, RegistrationQuota, quotas};
use lifeguard_sign_up::email::Email;
use lifeguard_store::quotas::{QuotaCount, Quotas};
use lifeguard_testkit::embedded::ACCOUNTS;
use lifeguard_testkit::{EmbeddedDynamo, MemoryAccounts};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use support::NOW;
use support::accounts::{Store, on_both, table};

const PARALLEL: u64 = 32;

fn quota(key: &str, limit: u64) -> RegistrationQuota {
    RegistrationQuota { extent: Extent::Share, key: key.to_owned(), limit, expires: NOW + 86_400 }
}

#[tokio::test]
async fn quota_counts_to_its_limit_and_no_further() {
    on_both(async |store| {
        let counted = async |limit| store.count(&quota("q1#a", limit)).await.unwrap();
        for expected in 1..=3 {
            assert_eq!(counted(3).await, QuotaCount::Counted(expected));
        }
        for _ in 0..3 {
            assert_eq!(counted(3).await, QuotaCount::Exhausted);
        }
        assert_eq!(counted(2).await, QuotaCount::Exhausted, "a limit that was lowered");
        assert_eq!(counted(4).await, QuotaCount::Counted(4), "a limit that was raised");
        let other = store.count(&quota("q1#b", 1)).await.unwrap();
        assert_eq!(other, QuotaCount::Counted(1));
    })
    .await;
}

/// T73: requests at one moment, from as many instances, get what the limit says and no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t73_parallel_registrations_get_no_more_than_the_quota() {
    let dynamo = EmbeddedDynamo::start();
    for store in [Store::Memory(MemoryAccounts::default()), table(&dynamo).await] {
        for (round, limit) in [1, 2, 7, 31, 32, 33].into_iter().cycle().take(60).enumerate() {
            let start = Arc::new(Barrier::new(PARALLEL as usize));
            let mut tasks = JoinSet::new();
            for _ in 0..PARALLEL {
                let (store, start) = (store.clone(), Arc::clone(&start));
                let quota = quota(&format!("q1#{round}"), limit);
                tasks.spawn(async move {
                    start.wait().await;
                    store.count(&quota).await.unwrap()
                });
            }
            let mut counts: Vec<u64> = tasks
                .join_all()
                .await
                .into_iter()
                .filter_map(|count| match count {
                    QuotaCount::Counted(count) => Some(count),
                    QuotaCount::Exhausted => None,
                })
                .collect();
            counts.sort_unstable();
            let expected: Vec<u64> = (1..=limit.min(PARALLEL)).collect();
            assert_eq!(counts, expected, "round {round}, limit {limit}");
        }
    }
}

/// The mails of a day, whatever addresses an attacker chooses: the shares together are the limit.
#[tokio::test]
async fn t73_a_day_of_registrations_stays_within_both_limits() {
    let store = MemoryAccounts::default();
    let limits = QuotaLimits { a_day: 100, a_domain: 20 };
    let (mut admitted, mut of_domain) = (0, 0);
    for number in 0..2_000 {
        let domain = if number % 2 == 0 { "gmail.com" } else { "example.net" };
        let email = Email::parse(&format!("user{number}@{domain}")).unwrap();
        let mut counts = Vec::new();
        for quota in quotas(&email, limits, NOW + number) {
            counts.push(store.count(&quota).await.unwrap());
            if counts.last() == Some(&QuotaCount::Exhausted) {
                break;
            }
        }
        if !counts.contains(&QuotaCount::Exhausted) {
            admitted += 1;
            of_domain += u64::from(domain == "example.net");
        }
    }
    assert!(admitted <= 96, "{admitted}");
    assert!((90..=96).contains(&admitted), "eight shares of twelve: {admitted}");
    assert!((1..=20).contains(&of_domain), "{of_domain}");
}

#[tokio::test]
async fn row_of_a_quota_holds_a_count_and_its_end() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    let [domain, _] = quotas(
        &Email::parse("noor@example.net").unwrap(),
        QuotaLimits { a_day: 1_000, a_domain: 200 },
        NOW,
    )
    .try_into()
    .unwrap();
    store.count(&domain).await.unwrap();
    let row = dynamo.item(ACCOUNTS, &domain.key);
    let mut names: Vec<_> = row.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["pk", "qn", "ttl"]);
    assert_eq!(row["ttl"]["N"], domain.expires.to_string());
}
