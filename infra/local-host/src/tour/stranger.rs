//! Chapter three: somebody without an account sees what a user sees.

use anyhow::ensure;
use serde_json::{Value, json};

use super::client::{Client, Pending, pending};
use super::sign_in::refused;
use super::{CREATE, DEFINE, ISSUE_CALL, JUDGE_CALL, Plan, Stopped, Tour, VERIFY};
use crate::default_pool::WEB_CLIENT;

const SAM: &str = "sam@example.net";
const NOBODY: &str = "nobody@example.net";
/// No code has a letter in it, so this answer is wrong whatever the code is.
const WRONG: &str = "1234567x";

pub(super) async fn play(tour: &mut Tour<'_>) -> Result<(), Stopped> {
    let create = Plan {
        name: "an administrator creates Sam",
        expected: "a user with a verified address",
        triggers: &["PreSignUp_AdminCreateUser"],
        aws_calls: &[],
    };
    tour.step(create, async |client| {
        let input = json!({
            "UserPoolId": client.pool(),
            "Username": SAM,
            "MessageAction": "SUPPRESS",
            "UserAttributes": [
                {"Name": "email", "Value": SAM},
                {"Name": "email_verified", "Value": "true"},
            ],
        });
        client.expect("AdminCreateUser", input).await?;
        let input = json!({
            "UserPoolId": client.pool(),
            "Username": SAM,
            "Password": "Ask-the-lifeguard-first-4",
            "Permanent": true,
        });
        client.expect("AdminSetUserPassword", input).await
    })
    .await?;

    let mut seen = Vec::new();
    for (name, person) in [(SAM, "Sam"), (NOBODY, "nobody")] {
        let walk = Plan {
            name: &format!("{person} answers wrong until the end"),
            expected: "five answers, then the end; the same for a user and for nobody",
            triggers: &[
                DEFINE, CREATE, VERIFY, DEFINE, CREATE, VERIFY, DEFINE, CREATE, VERIFY, DEFINE,
                CREATE, VERIFY, DEFINE, CREATE, VERIFY, DEFINE,
            ],
            aws_calls: &[ISSUE_CALL, JUDGE_CALL, JUDGE_CALL, JUDGE_CALL, JUDGE_CALL, JUDGE_CALL],
        };
        seen.push(tour.step(walk, async |client| walk_to_the_end(client, name).await).await?);
    }

    let compare = Plan {
        name: "Sam's answers and nobody's are compared",
        expected: "equal, but for session and user name; nobody was written to",
        triggers: &[],
        aws_calls: &[],
    };
    tour.step(compare, async |client| {
        ensure!(seen.first() == seen.last(), "they differ: {seen:?}");
        ensure!(client.mails_to(NOBODY) == 0, "a mail was sent to nobody");
        Ok(())
    })
    .await
}

/// What a client sees of each round, without session and user name.
async fn walk_to_the_end(client: &Client<'_>, name: &str) -> anyhow::Result<Vec<Value>> {
    let mut challenge: Pending = client.start(WEB_CLIENT, name).await?;
    let mut seen = vec![challenge.parameters.clone()];
    for _ in 0..4 {
        match client.answer(&challenge, WRONG).await? {
            Ok(answer) => challenge = pending(answer)?,
            Err(error) => anyhow::bail!("ended early: {error:?}"),
        }
        seen.push(challenge.parameters.clone());
    }
    let last = client.answer(&challenge, WRONG).await?;
    refused(last, "Incorrect username or password.")?;
    Ok(seen)
}
