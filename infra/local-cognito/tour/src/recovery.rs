//! Chapter ten: Dora forgets her password, and changes the next one.

use crate::client::{Client, Grant, Keys, OWN_TOKEN, Reply, text};
use crate::credentials::{allowed, keep_note};
use crate::developer::person::{POOL_CALL, READ_CALL, WRITE_CALL, granted, no_grant};
use crate::plan::{Happens, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use reqwest::Method;
use serde_json::json;

const DORA: &str = "dora@example.net";
const UNKNOWN: &str = "unknown-here@example.net";
const FIRST: &str = "the heron waits for the tide";
const SECOND: &str = "a kite above the harbour wall";
const THIRD: &str = "lanterns along the towpath";
const ATTACKERS: &str = "whatever the attacker would like";
const NOTE: &str = "what Dora wrote";
/// No code has a letter in it, so this answer is wrong whatever the code is.
const WRONG: &str = "1234567x";

/// Another password costs these calls, by the current one.
const REPLACE_CALLS: &[&str] = &[READ_CALL, WRITE_CALL, WRITE_CALL];
/// A recovery and the first use of its session cost these calls.
const RECOVER_CALLS: &[&str] =
    &[READ_CALL, WRITE_CALL, WRITE_CALL, POOL_CALL, WRITE_CALL, READ_CALL];

/// Tokens of a session of Dora's.
struct Session {
    access_token: String,
    refresh_token: String,
    credentials_token: String,
    keys: Keys,
}

/// The code of a recovery that a mail brought.
struct Mailed {
    handle: String,
    code: String,
}

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let session = arrive(tour).await?;
    let mailed = ask(tour).await?;
    recover(tour, &mailed).await?;
    what_was_before(tour, "the recovery", &session, FIRST).await?;
    let session = come_back(tour, &session).await?;
    change(tour, &session).await?;
    what_was_before(tour, "the change", &session, SECOND).await?;
    let last = Plan {
        name: "Dora signs in with the newest password",
        expected: "the same identity",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL, WRITE_CALL] },
    };
    tour.step(last, async |client| {
        let tokens = granted(client.grant_password(DORA, THIRD).await?)?;
        ensure!(text(&tokens, "/identity_id")? == session.keys.identity, "another identity");
        Ok(())
    })
    .await?;
    lock(tour).await
}

async fn arrive(tour: &mut Tour) -> Result<Session, Stopped> {
    let arrive = Plan {
        name: "Dora registers, signs in, writes a file and lets a program in",
        expected: "a session, one for credentials, and a file below her own prefix",
        happens: Happens::AtOnce,
    };
    tour.step(arrive, async |client| {
        let handle = client.register(DORA).await?;
        let code = client.code_of_mail(DORA, 1).await?;
        client.confirm(DORA, &handle, &code, FIRST).await?;
        let session = sign_in(client, FIRST).await?;
        keep_note(client, &session.keys, NOTE).await?;
        Ok(session)
    })
    .await
}

/// Signs in at a browser and for a program.
async fn sign_in(client: &Client, password: &str) -> anyhow::Result<Session> {
    let tokens = granted(client.grant_password(DORA, password).await?)?;
    let program = granted(client.grant_program(DORA, password).await?)?;
    let (identity, token) = (text(&tokens, "/identity_id")?, text(&tokens, "/token")?);
    Ok(Session {
        access_token: text(&tokens, "/access_token")?,
        refresh_token: text(&tokens, "/refresh_token")?,
        credentials_token: text(&program, "/credentials_token")?,
        keys: client.credentials(&identity, &json!({OWN_TOKEN: token})).await?,
    })
}

