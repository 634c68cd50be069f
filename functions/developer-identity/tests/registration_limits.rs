//! Limits on registration mails: what is counted, what a caller learns of it, and the challenge in
//! front of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use developer_identity::web::WebFault;
use lifeguard_testkit::Behaviour;
use serde_json::{Value, json};
use support::issuer::{CHALLENGE, PASSED};
use support::{Answer, Deployment, NOOR, NOW, PASSWORD, policy, text};

fn limited(registration: Value) -> Value {
    let mut policy = policy();
    policy["identity"]["registration"] = registration;
    policy
}

fn with(registration: Value) -> Deployment {
    Deployment::with(&limited(registration))
}

async fn register_with(stage: &Deployment, email: &str, token: Value) -> Answer {
    let body = json!({"email": email, "challenge_token": token});
    stage.post("/v1/accounts", &body).await
}

/// Registers new addresses of a domain until one is refused; returns the number that were admitted.
async fn admitted(stage: &Deployment, address: impl Fn(usize) -> String, most: usize) -> usize {
    for number in 0..most {
        let answer = stage.register(&address(number)).await;
        if answer.status != 202 {
            assert_paused(stage, &answer);
            return number;
        }
    }
    most
}

#[track_caller]
fn assert_paused(stage: &Deployment, answer: &Answer) {
    let body = json!({
        "message": "Registration is paused; try again tomorrow", "code": "registration_paused",
    });
    assert_eq!((answer.status, &answer.body), (429, &body));
    let left = 86_400 - stage.now.get() % 86_400;
    assert_eq!(answer.headers["retry-after"], left.to_string());
}

#[tokio::test]
async fn t49_registrations_of_a_domain_and_a_day_are_limited() {
    let stage = with(json!({"mails_a_day": 80, "mails_a_domain": 5}));
    let of = |domain: &'static str| move |number: usize| format!("user{number}@{domain}");
    assert_eq!(admitted(&stage, of("example.net"), 10).await, 5);
    assert_eq!(stage.logged.borrow().0, "RegistrationsOfDomainPaused");
    assert_eq!(admitted(&stage, of("example.org"), 10).await, 5, "another domain");
    // A large provider has no limit of its own, so that of the day is all that stops it.
    let large = admitted(&stage, of("gmail.com"), 100).await;
    assert!((30..70).contains(&large), "{large}");
    assert_eq!(stage.logged.borrow().0, "RegistrationsPaused");
    stage.now.set(NOW + 86_400);
    assert_eq!(admitted(&stage, of("example.net"), 10).await, 5, "the next day");
}

/// The attack on existence: the number of admitted requests, and the answers after it.
#[tokio::test]
async fn t63_limits_count_free_taken_and_joined_addresses_alike() {
    let mut seen = Vec::new();
    for kind in ["free", "taken", "joined"] {
        let stage = with(json!({"mails_a_domain": 6}));
        match kind {
            "taken" => stage.sign_up(NOOR).await,
            "joined" => assert_eq!(stage.register(NOOR).await.status, 202),
            _ => assert_eq!(stage.register("other@example.net").await.status, 202),
        }
        stage.calls();
        let address = |number: usize| match kind {
            "free" => format!("user{number}@example.net"),
            _ => NOOR.to_owned(),
        };
        let (mut answers, mut calls) = (Vec::new(), Vec::new());
        for number in 0..8 {
            let answer = stage.register(&address(number)).await;
            calls.push(stage.calls());
            answers.push((answer.status, answer.headers, answer.body["code"].clone()));
        }
        seen.push((kind, answers, calls));
    }
    let (_, answers, calls) = &seen[0];
    assert_eq!(answers.iter().filter(|(status, ..)| *status == 202).count(), 5);
    for (kind, others, other_calls) in &seen[1..] {
        assert_eq!((others, other_calls), (answers, calls), "{kind}");
    }
}

#[tokio::test]
async fn refusal_does_not_tell_which_limit_is_reached() {
    let by_domain = with(json!({"mails_a_domain": 1}));
    by_domain.register(NOOR).await;
    let by_day = with(json!({"mails_a_day": 8}));
    by_day.register("noor@gmail.com").await;
    let refused = [by_domain.register(NOOR).await, by_day.register("noor@gmail.com").await];
    assert_eq!(refused[0], refused[1]);
    assert_paused(&by_day, &refused[1]);
    let logged = [&by_domain, &by_day].map(|stage| stage.logged.borrow().0.clone());
    assert_eq!(logged, ["RegistrationsOfDomainPaused", "RegistrationsPaused"]);
}

#[tokio::test]
async fn half_of_a_limit_is_seen_in_the_log_alone() {
    let stage = with(json!({"mails_a_domain": 4}));
    let mut codes = Vec::new();
    for number in 0..4 {
        let answer = stage.register(&format!("user{number}@example.net")).await;
        assert_eq!(answer.status, 202);
        codes.push(stage.logged.borrow().0.clone());
    }
    let half = "RegistrationsHalfUsed";
    assert_eq!(codes, ["", half, half, half]);
}

