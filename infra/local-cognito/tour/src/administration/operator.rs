//! The function that an operator invokes: budgets, sessions, profiles, erasure.

use crate::administration::member::{PASSWORD, register};
use crate::client::{Client, at, text};
use crate::developer::person::{granted, no_grant};
use crate::names::WEB_CLIENT;
use crate::plan::{Happens, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use serde_json::{Value, json};

const NOOR: &str = "noor@example.net";

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    care(tour).await?;
    profiles(tour).await?;
    erase(tour).await
}

/// Noor, who has a user of the pool and an account of the directory.
fn noor() -> Value {
    json!({"user_name": NOOR, "account": {"address": NOOR}})
}

async fn care(tour: &mut Tour) -> Result<(), Stopped> {
    let budgets = Plan {
        name: "an operator shows and clears what Noor's codes by mail have counted",
        expected: "numbers, then none of wrong answers",
        happens: Happens::AtOnce,
    };
    tour.step(budgets, async |client| {
        let factor = json!({"factor": "mail", "person": noor()});
        let before = operate(client, "show_budgets", &factor, "").await?;
        let wrong = format!("/counted/{WEB_CLIENT}/wrong_in_24_hours");
        ensure!(at(&before, &wrong).is_u64(), "{before}");
        operate(client, "reset_budgets", &factor, "apply").await?;
        let after = operate(client, "show_budgets", &factor, "").await?;
        ensure!(at(&after, &wrong) == 0, "{after}");
        Ok(())
    })
    .await?;

    let sessions = Plan {
        name: "Noor registers in the directory too and signs in, and an operator ends her sessions",
        expected: "no refresh token of hers works any more",
        happens: Happens::AtOnce,
    };
    tour.step(sessions, async |client| {
        register(client, NOOR).await?;
        let tokens = granted(client.grant_password(NOOR, PASSWORD).await?)?;
        let person = json!({"person": noor()});
        let report = operate(client, "end_sessions", &person, "dry_run").await?;
        ensure!(entries(&report).len() == 2, "{report}");
        let refresh = text(&tokens, "/refresh_token")?;
        let refresh = text(&granted(client.grant_refresh(&refresh).await?)?, "/refresh_token")?;
        operate(client, "end_sessions", &person, "apply").await?;
        no_grant(client.grant_refresh(&refresh).await?)
    })
    .await
}

async fn profiles(tour: &mut Tour) -> Result<(), Stopped> {
    let profiles = Plan {
        name: "an operator writes the profiles that are missing and looks for orphaned ones",
        expected: "those of users that an administrator created; a second time none is missing",
        happens: Happens::AtOnce,
    };
    tour.step(profiles, async |client| {
        let nothing = json!({});
        let dry = operate(client, "repair_profiles", &nothing, "dry_run").await?;
        let done = operate(client, "repair_profiles", &nothing, "apply").await?;
        ensure!(at(&dry, "/missing").as_u64() > Some(0), "{dry}");
        ensure!(at(&done, "/missing") == at(&dry, "/missing"), "{done}");
        let again = operate(client, "repair_profiles", &nothing, "apply").await?;
        ensure!(at(&again, "/missing") == 0, "{again}");
        let swept = operate(client, "sweep_profiles", &nothing, "apply").await?;
        ensure!(at(&swept, "/orphaned") == 0, "{swept}");
        Ok(())
    })
    .await
}

async fn erase(tour: &mut Tour) -> Result<(), Stopped> {
    let dry = Plan {
        name: "an operator asks what there is of Noor anywhere",
        expected: "user, sessions, profile, challenges, account and identity; nothing has changed",
        happens: Happens::AtOnce,
    };
    let person = json!({"person": noor()});
    let there = tour
        .step(dry, async |client| {
            granted(client.grant_password(NOOR, PASSWORD).await?)?;
            let answer = operate(client, "erase", &person, "dry_run").await?;
            for what in [
                "access of the user",
                "sessions of the user",
                "sessions of the account",
                "identity",
                "challenges and budgets",
                "profile",
                "account",
                "user",
            ] {
                ensure!(entries(&answer).contains(&what), "{what} is not in {answer}");
            }
            granted(client.grant_password(NOOR, PASSWORD).await?)?;
            Ok(answer)
        })
        .await?;

    let erase = Plan {
        name: "an administrator deletes the identity by hand, and an operator erases Noor",
        expected: "what the dry run said, although a part was gone; nothing of her is left",
        happens: Happens::AtOnce,
    };
    tour.step(erase, async |client| {
        let identity = text(&there, "/identity_id")?;
        let input = json!({"IdentityIdsToDelete": [identity]});
        client.expect_identity_pool("DeleteIdentities", input).await?;
        let done = operate(client, "erase", &person, "apply").await?;
        ensure!(entries(&done) == entries(&there), "{done}");
        no_grant(client.grant_password(NOOR, PASSWORD).await?)?;
        let input = json!({"UserPoolId": client.pool(), "Username": NOOR});
        ensure!(client.call("AdminGetUser", input).await?.is_err(), "the user is there");
        Ok(())
    })
    .await?;

    let again = Plan {
        name: "an operator erases Noor again",
        expected: "nothing is left to report",
        happens: Happens::AtOnce,
    };
    tour.step(again, async |client| {
        let answer = operate(client, "erase", &person, "apply").await?;
        ensure!(entries(&answer).is_empty(), "{answer}");
        Ok(())
    })
    .await
}

/// Asks the operator; without a mode for what changes nothing.
async fn operate(
    client: &Client,
    action: &str,
    about: &Value,
    mode: &str,
) -> anyhow::Result<Value> {
    let mut request = about.clone();
    if let Some(members) = request.as_object_mut() {
        members.insert("action".to_owned(), action.into());
        if !mode.is_empty() {
            members.insert("mode".to_owned(), mode.into());
        }
    }
    client.invoke("operator", &request).await
}

/// Returns the subjects of a report, in turn.
fn entries(answer: &Value) -> Vec<&str> {
    let report = at(answer, "/report").as_array().into_iter().flatten();
    report.filter_map(|entry| at(entry, "/what").as_str()).collect()
}