async fn ask(tour: &mut Tour) -> Result<Mailed, Stopped> {
    let ask = Plan {
        name: "Dora asks for a recovery, and an attacker for one of an unknown address",
        expected: "one answer after the same calls for both; a mail with a code to Dora only",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[READ_CALL, WRITE_CALL, READ_CALL, WRITE_CALL],
        },
    };
    let (dora, unknown) = tour
        .step(ask, async |client| {
            let (dora, unknown) = (client.recover(DORA).await?, client.recover(UNKNOWN).await?);
            ensure!((dora.status, unknown.status) == (202, 202), "another status");
            ensure!(
                dora.shape == unknown.shape,
                "they differ: {:?}, {:?}",
                dora.shape,
                unknown.shape
            );
            let code = client.code_of_mail(DORA, 2).await?;
            ensure!(client.mails_to(UNKNOWN).await? == 0, "a mail was sent to an unknown user");
            Ok((Mailed { handle: dora.handle, code }, unknown.handle))
        })
        .await?;

    let guess = Plan {
        name: "a code is guessed for either",
        expected: "refused alike, after the same calls",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[READ_CALL, WRITE_CALL, READ_CALL, WRITE_CALL],
        },
    };
    tour.step(guess, async |client| {
        refused(client.confirm_recovery(DORA, &dora.handle, WRONG, ATTACKERS).await?)?;
        refused(client.confirm_recovery(UNKNOWN, &unknown, WRONG, ATTACKERS).await?)
    })
    .await?;

    let elsewhere = Plan {
        name: "Dora's code is sent with the other handle, and to confirm a registration",
        expected: "refused: a code is of one account and one purpose",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, WRITE_CALL] },
    };
    tour.step(elsewhere, async |client| {
        refused(client.confirm_recovery(UNKNOWN, &unknown, &dora.code, ATTACKERS).await?)?;
        refused(client.confirm_recovery(DORA, &unknown, &dora.code, ATTACKERS).await?)?;
        let confirmed = client.confirm(DORA, &dora.handle, &dora.code, ATTACKERS).await;
        ensure!(confirmed.is_err(), "it confirms a registration");
        Ok(())
    })
    .await?;
    Ok(dora)
}

async fn recover(tour: &mut Tour, mailed: &Mailed) -> Result<(), Stopped> {
    let common = Plan {
        name: "Dora tries a password that others try first",
        expected: "refused in words, and the code is not used up",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[] },
    };
    tour.step(common, async |client| {
        let Mailed { handle, code } = mailed;
        let answer = client.confirm_recovery(DORA, handle, code, "dora@example.net").await?;
        problem(answer, "PasswordTooCommon")
    })
    .await?;

    let recover = Plan {
        name: "Dora sets another password with the code of the mail",
        expected: "it is set, every session has ended, and a new one has begun",
        happens: Happens::InTurn { triggers: &[], aws_calls: RECOVER_CALLS },
    };
    tour.step(recover, async |client| {
        let Mailed { handle, code } = mailed;
        let tokens = granted(client.confirm_recovery(DORA, handle, code, SECOND).await?)?;
        ensure!(client.introduce(&text(&tokens, "/access_token")?).await? == 200, "it has none");
        Ok(())
    })
    .await?;

    let attacker = Plan {
        name: "an attacker who saw all that sends it again with a password of their own",
        expected: "refused: of two confirmations with one code one wins",
        happens: Happens::InTurn { triggers: &[], aws_calls: REPLACE_CALLS },
    };
    tour.step(attacker, async |client| {
        let Mailed { handle, code } = mailed;
        refused(client.confirm_recovery(DORA, handle, code, ATTACKERS).await?)
    })
    .await
}

/// An attacker's guesses lock the password, and neither the mailbox nor the session that it brings.
async fn lock(tour: &mut Tour) -> Result<(), Stopped> {
    let lock = Plan {
        name: "an attacker sends wrong passwords all the time, and Dora recovers once more",
        expected: "the password is locked; the code of the mail brings a session that goes on",
        happens: Happens::AtOnce,
    };
    tour.step(lock, async |client| {
        guess(client).await?;
        no_grant(client.grant_password(DORA, THIRD).await?)?;
        let handle = client.recover(DORA).await?.handle;
        let code = client.code_of_mail(DORA, 3).await?;
        let tokens = granted(client.confirm_recovery(DORA, &handle, &code, FIRST).await?)?;
        guess(client).await?;
        no_grant(client.grant_password(DORA, FIRST).await?)?;
        let next = granted(client.grant_refresh(&text(&tokens, "/refresh_token")?).await?)?;
        ensure!(client.introduce(&text(&next, "/access_token")?).await? == 200, "it has ended");
        Ok(())
    })
    .await
}

