//! Chapter ten: acts of administrators, which no user can do, and their effect on files.

mod member;
mod merging;
mod operator;
mod status;

use self::member::{LOOK_UP_CALL, Member, QUINN, ROSA, merge, register};
use crate::client::{As, Client, at};
use crate::credentials::keep_note;
use crate::developer::person::READ_CALL;
use crate::plan::{Happens, NOTHING, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use serde_json::{Value, json};

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let (quinn, rosa) = arrive(tour).await?;
    look_up(tour, &quinn).await?;
    not_for_users(tour, &quinn, &rosa).await?;
    let quinn = status::play(tour, quinn).await?;
    merging::play(tour, &quinn, &rosa).await?;
    operator::play(tour).await?;
    audit(tour).await
}

async fn arrive(tour: &mut Tour) -> Result<(Member, Member), Stopped> {
    let arrive = Plan {
        name: "Quinn and Rosa register in the directory, sign in and keep a note each",
        expected: "two accounts, two identities, two prefixes",
        happens: Happens::AtOnce,
    };
    tour.step(arrive, async |client| {
        for email in [QUINN, ROSA] {
            register(client, email).await?;
        }
        let quinn = Member::arrive(client, QUINN).await?;
        let rosa = Member::arrive(client, ROSA).await?;
        for member in [&quinn, &rosa] {
            keep_note(client, &member.person.keys, &member.note()).await?;
        }
        Ok((quinn, rosa))
    })
    .await
}

async fn look_up(tour: &mut Tour, quinn: &Member) -> Result<(), Stopped> {
    let look_up = Plan {
        name: "an administrator looks Quinn up by her address",
        expected: "her account, her identity and one session, and no address in the answer",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, LOOK_UP_CALL] },
    };
    tour.step(look_up, async |client| {
        let answer = client.expect_administration("look-up", &json!({"address": QUINN})).await?;
        let found = at(&answer, "/accounts/0");
        ensure!(at(found, "/identity_id") == quinn.person.keys.identity.as_str(), "{found}");
        ensure!(at(found, "/identity_id_in_pool") == at(found, "/identity_id"), "{found}");
        ensure!(at(found, "/status") == "active" && at(found, "/sessions") == 1, "{found}");
        ensure!(!answer.to_string().contains('@'), "an address is in the answer");
        Ok(())
    })
    .await
}

async fn not_for_users(tour: &mut Tour, quinn: &Member, rosa: &Member) -> Result<(), Stopped> {
    let acts = [
        ("merge", merge(quinn, rosa, "apply")),
        ("merge", merge(quinn, rosa, "dry_run")),
        ("disable", json!({"account_id": rosa.account, "mode": "apply"})),
        ("look-up", json!({"address": ROSA})),
    ];
    let users = Plan {
        name: "Quinn merges, disables and looks up, by her AWS credentials, her token and unsigned",
        expected: "403 by the gateway each time: the function is not reached",
        happens: NOTHING,
    };
    tour.step(users, async |client| {
        for who in [As::Holder(&quinn.person.keys), As::Bearer(&quinn.access_token), As::Unsigned] {
            for (what, body) in &acts {
                let (status, answer) = client.administer(who, what, body).await?;
                ensure!(status == 403, "{what}: {status} {answer}");
            }
        }
        Ok(())
    })
    .await?;

    let inside = Plan {
        name: "a policy that is too wide lets Quinn past the gateway",
        expected: "403 by the function itself, which sees that the credentials are a user's",
        happens: NOTHING,
    };
    tour.step(inside, async |client| {
        for (what, body) in &acts {
            let event = event_of(client, quinn, what, body);
            let answer = client.invoke("developer-identity", &event).await?;
            ensure!(at(&answer, "/statusCode") == 403, "{what}: {answer}");
        }
        Ok(())
    })
    .await
}

/// The event of a request that the gateway let through with credentials of the identity pool.
fn event_of(client: &Client, who: &Member, what: &str, body: &Value) -> Value {
    let path = format!("/v1/admin/accounts/{what}");
    let key = format!("POST {path}");
    json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "http": {"method": "POST", "path": path},
            "routeKey": key,
            "stage": "$default",
            "authorizer": {"iam": {
                "accessKey": "ASIAQUINN",
                "callerId": "AROAEXAMPLE:CognitoIdentityCredentials",
                "cognitoIdentity": {
                    "amr": ["authenticated"],
                    "identityId": who.person.keys.identity,
                    "identityPoolId": client.identity_pool(),
                },
                "userArn": "arn:aws:sts::000000000000:assumed-role/too-wide/CognitoIdentityCredentials",
            }},
        },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

async fn audit(tour: &mut Tour) -> Result<(), Stopped> {
    let audit = Plan {
        name: "the lines for the audit are searched",
        expected: "one for everything that was done, with an id of ours and no address",
        happens: NOTHING,
    };
    tour.step(audit, async |client: &Client| {
        let lines: Vec<Value> = client
            .log_lines_after(0)
            .await?
            .iter()
            .filter_map(|line| serde_json::from_str(&line.text).ok())
            .filter(|line: &Value| !at(line, "/record").is_null())
            .collect();
        for (function, action) in [
            ("developer-identity", "look_up"),
            ("developer-identity", "disable"),
            ("developer-identity", "enable"),
            ("developer-identity", "merge"),
            ("developer-identity", "unlink"),
            ("operator", "show_budgets"),
            ("operator", "reset_budgets"),
            ("operator", "end_sessions"),
            ("operator", "repair_profiles"),
            ("operator", "erase"),
        ] {
            let found = lines
                .iter()
                .any(|line| at(line, "/service") == function && at(line, "/code") == action);
            ensure!(found, "there is none for {action} by {function}");
        }
        let named = lines.iter().find(|line| line.to_string().contains('@'));
        ensure!(named.is_none(), "one holds an address");
        Ok(())
    })
    .await
}
