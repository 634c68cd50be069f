//! Chapter two: signing in with a code by mail, and staying signed in.

use crate::client::{Client, Pending, Refused, at, pending, refused, tokens};
use crate::names::{PASSWORDLESS_CLIENT, WEB_CLIENT};
use crate::plan::{
    CREATE, DEFINE, Happens, ISSUE_CALL, JUDGE_CALL, NOTHING, Plan, SIGNED_IN, VERIFY,
};
use crate::steps::{Stopped, Tour};
use anyhow::{Context, ensure};
use serde_json::{Value, json};

const NOOR: &str = "noor@example.net";
const KIM: &str = "kim@example.net";

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    one_round(tour).await?;
    two_rounds(tour).await
}

async fn one_round(tour: &mut Tour) -> Result<(), Stopped> {
    let start = Plan {
        name: "Noor asks for a code (one round)",
        expected: "a challenge, and the code by mail beside it",
        happens: Happens::InTurn { triggers: &[DEFINE, CREATE], aws_calls: &[ISSUE_CALL] },
    };
    let challenge = tour
        .step(start, async |client| {
            let before = client.mails_to(NOOR).await?;
            let challenge = client.start(WEB_CLIENT, NOOR).await?;
            Ok((challenge, client.code_of_mail(NOOR, before + 1).await?))
        })
        .await?;

    let answer = Plan {
        name: "Noor answers with the code",
        expected: "ID, access and refresh token of Noor",
        happens: Happens::InTurn {
            triggers: &[VERIFY, DEFINE, SIGNED_IN],
            aws_calls: &[JUDGE_CALL, SIGNED_IN],
        },
    };
    let refresh_token = tour
        .step(answer, async |client| {
            let (pending, code) = &challenge;
            let tokens = tokens(client.answer(pending, code).await?)?;
            let access = json!({"AccessToken": at(&tokens, "/AccessToken")});
            let user = client.expect("GetUser", access).await?;
            ensure!(
                at(&user, "/Username") == pending.user_name.as_str(),
                "the tokens are of another user"
            );
            Ok(at(&tokens, "/RefreshToken").clone())
        })
        .await?;

    let again = Plan {
        name: "the same session is answered again",
        expected: "refused by Cognito before any trigger",
        happens: NOTHING,
    };
    tour.step(again, async |client| {
        let (pending, code) = &challenge;
        refused(client.answer(pending, code).await?, "session can only be used once")
    })
    .await?;

    let refresh = Plan {
        name: "Noor refreshes the tokens",
        expected: "new ID and access token, no sign-in trigger",
        happens: NOTHING,
    };
    tour.step(refresh, async |client| {
        let input = json!({
            "ClientId": WEB_CLIENT,
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": {"REFRESH_TOKEN": refresh_token},
        });
        let tokens = tokens(client.call("InitiateAuth", input).await?)?;
        at(&tokens, "/IdToken").as_str().map(drop).context("there is no ID token")
    })
    .await
}

async fn two_rounds(tour: &mut Tour) -> Result<(), Stopped> {
    let sign_up = Plan {
        name: "an administrator creates Kim",
        expected: "a user with a verified address; no profile yet, since no user confirmed",
        happens: Happens::InTurn { triggers: &["PreSignUp_AdminCreateUser"], aws_calls: &[] },
    };
    tour.step(sign_up, async |client| client.create(KIM).await).await?;

    let start = Plan {
        name: "Kim asks for a code (two rounds)",
        expected: "first the question for the method, then a challenge and the code by mail",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, VERIFY, DEFINE, CREATE],
            aws_calls: &[ISSUE_CALL],
        },
    };
    let (challenge, code) = tour
        .step(start, async |client| {
            let asked = client.start(PASSWORDLESS_CLIENT, KIM).await?;
            ensure!(
                asked.parameters == json!({"challenge": "PROVIDE_AUTH_PARAMETERS"}),
                "the first round does not ask for the method"
            );
            let challenge = pending(respond(client, &asked, "__dummy__").await?)?;
            Ok((challenge, client.code_of_mail(KIM, 1).await?))
        })
        .await?;

    let wrong = Plan {
        name: "Kim mistypes the code",
        expected: "the same challenge again with a new session; nothing is sent",
        happens: Happens::InTurn { triggers: &[VERIFY, DEFINE, CREATE], aws_calls: &[JUDGE_CALL] },
    };
    let challenge = tour
        .step(wrong, async |client| {
            let next = pending(respond(client, &challenge, &mistyped(&code)).await?)?;
            ensure!(next.session != challenge.session, "the session is the old one");
            ensure!(client.mails_to(KIM).await? == 1, "a second mail was sent");
            Ok(next)
        })
        .await?;

    let right = Plan {
        name: "Kim types it right, in two groups",
        expected: "tokens",
        happens: Happens::InTurn {
            triggers: &[VERIFY, DEFINE, SIGNED_IN],
            aws_calls: &[JUDGE_CALL, SIGNED_IN],
        },
    };
    tour.step(right, async |client| {
        let (first, second) = code.split_at(code.len() / 2);
        tokens(Ok(respond(client, &challenge, &format!("{first} {second}")).await?))
    })
    .await
    .map(drop)
}

async fn respond(client: &Client, pending: &Pending, answer: &str) -> anyhow::Result<Value> {
    let method = json!({"signInMethod": "EMAIL_OTP"});
    client
        .answer_at(PASSWORDLESS_CLIENT, pending, answer, method)
        .await?
        .map_err(|Refused { kind, message }| anyhow::anyhow!("{kind}: {message}"))
}

/// The code with its last digit changed.
fn mistyped(code: &str) -> String {
    let (rest, last) = code.split_at(code.len().saturating_sub(1));
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}
