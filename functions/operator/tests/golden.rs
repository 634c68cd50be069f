//! Requests in, whole replies out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use lifeguard_sign_in::budget::DAY;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_store::Accounts;
use lifeguard_store::challenges::Challenges;
use lifeguard_store::profiles::{NewProfile, ProfileKey};
use lifeguard_testkit::embedded::{CHALLENGES, PROFILES};
use lifeguard_testkit::fixtures::{CLIENT, NOW};
use lifeguard_testkit::{EmbeddedDynamo, golden};
use operator::dependencies::Dependencies;
use serde_json::{Value, json};

use support::{
    ADDRESS, NOOR, Pools, Transcript, account, ask, challenge, dependencies, leave_traces, rows,
    shown, user, wrong,
};

#[tokio::test]
async fn unknown_request_is_refused_before_any_call() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    let erase =
        |person: Value, mode: &str| json!({"action": "erase", "person": person, "mode": mode});
    for request in [
        Value::Null,
        json!({}),
        json!("erase"),
        json!({"action": "drop_tables"}),
        json!({"action": "erase", "person": {"user_name": NOOR}}),
        erase(json!({"user_name": NOOR}), "really"),
        erase(json!({"username": NOOR}), "apply"),
        erase(json!({"account": {"id": "1", "address": ADDRESS}}), "apply"),
        json!({"action": "erase", "person": {"user_name": NOOR}, "mode": "apply", "dry_run": true}),
        json!({"action": "show_budgets", "factor": "face", "person": {"user_name": NOOR}}),
        lifeguard_testkit::event("PreSignUp_SignUp"),
    ] {
        let answer = shown(ask(&dependencies, request).await);
        golden::check("operator/unknown_request", &answer);
    }
    for person in
        [json!({}), json!({"account": {"id": "noor"}}), json!({"account": {"address": "noor"}})]
    {
        let answer = shown(ask(&dependencies, erase(person, "apply")).await);
        golden::check("operator/no_person", &answer);
    }
    for (factor, person) in [
        ("mail", json!({"account": {"address": ADDRESS}})),
        ("password", json!({"user_name": NOOR})),
        ("recovery", json!({"user_name": NOOR})),
    ] {
        let request = json!({"action": "show_budgets", "factor": factor, "person": person});
        let answer = shown(ask(&dependencies, request).await);
        golden::check("operator/no_person", &answer);
    }
}

#[tokio::test]
async fn budgets_are_shown_and_reset() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    leave_traces(&dependencies, &pools).await;
    let [row, ..] = rows(dependencies.policy.scope.pool());
    for tag in 1..4 {
        dependencies.challenges.record(&wrong(row.clone(), tag)).await.unwrap();
        dependencies.accounts.attempt(&account(), NOW).await.unwrap();
    }
    let mut transcript = Transcript::default();
    let by_address = json!({"account": {"address": ADDRESS}});
    for (factor, person) in [("mail", json!({"user_name": ADDRESS})), ("password", by_address)] {
        let show = json!({"action": "show_budgets", "factor": factor, "person": person});
        let reset = |mode: &str| json!({"action": "reset_budgets", "factor": factor, "person": person, "mode": mode});
        for request in [show.clone(), reset("dry_run"), show.clone(), reset("apply"), show] {
            transcript.ask(&dependencies, request).await;
        }
    }
    let unknown = json!({"action": "reset_budgets", "factor": "mail",
        "person": {"user_name": "unknown"}, "mode": "apply"});
    transcript.ask(&dependencies, unknown).await;
    transcript.check("operator/budgets");
}

/// Gives the settings three app clients and returns their ids.
fn three_clients(dependencies: &mut Dependencies<&Pools, &Pools>) -> [String; 3] {
    let rules = dependencies.policy.clients[CLIENT].clone();
    let ids = ["app", "portal", CLIENT].map(str::to_owned);
    dependencies.policy.clients = ids.iter().map(|id| (id.clone(), rules.clone())).collect();
    ids
}

/// Writes a row for each client and factor of Noor, and for each occasion of the directory.
async fn leave_every_row(
    dependencies: &Dependencies<&Pools, &Pools>,
    clients: &[String],
) -> Vec<RowKey> {
    let pool = dependencies.policy.scope.pool();
    let factors = [Factor::Email, Factor::EmailSecond];
    let of_user = factors.into_iter().flat_map(|factor| {
        clients.iter().map(move |client| RowKey::new(pool, factor, client, NOOR))
    });
    let of_account = Occasion::ALL.map(|occasion| occasion.row(pool, account().as_str()));
    let rows: Vec<RowKey> = of_user.chain(of_account).collect();
    for row in &rows {
        dependencies.challenges.issue(&challenge(row.clone())).await.unwrap();
        dependencies.challenges.record(&wrong(row.clone(), 1)).await.unwrap();
    }
    rows
}

