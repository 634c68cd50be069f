//! Chapter four: an unknown user sees the same as a known one.

use crate::client::{Client, Pending, pending, refused};
use crate::names::WEB_CLIENT;
use crate::plan::{CREATE, DEFINE, Happens, ISSUE_CALL, JUDGE_CALL, NOTHING, Plan, VERIFY};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use serde_json::Value;

const SAM: &str = "sam@example.net";
const UNKNOWN: &str = "unknown@example.net";
/// No code has a letter in it, so this answer is wrong whatever the code is.
const WRONG: &str = "1234567x";

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let create = Plan {
        name: "an administrator creates Sam",
        expected: "a user with a verified address",
        happens: Happens::InTurn { triggers: &["PreSignUp_AdminCreateUser"], aws_calls: &[] },
    };
    tour.step(create, async |client| client.create(SAM).await).await?;

    let mut seen = Vec::new();
    for (name, person) in [(SAM, "Sam"), (UNKNOWN, "an unknown user")] {
        let walk = Plan {
            name: &format!("{person} answers wrong until the end"),
            expected: "five answers, then the end; the same for a known and an unknown user",
            happens: Happens::InTurn {
                triggers: &[
                    DEFINE, CREATE, VERIFY, DEFINE, CREATE, VERIFY, DEFINE, CREATE, VERIFY, DEFINE,
                    CREATE, VERIFY, DEFINE, CREATE, VERIFY, DEFINE,
                ],
                aws_calls: &[
                    ISSUE_CALL, JUDGE_CALL, JUDGE_CALL, JUDGE_CALL, JUDGE_CALL, JUDGE_CALL,
                ],
            },
        };
        seen.push(tour.step(walk, async |client| walk_to_the_end(client, name).await).await?);
    }

    let compare = Plan {
        name: "Sam's answers and those of the unknown user are compared",
        expected: "equal, but for session, mark and user name; no mail to an unknown name",
        happens: NOTHING,
    };
    tour.step(compare, async |client| {
        ensure!(seen.first() == seen.last(), "they differ: {seen:?}");
        ensure!(client.mails_to(UNKNOWN).await? == 0, "a mail was sent to an unknown user");
        Ok(())
    })
    .await
}

/// Returns the parameters of each round, without session, mark and user name.
async fn walk_to_the_end(client: &Client, name: &str) -> anyhow::Result<Vec<Value>> {
    let mut challenge: Pending = client.start(WEB_CLIENT, name).await?;
    let mut seen = vec![without_mark(&challenge.parameters)?];
    for _ in 0..4 {
        match client.answer(&challenge, WRONG).await? {
            Ok(answer) => challenge = pending(answer)?,
            Err(error) => anyhow::bail!("ended early: {error:?}"),
        }
        seen.push(without_mark(&challenge.parameters)?);
    }
    let last = client.answer(&challenge, WRONG).await?;
    refused(last, "Incorrect username or password.")?;
    Ok(seen)
}

/// The parameters of a round without the session's mark, of which there is always one.
fn without_mark(parameters: &Value) -> anyhow::Result<Value> {
    let mut parameters = parameters.clone();
    let mark = parameters.as_object_mut().and_then(|shown| shown.remove("mark"));
    let letters = mark.as_ref().and_then(Value::as_str).unwrap_or_default();
    ensure!(letters.len() == 2, "a round without a mark: {parameters}");
    Ok(parameters)
}
