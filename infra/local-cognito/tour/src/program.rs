//! Chapter nine: a program that has nothing but a token for credentials, and the end of a session.

use crate::client::{Client, Keys, at, text};
use crate::credentials::{LONG, allowed, denied, keep_note};
use crate::developer::person::{POOL_CALL, READ_CALL, WRITE_CALL, granted, no_grant};
use crate::plan::{Happens, NOTHING, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::{anyhow, ensure};
use reqwest::Method;

const WIM: &str = "wim@example.net";
const PASSWORD: &str = "eleven barges under the bridge";
const NOTE: &str = "what Wim's program wrote";

/// Each visit at `/v1/credentials` reads the session and asks the pool; the call that then brings
/// the keys is a public one, in no person's name.
const FETCH_CALLS: &[&str] = &[READ_CALL, POOL_CALL];

/// A program: the identity of its owner, and the token that is all it has.
struct Program {
    identity: String,
    token: String,
}

impl Program {
    async fn fetch(&self, client: &Client) -> anyhow::Result<Keys> {
        let keys = client.fetch(&self.identity, &self.token).await?;
        keys.map_err(|status| anyhow!("it answers {status}"))
    }
}

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    register(tour).await?;
    let program = sign_in(tour).await?;
    let keys = fetch(tour, &program).await?;
    come_back(tour, &program, &keys).await?;
    stray(tour, &program).await?;
    log_out(tour).await
}

async fn register(tour: &mut Tour) -> Result<(), Stopped> {
    let register = Plan {
        name: "Wim registers in the directory and confirms",
        expected: "an account that can be used",
        happens: Happens::AtOnce,
    };
    tour.step(register, async |client| {
        let handle = client.register(WIM).await?;
        let code = client.code_of_mail(WIM, 1).await?;
        client.confirm(WIM, &handle, &code, PASSWORD).await
    })
    .await
}

async fn sign_in(tour: &mut Tour) -> Result<Program, Stopped> {
    let sign_in = Plan {
        name: "Wim signs in for a program of his",
        expected: "a token for credentials, and nothing to refresh with",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL, WRITE_CALL] },
    };
    tour.step(sign_in, async |client| {
        let tokens = granted(client.grant_program(WIM, PASSWORD).await?)?;
        ensure!(at(&tokens, "/refresh_token").is_null(), "there is a refresh token");
        let (identity, token) =
            (text(&tokens, "/identity_id")?, text(&tokens, "/credentials_token")?);
        Ok(Program { identity, token })
    })
    .await
}

async fn fetch(tour: &mut Tour, program: &Program) -> Result<Keys, Stopped> {
    let fetch = Plan {
        name: "the program fetches credentials and writes a file",
        expected: "the container format, kept in no cache, read by no page; the file is there",
        happens: Happens::InTurn { triggers: &[], aws_calls: FETCH_CALLS },
    };
    tour.step(fetch, async |client| {
        let keys = program.fetch(client).await?;
        keep_note(client, &keys, NOTE).await?;
        Ok(keys)
    })
    .await
}

async fn come_back(tour: &mut Tour, program: &Program, old: &Keys) -> Result<(), Stopped> {
    let late = Plan {
        name: "an hour later the program comes back for new ones",
        expected: "the old ones have expired; the new ones read the file",
        happens: Happens::InTurn { triggers: &[], aws_calls: FETCH_CALLS },
    };
    tour.step(late, async |client| {
        client.advance_clock(LONG).await?;
        denied(client.file(Method::GET, &old.note(), Some(old), "").await?, "ExpiredToken")?;
        let new = program.fetch(client).await?;
        let read = allowed(client.file(Method::GET, &new.note(), Some(&new), "").await?)?;
        ensure!(read == NOTE, "it reads otherwise");
        Ok(())
    })
    .await
}

async fn stray(tour: &mut Tour, program: &Program) -> Result<(), Stopped> {
    let stray = Plan {
        name: "an attacker who found the program's token tries it elsewhere, altered, and not at all",
        expected: "it opens one route; anything else is refused without a call",
        happens: NOTHING,
    };
    tour.step(stray, async |client| {
        let token = &program.token;
        ensure!(client.introduce(token).await? == 401, "it opens /v1/identity");
        ensure!(client.log_out(token).await? == 401, "it opens /v1/logout");
        no_grant(client.grant_refresh(token).await?)?;
        for other in [format!("{token}A"), token.replacen('.', "", 1), String::new()] {
            let answer = client.fetch(&program.identity, &other).await?;
            ensure!(matches!(answer, Err(401)), "another token gets credentials");
        }
        Ok(())
    })
    .await
}

async fn log_out(tour: &mut Tour) -> Result<(), Stopped> {
    let arrive = Plan {
        name: "Wim signs in at his browser and lets it start a program",
        expected: "a session, and credentials for the program",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[
                WRITE_CALL, POOL_CALL, WRITE_CALL, READ_CALL, POOL_CALL, WRITE_CALL, READ_CALL,
                POOL_CALL,
            ],
        },
    };
    let (session, program, keys) = tour
        .step(arrive, async |client| {
            let session = granted(client.grant_password(WIM, PASSWORD).await?)?;
            let refresh_token = text(&session, "/refresh_token")?;
            let tokens = granted(client.grant_program_by_refresh(&refresh_token).await?)?;
            let program = Program {
                identity: text(&tokens, "/identity_id")?,
                token: text(&tokens, "/credentials_token")?,
            };
            let keys = program.fetch(client).await?;
            Ok((session, program, keys))
        })
        .await?;

    let leave = Plan {
        name: "Wim logs out",
        expected: "done, with one write",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, WRITE_CALL] },
    };
    tour.step(leave, async |client| {
        let status = client.log_out(&text(&session, "/access_token")?).await?;
        ensure!(status == 204, "it answers {status}");
        Ok(())
    })
    .await?;

    let after = Plan {
        name: "after that come his refresh token, his access token and the program's token",
        expected: "all refused; what was handed out before lives for its hour",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, READ_CALL, READ_CALL] },
    };
    tour.step(after, async |client| {
        no_grant(client.grant_refresh(&text(&session, "/refresh_token")?).await?)?;
        let status = client.introduce(&text(&session, "/access_token")?).await?;
        ensure!(status == 401, "the access token is answered with {status}");
        let answer = client.fetch(&program.identity, &program.token).await?;
        ensure!(matches!(answer, Err(401)), "the program's token gets credentials");
        allowed(client.file(Method::GET, &keys.note(), Some(&keys), "").await?).map(drop)
    })
    .await
}
