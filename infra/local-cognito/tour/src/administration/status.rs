//! Disables an account, and enables it again.

use crate::administration::member::{FIND_CALL, Member, PASSWORD, QUINN};
use crate::client::{Client, at};
use crate::developer::person::{READ_CALL, WRITE_CALL, no_grant};
use crate::plan::{Happens, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use serde_json::json;

pub(super) async fn play(tour: &mut Tour, quinn: Member) -> Result<Member, Stopped> {
    let ask = async |client: &Client, what: &str, mode: &str| {
        let body = json!({"account_id": quinn.account, "mode": mode});
        client.expect_administration(what, &body).await
    };
    let dry = Plan {
        name: "an administrator asks what disabling Quinn would do",
        expected: "one session would end; nothing has changed",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[FIND_CALL, READ_CALL, READ_CALL] },
    };
    tour.step(dry, async |client| {
        let answer = ask(client, "disable", "dry_run").await?;
        ensure!(at(&answer, "/outcome") == "would_be_done", "{answer}");
        ensure!(at(&answer, "/ended_sessions") == 1, "{answer}");
        ensure!(client.introduce(&quinn.access_token).await? == 200, "she is signed out");
        Ok(())
    })
    .await?;

    let disable = Plan {
        name: "an administrator disables Quinn",
        expected: "she signs in no more, and none of her tokens is accepted",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[FIND_CALL, READ_CALL, WRITE_CALL, WRITE_CALL, READ_CALL, READ_CALL],
        },
    };
    tour.step(disable, async |client| {
        let answer = ask(client, "disable", "apply").await?;
        ensure!(at(&answer, "/outcome") == "done", "{answer}");
        no_grant(client.grant_password(QUINN, PASSWORD).await?)?;
        no_grant(client.grant_refresh(&quinn.refresh_token).await?)?;
        ensure!(client.introduce(&quinn.access_token).await? == 401, "her token is still valid");
        Ok(())
    })
    .await?;

    let enable = Plan {
        name: "an administrator enables Quinn",
        expected: "she signs in again, and her old sessions stay revoked",
        happens: Happens::AtOnce,
    };
    let quinn = &quinn;
    tour.step(enable, async |client| {
        let answer = ask(client, "enable", "apply").await?;
        ensure!(at(&answer, "/status") == "active", "{answer}");
        no_grant(client.grant_refresh(&quinn.refresh_token).await?)?;
        let again = Member::arrive(client, QUINN).await?;
        ensure!(again.person.keys.identity == quinn.person.keys.identity, "another identity");
        Ok(again)
    })
    .await
}
