//! Tokens that must not become an identity, and files that must stay out of reach.

use crate::client::{OWN_TOKEN, at, refused};
use crate::credentials::{forgeries, reach_out};
use crate::developer::person::{Person, no_grant};
use crate::developer::{directory, issuer};
use crate::names::DEVELOPER_PROVIDER;
use crate::plan::{NOTHING, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(super) async fn play(tour: &mut Tour, pia: &Person, ravi: &Person) -> Result<(), Stopped> {
    foreign_files(tour, pia, ravi).await?;
    subject_tokens(tour).await?;
    logins(tour, pia).await?;
    foreign_identity(tour, pia, ravi).await
}

async fn foreign_files(tour: &mut Tour, pia: &Person, ravi: &Person) -> Result<(), Stopped> {
    let foreign = Plan {
        name: "Pia and Ravi read, write and delete each other's file",
        expected: "AccessDenied each time, and the files are as they were",
        happens: NOTHING,
    };
    tour.step(foreign, async |client| {
        reach_out(client, &pia.keys, &ravi.keys, issuer::NOTE).await?;
        reach_out(client, &ravi.keys, &pia.keys, directory::NOTE).await
    })
    .await
}

async fn subject_tokens(tour: &mut Tour) -> Result<(), Stopped> {
    let forged = Plan {
        name: "Ravi's subject token is altered, unsigned, and signed with the public key as a secret",
        expected: "refused without a call",
        happens: NOTHING,
    };
    tour.step(forged, async |client| {
        let subject_token = client.subject_token(&json!({"sub": "ravi"})).await?;
        let keys = client.document("issuer/jwks.json").await?;
        for token in forgeries(&subject_token, &keys)? {
            no_grant(client.grant_exchange(&token).await?)?;
        }
        Ok(())
    })
    .await
}

async fn logins(tour: &mut Tour, pia: &Person) -> Result<(), Stopped> {
    let forged = Plan {
        name: "an attacker who knows the id of Pia's account names it as a login",
        expected: "refused: a developer provider is not for clients",
        happens: NOTHING,
    };
    tour.step(forged, async |client| {
        let named = json!({DEVELOPER_PROVIDER: account_of(&pia.pool_token)?});
        for (action, of) in [
            ("GetId", json!({"IdentityPoolId": client.identity_pool(), "Logins": named})),
            (
                "GetCredentialsForIdentity",
                json!({"IdentityId": pia.keys.identity, "Logins": named}),
            ),
            ("GetOpenIdToken", json!({"IdentityId": pia.keys.identity, "Logins": named})),
        ] {
            let answer = client.call_identity_pool(action, of).await?;
            refused(answer, "Please provide a valid public provider")?;
        }
        Ok(())
    })
    .await
}

async fn foreign_identity(tour: &mut Tour, pia: &Person, ravi: &Person) -> Result<(), Stopped> {
    let foreign = Plan {
        name: "Ravi asks for credentials of Pia's identity with a token of his own",
        expected: "refused: not his login",
        happens: NOTHING,
    };
    tour.step(foreign, async |client| {
        let logins = json!({OWN_TOKEN: ravi.pool_token});
        let input = json!({"IdentityId": pia.keys.identity, "Logins": logins});
        let answer = client.call_identity_pool("GetCredentialsForIdentity", input).await?;
        refused(answer, "Logins don't match")
    })
    .await
}

/// The id of an account, which the identity pool writes into its tokens as the last part of the
/// developer's `amr`.
fn account_of(pool_token: &str) -> anyhow::Result<String> {
    let payload = pool_token.split('.').nth(1).context("it is no token")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
    let methods = at(&claims, "/amr").as_array().into_iter().flatten();
    let last = methods.filter_map(|method| method.as_str()?.rsplit_once(':')).next_back();
    last.map(|(_, id)| id.to_owned()).context("the token names no account")
}