#[tokio::test]
async fn budgets_of_every_client_and_factor_are_shown_and_reset() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let mut dependencies = dependencies(dynamo.url(), &pools).await;
    let clients = three_clients(&mut dependencies);
    pools.users.lock().unwrap().push(user(NOOR));
    assert_eq!(leave_every_row(&dependencies, &clients).await.len(), 9);
    let counts = |count: u64| {
        json!({
            "wrong_in_a_row": count, "wrong_in_24_hours": count, "mails_in_24_hours": count,
        })
    };
    let counted = |names: &[String], count: u64| {
        let members = names.iter().map(|name| (name.clone(), counts(count)));
        json!({"counted": members.collect::<serde_json::Map<_, _>>()})
    };
    let (in_pool, in_directory) =
        (json!({"user_name": NOOR}), json!({"account": {"address": ADDRESS}}));
    for (factor, person, names) in [
        ("mail", &in_pool, clients.to_vec()),
        ("mail_after_password", &in_pool, clients.to_vec()),
        ("registration", &in_directory, vec!["directory.registration".to_owned()]),
        ("recovery", &in_directory, vec!["directory.recovery".to_owned()]),
        ("sign_in", &in_directory, vec!["directory.sign-in".to_owned()]),
    ] {
        let show = json!({"action": "show_budgets", "factor": factor, "person": person});
        assert_eq!(ask(&dependencies, show.clone()).await, Ok(counted(&names, 1)), "{factor}");
        let reset = json!({
            "action": "reset_budgets", "factor": factor, "person": person, "mode": "apply",
        });
        let answer = ask(&dependencies, reset).await.unwrap();
        assert_eq!(answer["report"].as_array().unwrap().len(), names.len(), "{factor}");
        assert_eq!(ask(&dependencies, show).await, Ok(counted(&names, 0)), "{factor}");
    }
}

#[tokio::test]
async fn rows_of_every_client_and_factor_are_erased() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let mut dependencies = dependencies(dynamo.url(), &pools).await;
    let clients = three_clients(&mut dependencies);
    pools.users.lock().unwrap().push(user(NOOR));
    let rows = leave_every_row(&dependencies, &clients).await;
    assert_eq!(dynamo.items(CHALLENGES).len(), rows.len());
    let person = json!({"user_name": NOOR, "account": {"address": ADDRESS}});
    let erase = json!({"action": "erase", "person": person, "mode": "apply"});
    let answer = ask(&dependencies, erase).await.unwrap();
    let erased = answer["report"].as_array().unwrap().iter();
    let erased = erased.filter(|entry| entry["what"] == "challenges and budgets").count();
    assert_eq!((erased, dynamo.items(CHALLENGES).len()), (rows.len(), 0));
}

#[tokio::test]
async fn rows_of_every_client_and_factor_are_swept() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let mut dependencies = dependencies(dynamo.url(), &pools).await;
    let clients = three_clients(&mut dependencies);
    leave_every_row(&dependencies, &clients).await;
    let key = ProfileKey::new(dependencies.policy.scope.pool(), NOOR).unwrap();
    let profile = NewProfile { key, created: NOW - 2 * DAY, claims: [].into() };
    dependencies.profiles.create(&profile).await.unwrap();
    let sweep = json!({"action": "sweep_profiles", "mode": "apply"});
    let swept = json!({"looked_at": 1, "orphaned": 1, "next": null});
    assert_eq!(ask(&dependencies, sweep).await, Ok(swept));
    // Those of the account of the directory stay: it is another account.
    assert_eq!(dynamo.items(CHALLENGES).len(), Occasion::ALL.len());
}