/// Without a count there is no mail: the table fails before or after it has counted.
#[tokio::test]
async fn fault_of_a_count_admits_no_registration() {
    for call in [1, 2] {
        for how in [Behaviour::LosesRequest, Behaviour::LosesResponse] {
            let stage = Deployment::new();
            stage.table.service.set_at(call, how);
            let answer = stage.register(NOOR).await;
            assert!(stage.table.service.mend() >= call);
            assert_eq!(answer.status, 500, "{call} {how:?}");
            assert_eq!(stage.mailed(NOOR), None, "{call} {how:?}");
        }
    }
}

#[tokio::test]
async fn request_that_the_rules_refuse_is_not_counted() {
    let stage = with(json!({"mails_a_domain": 2}));
    for _ in 0..5 {
        let body = json!({"email": "no address"});
        assert_eq!(stage.post("/v1/accounts", &body).await.status, 400);
    }
    assert_eq!(stage.calls(), 0);
    assert_eq!(stage.register(NOOR).await.status, 202);
}

#[tokio::test]
async fn closed_route_takes_no_registration_and_keeps_those_before() {
    let stage = with(json!({"mode": "closed"}));
    for email in [NOOR, "no address"] {
        let answer = stage.register(email).await;
        let body = json!({"message": "Registration is closed", "code": "registration_closed"});
        assert_eq!((answer.status, answer.body), (403, body), "{email}");
    }
    assert_eq!((stage.calls(), stage.mailed(NOOR)), (0, None));
    let mut stage = Deployment::new();
    let registered = stage.register(NOOR).await;
    let code = stage.mailed(NOOR).unwrap();
    stage.redeploy(&limited(json!({"mode": "closed"})));
    let confirmation = json!({
        "handle": registered.body["handle"], "code": code, "email": NOOR, "password": PASSWORD,
    });
    assert_eq!(stage.post("/v1/accounts/confirm", &confirmation).await.status, 204);
}

/// The endpoint is off by default, and a token is of no interest then.
#[tokio::test]
async fn challenge_is_confirmed_only_where_there_is_an_endpoint() {
    let stage = Deployment::new();
    for token in [Value::Null, json!(""), json!("x")] {
        assert_eq!(register_with(&stage, NOOR, token).await.status, 202);
    }
    assert_eq!(stage.network.requests.get(), 0);
}

#[tokio::test]
async fn t49_registration_without_a_passed_challenge_costs_no_quota() {
    let limits = json!({"mails_a_domain": 1, "challenge": {"url": CHALLENGE}});
    let stage = with(limits);
    let refused = json!({"message": "The challenge was not passed", "code": "challenge_refused"});
    for (token, asked) in [
        (Value::Null, 0),
        (json!(""), 0),
        (json!("x".repeat(4097)), 0),
        (json!("x".repeat(4096)), 1),
        (json!("wrong"), 1),
        (json!("PASSED"), 1),
    ] {
        stage.network.requests.set(0);
        let answer = register_with(&stage, NOOR, token).await;
        assert_eq!((answer.status, answer.body), (403, refused.clone()));
        assert_eq!(stage.network.requests.get(), asked);
    }
    let answer = stage.register(NOOR).await;
    assert_eq!(answer.status, 403, "no token at all");
    assert_eq!((stage.calls(), stage.mailed(NOOR)), (0, None));
    assert_eq!(register_with(&stage, NOOR, json!(PASSED)).await.status, 202);
    assert!(stage.mailed(NOOR).is_some());
    let answer = register_with(&stage, NOOR, json!(PASSED)).await;
    assert_eq!(text(&answer.body["code"]), "registration_paused", "a passed one counts");
}

/// T33: whatever the endpoint does but confirm, no mail goes and nothing is counted.
#[tokio::test]
async fn fault_of_the_challenge_endpoint_mails_nothing() {
    let stage = with(json!({"mails_a_domain": 1, "challenge": {"url": CHALLENGE}}));
    for answer in [
        Err(WebFault::Timeout),
        Err(WebFault::Status(503)),
        Err(WebFault::Size),
        Ok(r#"{"status":"confirmed"}"#.to_owned()),
        Ok(String::new()),
    ] {
        *stage.network.instead.borrow_mut() = Some(answer.clone());
        let response = register_with(&stage, NOOR, json!(PASSED)).await;
        assert_eq!(response.status, 500, "{answer:?}");
        assert_eq!((stage.calls(), stage.mailed(NOOR)), (0, None), "{answer:?}");
    }
    *stage.network.instead.borrow_mut() = None;
    assert_eq!(register_with(&stage, NOOR, json!(PASSED)).await.status, 202);
}
