//! Logins that are not linked, with the reasons.

use crate::client::{Said, text, tokens};
use crate::credentials::check_note;
use crate::developer::directory::{NOTE, PIA};
use crate::developer::person::{POOL_CALL, READ_CALL, WRITE_CALL, granted};
use crate::logins::pia::{DESCRIBE_CALL, FREE_CALL, PIA_ELSEWHERE, Pia, social_keys};
use crate::names::{SOCIAL_PROVIDER, WEB_CLIENT};
use crate::plan::{CREATE, DEFINE, Happens, ISSUE_CALL, JUDGE_CALL, Plan, SIGNED_IN, VERIFY};
use crate::steps::{Stopped, Tour};
use anyhow::{bail, ensure};
use serde_json::json;

/// Another name there, which no account of the directory has.
const ELSEWHERE: &str = "another-elsewhere";
const TOBY: &str = "toby@example.net";
const PASSWORD: &str = "four lamps along the canal";

pub(super) async fn replayed(tour: &mut Tour, pia: &Pia, proof: &str) -> Result<(), Stopped> {
    let replayed = Plan {
        name: "the same proof is presented again",
        expected: "refused: its nonce was used",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL] },
    };
    tour.step(replayed, async |client| {
        not_linked(client.link(&pia.access, proof).await?, "replayed_proof")
    })
    .await
}

/// A sign-in by the API of the user pool proves nothing for a session here.
pub(super) async fn without_nonce(tour: &mut Tour, pia: &Pia) -> Result<(), Stopped> {
    let plan = Plan {
        name: "Pia presents the ID token of a sign-in by mail code",
        expected: "refused: such a token has no nonce",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, VERIFY, DEFINE, SIGNED_IN],
            aws_calls: &[READ_CALL, WRITE_CALL, ISSUE_CALL, JUDGE_CALL, SIGNED_IN, READ_CALL],
        },
    };
    tour.step(plan, async |client| {
        client.link_nonce(&pia.access).await?;
        let before = client.mails_to(PIA).await?;
        let challenge = client.start(WEB_CLIENT, PIA).await?;
        let code = client.code_of_mail(PIA, before + 1).await?;
        let tokens = tokens(client.answer(&challenge, &code).await?)?;
        let proof = text(&tokens, "/IdToken")?;
        not_linked(client.link(&pia.access, &proof).await?, "foreign_proof")
    })
    .await
}

pub(super) async fn one_side(tour: &mut Tour, pia: &Pia) -> Result<(), Stopped> {
    let foreign = Plan {
        name: "Pia presents a token that was issued for another application",
        expected: "refused: it was not made for this session",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, WRITE_CALL, READ_CALL] },
    };
    tour.step(foreign, async |client| {
        client.link_nonce(&pia.access).await?;
        let stolen = client.social_token("another", "of-another-application").await?;
        not_linked(client.link(&pia.access, &stolen).await?, "foreign_proof")
    })
    .await?;

    let alone = Plan {
        name: "a login is to be linked without a session, and with one of Ravi's issuer",
        expected: "refused: both sides have to prove who they are",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL, READ_CALL] },
    };
    tour.step(alone, async |client| {
        let proof = client.social_token("another", "none").await?;
        not_linked(client.link("", &proof).await?, "NotAuthenticated")?;
        let ravi = client.subject_token(&json!({"sub": "ravi"})).await?;
        let ravi = text(&granted(client.grant_exchange(&ravi).await?)?, "/access_token")?;
        not_linked(client.link(&ravi, &proof).await?, "sign_in_again")
    })
    .await
}

pub(super) async fn of_another_account(tour: &mut Tour, pia: &Pia) -> Result<(), Stopped> {
    let taken = Plan {
        name: "Toby registers in the directory and has a good proof of the login that is Pia's",
        expected: "refused: a login leads to one account, and Toby's is as it was",
        happens: Happens::AtOnce,
    };
    tour.step(taken, async |client| {
        let handle = client.register(TOBY).await?;
        let code = client.code_of_mail(TOBY, 1).await?;
        client.confirm(TOBY, &handle, &code, PASSWORD).await?;
        let toby = text(&granted(client.grant_password(TOBY, PASSWORD).await?)?, "/access_token")?;
        let nonce = client.link_nonce(&toby).await?;
        let proof = client.social_token(PIA_ELSEWHERE, &nonce).await?;
        not_linked(client.link(&toby, &proof).await?, "already_linked")?;
        ensure!(client.linked(&toby).await?.is_empty(), "the account lists it");
        let keys = social_keys(client).await?;
        ensure!(keys.identity == pia.keys.identity, "the login leads elsewhere");
        Ok(())
    })
    .await
}

/// A login that has led somewhere before stays there.
pub(super) async fn own_identity(tour: &mut Tour, pia: &Pia) -> Result<(), Stopped> {
    let taken = Plan {
        name: "Pia links a social login that shares an identity of its own with her user",
        expected: "refused: two identities are never merged, and both stay as they are",
        happens: Happens::InTurn {
            triggers: &[SIGNED_IN],
            aws_calls: &[
                SIGNED_IN,
                READ_CALL,
                WRITE_CALL,
                READ_CALL,
                WRITE_CALL,
                WRITE_CALL,
                DESCRIBE_CALL,
                FREE_CALL,
                WRITE_CALL,
                READ_CALL,
            ],
        },
    };
    tour.step(taken, async |client| {
        let user = client.managed_login(PIA, "none").await?;
        let social = client.social_token(ELSEWHERE, "none").await?;
        let mut logins = client.logins(&user);
        if let Some(logins) = logins.as_object_mut() {
            logins.insert(SOCIAL_PROVIDER.to_owned(), social.into());
        }
        let before = client.identity(&logins).await?;
        let nonce = client.link_nonce(&pia.access).await?;
        let proof = client.social_token(ELSEWHERE, &nonce).await?;
        not_linked(client.link(&pia.access, &proof).await?, "already_linked")?;
        ensure!(client.linked(&pia.access).await?.is_empty(), "something is linked");
        ensure!(client.identity(&logins).await? == before, "the login leads elsewhere");
        check_note(client, &pia.keys, NOTE).await
    })
    .await
}

pub(super) fn not_linked(said: Said, expected: &str) -> anyhow::Result<()> {
    match said {
        Ok(_) => bail!("it was done"),
        Err(code) => {
            ensure!(code == expected, "another error: {code}");
            Ok(())
        }
    }
}