/// After an upgrade: rows of an earlier layout go, those of this one and of later ones stay.
#[tokio::test]
async fn rows_of_earlier_layouts_are_swept_page_by_page() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    leave_traces(&dependencies, &pools).await;
    let configuration = lifeguard_aws::stand_in(dynamo.url());
    let client = aws_sdk_dynamodb::Client::new(&configuration);
    for number in 0..230 {
        let key = match number {
            0..=199 => format!("v1#{number}"),
            200..=219 => format!("v3#{number}"),
            _ => format!("other#{number}"),
        };
        let key = aws_sdk_dynamodb::types::AttributeValue::S(key);
        client.put_item().table_name(CHALLENGES).item("pk", key).send().await.unwrap();
    }
    let sweep = async |mode: &str| {
        let (mut pages, mut looked_at, mut earlier, mut next) = (0, 0, 0, Value::Null);
        loop {
            let request = json!({"action": "sweep_challenges", "mode": mode, "next": next});
            let page = ask(&dependencies, request).await.unwrap();
            looked_at += page["looked_at"].as_u64().unwrap();
            earlier += page["earlier"].as_u64().unwrap();
            pages += 1;
            next = page["next"].clone();
            if next.is_null() {
                return (pages > 1, looked_at, earlier);
            }
        }
    };
    assert_eq!(sweep("dry_run").await, (true, 233, 200));
    assert_eq!(dynamo.items(CHALLENGES).len(), 233);
    assert_eq!(sweep("apply").await, (true, 233, 200));
    let left = dynamo.items(CHALLENGES);
    assert_eq!(left.len(), 33);
    let [row, ..] = rows(dependencies.policy.scope.pool());
    assert!(dependencies.challenges.counts(&row, NOW).await.unwrap().is_some());
    assert_eq!(sweep("apply").await, (false, 33, 0));
}

#[tokio::test]
async fn sessions_of_user_and_account_are_revoked() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    leave_traces(&dependencies, &pools).await;
    let read = async || dependencies.accounts.read(&account(), NOW).await.unwrap().unwrap();
    let id = read().await.id;
    let person = json!({"user_name": ADDRESS, "account": {"id": id.as_str()}});
    let request = |mode: &str| json!({"action": "end_sessions", "person": person, "mode": mode});
    let mut transcript = Transcript::default();
    transcript.ask(&dependencies, request("dry_run")).await;
    assert_eq!(read().await.families.len(), 1);
    assert!(pools.done.lock().unwrap().is_empty());
    transcript.ask(&dependencies, request("apply")).await;
    assert_eq!(read().await.families.len(), 0);
    transcript.check("operator/sessions");
    assert_eq!(*pools.done.lock().unwrap(), [format!("sign out {NOOR}")]);
}

/// The request for a repair from the first page on.
fn repair(mode: &str) -> Value {
    json!({"action": "repair_profiles", "mode": mode, "next": null})
}

#[tokio::test]
async fn missing_profile_is_repaired_with_its_group_once() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    let pool = dependencies.policy.scope.pool();
    *pools.users.lock().unwrap() = vec![user("noor"), user("eve"), user("ada")];
    pools.users.lock().unwrap()[2].may_sign_in = false;
    let key = ProfileKey::new(pool, "noor").unwrap();
    dependencies.profiles.create(&NewProfile { key, created: 1, claims: [].into() }).await.unwrap();
    let rows = || dynamo.items(PROFILES).len();
    let done = || pools.done.lock().unwrap().clone();

    let mut transcript = Transcript::default();
    transcript.ask(&dependencies, repair("dry_run")).await;
    assert_eq!((rows(), done()), (1, vec![]));
    transcript.ask(&dependencies, repair("apply")).await;
    assert_eq!((rows(), done()), (2, vec!["add to members eve".to_owned()]));
    let eve = dynamo.item(PROFILES, &ProfileKey::new(pool, "eve").unwrap().text());
    assert_eq!(eve["locale"], json!({"S": "nl"}));

    // An administrator who takes a user out of the group is not overruled.
    transcript.ask(&dependencies, repair("apply")).await;
    assert_eq!((rows(), done().len()), (2, 1));
    transcript.check("operator/repair");
}

#[tokio::test]
async fn failed_repair_leaves_no_profile_without_a_group() {
    let mut transcript = Transcript::default();
    // Calls of the pool: a page, then one for each of the two users.
    for (fails_at, rows) in [(0, 0), (1, 0), (2, 1)] {
        let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
        let dependencies = dependencies(dynamo.url(), &pools).await;
        *pools.users.lock().unwrap() = vec![user("noor"), user("eve")];
        pools.fail_at(Some(fails_at));
        transcript.ask(&dependencies, repair("apply")).await;
        assert_eq!(dynamo.items(PROFILES).len(), rows, "the call {fails_at} failed");
        assert_eq!(pools.done.lock().unwrap().len(), rows);
        pools.fail_at(None);
        transcript.ask(&dependencies, repair("apply")).await;
        assert_eq!((dynamo.items(PROFILES).len(), pools.done.lock().unwrap().len()), (2, 2));
    }
    transcript.check("operator/repair_after_a_fault");
}