/// Sends more wrong passwords than are compared.
async fn guess(client: &Client) -> anyhow::Result<()> {
    for _ in 0..12 {
        no_grant(client.grant_password(DORA, ATTACKERS).await?)?;
    }
    Ok(())
}

/// Nothing of a session that another password has ended opens anything, nor does the old one.
async fn what_was_before(
    tour: &mut Tour,
    what: &str,
    session: &Session,
    password: &str,
) -> Result<(), Stopped> {
    let before = Plan {
        name: &format!("tokens, program and password from before {what} come again"),
        expected: "all refused, and the identity pool is not asked",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[READ_CALL, READ_CALL, READ_CALL, WRITE_CALL],
        },
    };
    tour.step(before, async |client| {
        no_grant(client.grant_refresh(&session.refresh_token).await?)?;
        let fetched = client.fetch(&session.keys.identity, &session.credentials_token);
        ensure!(matches!(fetched.await?, Err(401)), "it gets credentials");
        ensure!(client.introduce(&session.access_token).await? == 401, "it opens /v1/identity");
        no_grant(client.grant_password(DORA, password).await?)
    })
    .await
}

async fn come_back(tour: &mut Tour, before: &Session) -> Result<Session, Stopped> {
    let come_back = Plan {
        name: "Dora signs in with the new password, at her browser and for the program",
        expected: "the identity of before, and her file",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[WRITE_CALL, POOL_CALL, WRITE_CALL, WRITE_CALL, POOL_CALL, WRITE_CALL],
        },
    };
    tour.step(come_back, async |client| {
        let session = sign_in(client, SECOND).await?;
        let keys = &session.keys;
        ensure!(keys.identity == before.keys.identity, "it is another identity");
        let read = allowed(client.file(Method::GET, &keys.note(), Some(keys), "").await?)?;
        ensure!(read == NOTE, "it reads otherwise");
        Ok(session)
    })
    .await
}

async fn change(tour: &mut Tour, session: &Session) -> Result<(), Stopped> {
    let wrong = Plan {
        name: "an attacker at Dora's open browser changes the password without knowing it",
        expected: "refused, and counted",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, WRITE_CALL] },
    };
    tour.step(wrong, async |client| {
        let changed = client.change_password(&session.access_token, DORA, FIRST, ATTACKERS).await?;
        ensure!(changed == (400, "PasswordNotAccepted".to_owned()), "it answers {changed:?}");
        Ok(())
    })
    .await?;

    let change = Plan {
        name: "Dora changes her password",
        expected: "it is set, and every session has ended, this one too",
        happens: Happens::InTurn { triggers: &[], aws_calls: REPLACE_CALLS },
    };
    tour.step(change, async |client| {
        done(&client.change_password(&session.access_token, DORA, SECOND, THIRD).await?)
    })
    .await
}

fn done((status, problem): &Reply) -> anyhow::Result<()> {
    ensure!(*status == 204, "it answers {status}, {problem}");
    Ok(())
}

/// Checks that a confirmation brings no tokens but this code of an error.
fn problem(answer: Grant, expected: &str) -> anyhow::Result<()> {
    let problem = answer.err().unwrap_or_else(|| "with tokens".to_owned());
    ensure!(problem == expected, "it answers {problem}");
    Ok(())
}

fn refused(answer: Grant) -> anyhow::Result<()> {
    problem(answer, "CodeNotAccepted")
}
