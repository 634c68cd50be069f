//! Answers one and the same event so many times, by the code of a function without its AWS calls:
//! `.ci/instructions` runs it under valgrind and counts instructions and allocations.

use std::error::Error;
use std::hint::black_box;

use create_auth_challenge::ClockAndRandomness;
use lifeguard_aws::CodeKeys;
use lifeguard_runtime::Answer;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_store::StoreError;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_testkit::fixtures::{NOW, code_policy, settings};
use lifeguard_testkit::{KeySecret, Scenario, User, event, with};
use serde_json::{Value, json};

/// A table that issues one challenge and counts every verdict, without a call.
struct FixedTable(Challenge);

impl Challenges for FixedTable {
    async fn issue(&self, _new: &NewChallenge) -> Result<Issued, StoreError> {
        Ok(Issued::Fresh(self.0.clone()))
    }

    async fn record(&self, _judgement: &Judgement) -> Result<Recorded, StoreError> {
        Ok(Recorded::Counted)
    }
}

const FRESH: ClockAndRandomness = ClockAndRandomness { now: NOW, id: [7; 16], nonce: [2; 16] };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(function), Some(times)) = (arguments.next(), arguments.next()) else {
        return Err("name a function and a number".into());
    };
    run(&function, times.parse()?).await
}

async fn run(function: &str, times: usize) -> Result<(), Box<dyn Error>> {
    let table = FixedTable(challenge());
    let policy = policy()?;
    match function {
        "define-auth-challenge" => {
            let settings = settings(&policy, define_auth_challenge::settings::Settings::load);
            let mut sign_in = challenged(&table.0);
            sign_in.judged(false);
            let event = sign_in.define_event().to_string();
            for _ in 0..times {
                seal(define_auth_challenge::handle(&settings, parse(&event)?))?;
            }
        }
        "pre-sign-up" => {
            let settings = settings(&policy, pre_sign_up::settings::Settings::load);
            let event = event("PreSignUp_SignUp").to_string();
            for _ in 0..times {
                seal(pre_sign_up::handle(&settings, parse(&event)?))?;
            }
        }
        "create-auth-challenge" => {
            let settings = settings(&policy, create_auth_challenge::settings::Settings::load);
            let event = Scenario::new(&User::sample()).create_event().to_string();
            for _ in 0..times {
                let event = parse(&event)?;
                seal(create_auth_challenge::handle(&settings, &table, event, FRESH).await)?;
            }
        }
        "verify-auth-challenge" => {
            let settings = settings(&policy, verify_auth_challenge::settings::Settings::load);
            let keys = CodeKeys::new(KeySecret::default());
            let event = challenged(&table.0).verify_event("12345678").to_string();
            for _ in 0..times {
                let event = parse(&event)?;
                let answer = verify_auth_challenge::handle(&settings, &table, &keys, event, NOW);
                seal(answer.await)?;
            }
        }
        other => return Err(format!("{other} has no part that is counted").into()),
    }
    Ok(())
}

/// A code as the first challenge, and the attributes of the sample sign-up.
fn policy() -> Result<String, serde_json::Error> {
    let policy = serde_json::from_str(&code_policy())?;
    let attributes = ["email", "given_name", "locale", "custom:tenant"];
    Ok(with(policy, "/sign_up", json!({"allowed_attributes": attributes})).to_string())
}

fn challenge() -> Challenge {
    Challenge { id: FRESH.id, number: 1, issued: NOW, life: 3_600, key_version: 1 }
}

/// A sign-in with its first challenge.
fn challenged(challenge: &Challenge) -> Scenario {
    let new = User::sample().new_challenge();
    let issued = Issued::Fresh(challenge.clone());
    Scenario::new(&User::sample()).challenged_by(&issued.ticket(
        &new,
        FRESH.nonce,
        Method::EmailOtp,
    ))
}

fn parse(event: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(black_box(event))
}

/// Writes a reply as Lambda gets it. A failure ends the count: a path that fails is a short one.
fn seal(answer: Answer) -> Result<(), Box<dyn Error>> {
    let reply = answer.map_err(|_| "the event was not answered")?;
    let expected = ["challenge", "admitted", "issued", "wrong"].contains(&reply.outcome());
    if !expected {
        return Err(format!("the event was answered with {}", reply.outcome()).into());
    }
    black_box(serde_json::to_vec(&reply.into_payload())?);
    Ok(())
}
