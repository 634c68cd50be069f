//! Two accounts become one person, and two again; what that does to their files.

use crate::administration::member::{FIND_CALL, LOOK_UP_CALL, Member, QUINN, merge};
use crate::client::{As, Client, Keys, OWN_TOKEN, at, refused};
use crate::credentials::{allowed, denied};
use crate::developer::person::{READ_CALL, WRITE_CALL, no_grant};
use crate::plan::{Happens, NOTHING, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use reqwest::Method;
use serde_json::{Value, json};

const MERGE_CALL: &str = "developer-identity cognito-identity:MergeDeveloperIdentities";

/// Both accounts are found and read, and both identities looked up.
const LOOK_CALLS: [&str; 6] =
    [FIND_CALL, READ_CALL, FIND_CALL, READ_CALL, LOOK_UP_CALL, LOOK_UP_CALL];

pub(super) async fn play(tour: &mut Tour, quinn: &Member, rosa: &Member) -> Result<(), Stopped> {
    rehearse(tour, quinn, rosa).await?;
    apply(tour, quinn, rosa).await?;
    let merged = files(tour, quinn, rosa).await?;
    again(tour, quinn, rosa).await?;
    part(tour, &merged, rosa).await
}

async fn rehearse(tour: &mut Tour, quinn: &Member, rosa: &Member) -> Result<(), Stopped> {
    let dry = Plan {
        name: "an administrator asks what merging Quinn into Rosa would do",
        expected: "both identities, and that Rosa's remains; each still has her own file",
        happens: Happens::InTurn { triggers: &[], aws_calls: &LOOK_CALLS },
    };
    tour.step(dry, async |client| {
        let body = merge(quinn, rosa, "dry_run");
        let answer = client.expect_administration("merge", &body).await?;
        check(&answer, "would_be_done", quinn, rosa)?;
        for member in [quinn, rosa] {
            ensure!(read(client, member, &member.person.keys).await? == member.note(), "changed");
        }
        Ok(())
    })
    .await
}

async fn apply(tour: &mut Tour, quinn: &Member, rosa: &Member) -> Result<(), Stopped> {
    let [a, b, c, d, e, f] = LOOK_CALLS;
    let apply = Plan {
        name: "an administrator merges Quinn into Rosa",
        expected: "Rosa's identity remains; Quinn's session has ended, her old token leads nowhere",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[a, b, c, d, e, f, MERGE_CALL, FIND_CALL, READ_CALL, WRITE_CALL, READ_CALL],
        },
    };
    tour.step(apply, async |client| {
        let answer = client.expect_administration("merge", &merge(quinn, rosa, "apply")).await?;
        check(&answer, "done", quinn, rosa)?;
        no_grant(client.grant_refresh(&quinn.refresh_token).await?)?;
        let logins = json!({OWN_TOKEN: quinn.person.pool_token});
        let input = json!({"IdentityId": quinn.person.keys.identity, "Logins": logins});
        let answer = client.call_identity_pool("GetCredentialsForIdentity", input).await?;
        refused(answer, "is forbidden")
    })
    .await
}

async fn files(tour: &mut Tour, quinn: &Member, rosa: &Member) -> Result<Member, Stopped> {
    let files = Plan {
        name: "Quinn signs in and looks for files",
        expected: "she has Rosa's; her own lie where no new credentials lead",
        happens: Happens::AtOnce,
    };
    let merged = tour
        .step(files, async |client| {
            let merged = Member::arrive(client, QUINN).await?;
            ensure!(merged.person.keys.identity == rosa.person.keys.identity, "another identity");
            ensure!(read(client, rosa, &merged.person.keys).await? == rosa.note(), "another file");
            let lost = client
                .file(Method::GET, &quinn.person.keys.note(), Some(&merged.person.keys), "")
                .await?;
            denied(lost, "AccessDenied")?;
            Ok(merged)
        })
        .await?;

    let old = Plan {
        name: "Quinn's credentials of before the merge are used",
        expected: "they reach her old file until they end: the time to copy it is before the merge",
        happens: NOTHING,
    };
    tour.step(old, async |client| {
        ensure!(read(client, quinn, &quinn.person.keys).await? == quinn.note(), "another file");
        Ok(())
    })
    .await?;
    Ok(merged)
}

async fn again(tour: &mut Tour, quinn: &Member, rosa: &Member) -> Result<(), Stopped> {
    let again = Plan {
        name: "the same merge is asked for again, and one with herself",
        expected: "it is done already; the other is refused with its reason",
        happens: Happens::AtOnce,
    };
    tour.step(again, async |client| {
        let answer = client.expect_administration("merge", &merge(quinn, rosa, "apply")).await?;
        ensure!(at(&answer, "/outcome") == "already_done", "{answer}");
        let who = As::Administrator;
        let (status, answer) = client.administer(who, "merge", &merge(rosa, rosa, "apply")).await?;
        ensure!(status == 409 && at(&answer, "/code") == "SameAccount", "{status} {answer}");
        Ok(())
    })
    .await
}

async fn part(tour: &mut Tour, merged: &Member, rosa: &Member) -> Result<(), Stopped> {
    let part = Plan {
        name: "it was a mistake: an administrator unlinks Quinn",
        expected: "her session ends, and her next sign-in brings a third identity, without files",
        happens: Happens::AtOnce,
    };
    tour.step(part, async |client| {
        let body = json!({"account_id": merged.account, "mode": "apply"});
        let answer = client.expect_administration("unlink", &body).await?;
        ensure!(at(&answer, "/remaining_accounts/0") == rosa.account.as_str(), "{answer}");
        no_grant(client.grant_refresh(&merged.refresh_token).await?)?;
        let alone = Member::arrive(client, QUINN).await?;
        ensure!(alone.person.keys.identity != rosa.person.keys.identity, "still Rosa's");
        let file = rosa.person.keys.note();
        denied(client.file(Method::GET, &file, Some(&alone.person.keys), "").await?, "AccessDenied")
    })
    .await
}

/// Reads the note of a member with these keys.
async fn read(client: &Client, of: &Member, keys: &Keys) -> anyhow::Result<String> {
    allowed(client.file(Method::GET, &of.person.keys.note(), Some(keys), "").await?)
}

/// Says both identities, and which one remains.
fn check(answer: &Value, outcome: &str, quinn: &Member, rosa: &Member) -> anyhow::Result<()> {
    let (from, to) = (&quinn.person.keys.identity, &rosa.person.keys.identity);
    for (pointer, expected) in [
        ("/outcome", outcome),
        ("/source/identity_id", from.as_str()),
        ("/destination/identity_id", to.as_str()),
        ("/remaining_identity_id", to.as_str()),
        ("/disabled_identity_id", from.as_str()),
    ] {
        ensure!(at(answer, pointer) == expected, "{pointer}: {answer}");
    }
    Ok(())
}