#[tokio::test]
async fn user_erased_meanwhile_gets_no_profile() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    *pools.users.lock().unwrap() = vec![user("gone"), user("noor")];
    let answer = shown(ask(&dependencies, repair("apply")).await);
    golden::check("operator/repair_without_erased_user", &answer);
    assert_eq!(dynamo.items(PROFILES).len(), 1);
}

#[tokio::test]
async fn user_who_leaves_during_repair_keeps_no_profile() {
    let leaves: [support::Change; 3] = [
        |users| users.clear(),
        |users| users[0].may_sign_in = false,
        |users| users[0].sub = "another user of this name".to_owned(),
    ];
    let stays: support::Change = |_| ();
    let when = leaves.into_iter().flat_map(|leaves| [vec![leaves], vec![stays, leaves]]);
    for (changes, rows) in when.map(|changes| (changes, 0)).chain([(vec![stays, stays], 1)]) {
        for group in [Some("members".to_owned()), None] {
            let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
            let mut dependencies = dependencies(dynamo.url(), &pools).await;
            dependencies.policy.default_group = group;
            *pools.users.lock().unwrap() = vec![user("noor")];
            *pools.changes.lock().unwrap() = changes.clone().into();
            let golden = match rows {
                0 => "operator/repair_of_leaving_user",
                _ => "operator/repair_of_staying_user",
            };
            golden::check(golden, &shown(ask(&dependencies, repair("apply")).await));
            assert_eq!(dynamo.items(PROFILES).len(), rows);
            assert!(pools.changes.lock().unwrap().is_empty(), "each look-up was made");
        }
    }
}

#[tokio::test]
async fn repair_goes_on_page_by_page() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    *pools.users.lock().unwrap() = (0..45).map(|number| user(&format!("u{number}"))).collect();
    let (mut looked_at, mut missing, mut next) = (0, 0, Value::Null);
    loop {
        let request = json!({"action": "repair_profiles", "mode": "apply", "next": next});
        let page = ask(&dependencies, request).await.unwrap();
        looked_at += page["looked_at"].as_u64().unwrap();
        missing += page["missing"].as_u64().unwrap();
        next = page["next"].clone();
        if next.is_null() {
            break;
        }
    }
    assert_eq!((looked_at, missing, dynamo.items(PROFILES).len()), (45, 45, 45));
    let from = json!({"action": "repair_profiles", "mode": "apply", "next": "40"});
    golden::check("operator/last_page_of_repair", &shown(ask(&dependencies, from).await));
}

#[tokio::test]
async fn orphaned_profile_is_erased_with_its_challenges() {
    let (dynamo, pools) = (EmbeddedDynamo::start(), Pools::default());
    let dependencies = dependencies(dynamo.url(), &pools).await;
    let pool = dependencies.policy.scope.pool();
    *pools.users.lock().unwrap() = vec![user("noor")];
    let old = NOW - 2 * DAY;
    for (of, sub, created) in [
        (pool, "noor", old),
        (pool, "gone", old),
        (pool, "young", NOW - 60),
        ("eu-west-1_Other", "gone", old),
    ] {
        let key = ProfileKey::new(of, sub).unwrap();
        let profile = NewProfile { key, created, claims: [].into() };
        dependencies.profiles.create(&profile).await.unwrap();
    }
    for sub in ["gone", "young", "noor"] {
        for factor in [Factor::Email, Factor::EmailSecond] {
            let row = RowKey::new(pool, factor, CLIENT, sub);
            dependencies.challenges.issue(&challenge(row)).await.unwrap();
        }
    }
    let sweep = |mode: &str| json!({"action": "sweep_profiles", "mode": mode});
    let rows = || dynamo.items(PROFILES).len();
    let challenges = || dynamo.items(CHALLENGES).len();

    let mut transcript = Transcript::default();
    transcript.ask(&dependencies, sweep("dry_run")).await;
    assert_eq!((rows(), challenges()), (4, 6));
    transcript.ask(&dependencies, sweep("apply")).await;
    assert_eq!((rows(), challenges()), (3, 4));
    transcript.ask(&dependencies, sweep("apply")).await;
    transcript.check("operator/sweep");
}
