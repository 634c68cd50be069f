//! A person with a token of a trusted issuer.

use crate::client::at;
use crate::credentials::keep_note;
use crate::developer::person::{POOL_CALL, Person, WRITE_CALL, granted};
use crate::plan::{Happens, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use serde_json::json;

const SUB: &str = "ravi";
const ADDRESS: &str = "ravi@example.net";
/// Content of the file below his prefix.
pub(super) const NOTE: &str = "what Ravi wrote";

pub(super) async fn play(tour: &mut Tour) -> Result<Person, Stopped> {
    let first = Plan {
        name: "Ravi comes with a token of the trusted issuer",
        expected: "an identity, credentials for it, and a file below his own prefix",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL, WRITE_CALL] },
    };
    let ravi = tour
        .step(first, async |client| {
            let subject_token =
                client.subject_token(&json!({"sub": SUB, "email": ADDRESS})).await?;
            let tokens = granted(client.grant_exchange(&subject_token).await?)?;
            ensure!(at(&tokens, "/refresh_token").is_null(), "there is a refresh token");
            let ravi = Person::arrive(client, &tokens).await?;
            keep_note(client, &ravi.keys, NOTE).await?;
            Ok(ravi)
        })
        .await?;

    let again = Plan {
        name: "Ravi comes again",
        expected: "the same identity, with one call less",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL] },
    };
    tour.step(again, async |client| {
        let subject_token = client.subject_token(&json!({"sub": SUB, "email": ADDRESS})).await?;
        let tokens = granted(client.grant_exchange(&subject_token).await?)?;
        ensure!(at(&tokens, "/identity_id") == ravi.keys.identity.as_str(), "it is another one");
        Ok(())
    })
    .await?;

    let namesake = Plan {
        name: "another subject of the issuer comes, with Ravi's e-mail address in the token",
        expected: "an identity of their own: an address identifies no account",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL, WRITE_CALL] },
    };
    tour.step(namesake, async |client| {
        let claims = json!({"sub": "rav1", "email": ADDRESS, "email_verified": true});
        let subject_token = client.subject_token(&claims).await?;
        let tokens = granted(client.grant_exchange(&subject_token).await?)?;
        ensure!(at(&tokens, "/identity_id") != ravi.keys.identity.as_str(), "it is Ravi's");
        Ok(())
    })
    .await?;
    Ok(ravi)
}
