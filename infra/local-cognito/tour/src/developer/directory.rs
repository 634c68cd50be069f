//! A person of the built-in directory: registration, sign-in, refresh.

use crate::client::{Client, Grant, text};
use crate::credentials::keep_note;
use crate::developer::person::{POOL_CALL, Person, READ_CALL, WRITE_CALL, granted, no_grant};
use crate::plan::{Happens, Plan};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;

pub(crate) const PIA: &str = "pia@example.net";
const PASSWORD: &str = "nineteen gulls above the pier";
/// Content of the file below her prefix.
pub(crate) const NOTE: &str = "what Pia wrote";

const ATTACKERS: &str = "whatever the attacker would like";
/// No code has a letter in it, so this answer is wrong whatever the code is.
const WRONG_CODE: &str = "1234567x";

/// A registration costs these calls: it counts for the domain and the day, before anything is read.
const REGISTER_CALLS: &[&str] = &[WRITE_CALL, WRITE_CALL, READ_CALL, WRITE_CALL];
/// A refresh costs these calls.
const REFRESH_CALLS: &[&str] = &[READ_CALL, POOL_CALL, WRITE_CALL];

pub(super) async fn play(tour: &mut Tour) -> Result<Person, Stopped> {
    register(tour).await?;
    wrong_password(tour).await?;
    let (pia, refresh_token) = sign_in(tour).await?;
    refresh(tour, &refresh_token).await?;
    Ok(pia)
}

/// Signs in once more with the right password.
pub(crate) async fn sign_in_again(client: &Client) -> anyhow::Result<Grant> {
    client.grant_password(PIA, PASSWORD).await
}

async fn register(tour: &mut Tour) -> Result<(), Stopped> {
    let register = Plan {
        name: "an attacker asks for a registration of Pia's address, then Pia does",
        expected: "a handle for either, and one mail with a code; nothing is reserved",
        happens: Happens::InTurn {
            triggers: &[],
            aws_calls: &[REGISTER_CALLS, REGISTER_CALLS].concat(),
        },
    };
    let (attackers, handle, code) = tour
        .step(register, async |client| {
            let (attackers, handle) = (client.register(PIA).await?, client.register(PIA).await?);
            Ok((attackers, handle, client.code_of_mail(PIA, 1).await?))
        })
        .await?;

    let early = Plan {
        name: "Pia signs in before she has confirmed, and the attacker guesses a code",
        expected: "both refused, after the same calls as for any address",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, READ_CALL, WRITE_CALL] },
    };
    tour.step(early, async |client| {
        no_grant(client.grant_password(PIA, PASSWORD).await?)?;
        let guessed = client.confirm(PIA, &attackers, WRONG_CODE, ATTACKERS).await;
        ensure!(guessed.is_err(), "a guess creates an account");
        Ok(())
    })
    .await?;

    let confirm = Plan {
        name: "Pia confirms with the code of the mail and sets her password",
        expected: "an account that can be used, with her password",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, WRITE_CALL, WRITE_CALL] },
    };
    tour.step(confirm, async |client| client.confirm(PIA, &handle, &code, PASSWORD).await).await
}

async fn wrong_password(tour: &mut Tour) -> Result<(), Stopped> {
    let wrong = Plan {
        name: "Pia mistypes her password",
        expected: "refused, with the attempt counted and the identity pool not asked",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL] },
    };
    tour.step(wrong, async |client| {
        no_grant(client.grant_password(PIA, "ninety gulls above the pier").await?)
    })
    .await
}

async fn sign_in(tour: &mut Tour) -> Result<(Person, String), Stopped> {
    let sign_in = Plan {
        name: "Pia signs in with her password and goes to the identity pool",
        expected: "an identity, credentials for it, and a file below her own prefix",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[WRITE_CALL, POOL_CALL, WRITE_CALL] },
    };
    tour.step(sign_in, async |client| {
        let tokens = granted(client.grant_password(PIA, PASSWORD).await?)?;
        let pia = Person::arrive(client, &tokens).await?;
        keep_note(client, &pia.keys, NOTE).await?;
        Ok((pia, text(&tokens, "/refresh_token")?))
    })
    .await
}

async fn refresh(tour: &mut Tour, first: &str) -> Result<(), Stopped> {
    let refresh = |name, expected| Plan {
        name,
        expected,
        happens: Happens::InTurn { triggers: &[], aws_calls: REFRESH_CALLS },
    };
    let plan = refresh("Pia refreshes", "new tokens and the next refresh token");
    let second = tour
        .step(plan, async |client| {
            let next = text(&granted(client.grant_refresh(first).await?)?, "/refresh_token")?;
            ensure!(next != first, "the refresh token is the old one");
            Ok(next)
        })
        .await?;

    let plan = refresh("her browser sends the same refresh token twice", "the same successor");
    tour.step(plan, async |client| {
        let next = text(&granted(client.grant_refresh(first).await?)?, "/refresh_token")?;
        ensure!(next == second, "it is another successor");
        Ok(())
    })
    .await?;

    let plan = refresh("Pia refreshes with the successor", "the refresh token after it");
    let third = tour
        .step(plan, async |client| {
            text(&granted(client.grant_refresh(&second).await?)?, "/refresh_token")
        })
        .await?;

    let stolen = Plan {
        name: "an attacker comes with the first refresh token, then Pia with the newest",
        expected: "both refused: two parties hold the family, so it has ended",
        happens: Happens::InTurn { triggers: &[], aws_calls: &[READ_CALL, WRITE_CALL, READ_CALL] },
    };
    tour.step(stolen, async |client| {
        no_grant(client.grant_refresh(first).await?)?;
        no_grant(client.grant_refresh(&third).await?)
    })
    .await
}
