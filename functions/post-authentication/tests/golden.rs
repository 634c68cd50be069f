//! Every event goes back exactly as it came, also where something fails; the profile gets the time.
#![allow(clippy::unwrap_used, reason = "tests")]

use lifeguard_policy::Variables;
use lifeguard_runtime::Reply;
use lifeguard_store::ProfileTable;
use lifeguard_store::profiles::{NewProfile, ProfileKey};
use lifeguard_testkit::embedded::PROFILES;
use lifeguard_testkit::fixtures::{POLICY, POOL};
use lifeguard_testkit::{Fault, FaultyDynamo, event, with};
use post_authentication::handle;
use post_authentication::settings::Settings;
use serde_json::{Value, json};

const SOURCE: &str = "PostAuthentication_Authentication";
/// The user of the sample event.
const SUB: &str = "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55";

fn settings() -> Settings {
    let look_up = |name: &str| match name {
        "POLICY" => Some(POLICY.to_owned()),
        "PROFILES_TABLE" => Some(PROFILES.to_owned()),
        _ => None,
    };
    let mut variables = Variables::new(&look_up);
    let settings = Settings::load(&mut variables);
    variables.finish(settings).unwrap()
}

/// The table of profiles with the row of one user.
struct Fixture {
    dynamo: FaultyDynamo,
    table: ProfileTable,
}

impl Fixture {
    async fn start() -> Self {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::stand_in(dynamo.url()).await;
        let table = ProfileTable::new(&configuration, PROFILES.to_owned());
        let key = ProfileKey::new(POOL, SUB).unwrap();
        let profile = NewProfile { key, created: 1_000, claims: [].into() };
        table.create(&profile).await.unwrap();
        Self { dynamo, table }
    }

    async fn sign_in(&self, event: Value, now: u64) -> Reply {
        handle(&settings(), &self.table, event, now).await
    }

    /// The time in the row of the user.
    fn last_sign_in(&self) -> Value {
        let key = ProfileKey::new(POOL, SUB).unwrap().text();
        let row = self.dynamo.database().item(PROFILES, &key);
        row.get("last_sign_in").cloned().unwrap_or_default()
    }

    fn rows(&self) -> usize {
        self.dynamo.database().items(PROFILES).len()
    }
}

#[track_caller]
fn check(reply: Reply, event: &Value, outcome: &str) {
    assert_eq!(reply.outcome(), outcome, "{event}");
    assert_eq!(reply.code(), if outcome == "fault" { "Fault" } else { "" });
    assert_eq!(reply.into_payload(), *event);
}

#[test]
fn event_goes_back_as_it_came_and_others_are_faults() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let fixture = runtime.block_on(Fixture::start());
    lifeguard_testkit::golden::check_every_event(&[SOURCE], &[], |event| {
        let reply = runtime.block_on(fixture.sign_in(event.clone(), 2_000));
        let is_fault = reply.outcome() == "fault";
        let payload = reply.into_payload();
        assert_eq!(payload, event);
        (!is_fault).then_some(payload)
    });
    assert_eq!(fixture.rows(), 1);
}

#[tokio::test]
async fn last_sign_in_is_recorded_and_never_goes_back() {
    let fixture = Fixture::start().await;
    let event = event(SOURCE);
    for (now, outcome, kept) in [
        (2_000, "recorded", "2000"),
        (2_000, "recorded", "2000"),
        (1_999, "unchanged", "2000"),
        (3_000, "recorded", "3000"),
    ] {
        check(fixture.sign_in(event.clone(), now).await, &event, outcome);
        assert_eq!(fixture.last_sign_in(), json!({"N": kept}));
    }
}

#[tokio::test]
async fn user_without_a_profile_gets_none() {
    let fixture = Fixture::start().await;
    let event = with(event(SOURCE), "/request/userAttributes/sub", "another");
    check(fixture.sign_in(event.clone(), 2_000).await, &event, "unchanged");
    assert_eq!(fixture.rows(), 1);
}

#[tokio::test]
async fn broken_table_lets_the_user_in() {
    let fixture = Fixture::start().await;
    let event = event(SOURCE);
    for fault in [Fault::Throttled, Fault::Internal, Fault::LoseAnswer] {
        fixture.dynamo.plan([(1, fault), (2, fault)]);
        check(fixture.sign_in(event.clone(), 2_000).await, &event, "fault");
        fixture.dynamo.plan([]);
        check(fixture.sign_in(event.clone(), 2_000).await, &event, "recorded");
    }
}

#[tokio::test]
async fn event_of_another_scope_records_nothing() {
    let fixture = Fixture::start().await;
    for event in lifeguard_testkit::hostile::from_somewhere_else(SOURCE) {
        check(fixture.sign_in(event.clone(), 2_000).await, &event, "fault");
    }
    assert_eq!(fixture.last_sign_in(), Value::Null);
}

#[tokio::test]
async fn malformed_event_is_given_back_all_the_same() {
    let fixture = Fixture::start().await;
    for event in [
        with(event(SOURCE), "/request/userAttributes/sub", Value::Null),
        with(event(SOURCE), "/request/userAttributes/sub", ""),
        with(event(SOURCE), "/request", json!([])),
        json!([]),
        json!("PostAuthentication"),
        Value::Null,
    ] {
        check(fixture.sign_in(event.clone(), 2_000).await, &event, "fault");
    }
    assert_eq!(fixture.last_sign_in(), Value::Null);
}
