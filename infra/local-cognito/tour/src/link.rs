//! Chapter three: signing in with a link by mail.

use crate::client::{Answer, Client, Pending, Refused, pending, refused, tokens};
use crate::names::{LINK_CLIENT, PASSWORDLESS_CLIENT};
use crate::plan::{
    CREATE, DEFINE, Happens, ISSUE_CALL, JUDGE_CALL, NOTHING, Plan, SIGNED_IN, VERIFY,
};
use crate::steps::{Stopped, Tour};
use anyhow::ensure;
use serde_json::{Value, json};

const LIA: &str = "lia@example.net";
const MO: &str = "mo@example.net";

const CREATED: Happens<'static> =
    Happens::InTurn { triggers: &["PreSignUp_AdminCreateUser"], aws_calls: &[] };

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    for name in [LIA, MO] {
        let create = Plan {
            name: &format!("an administrator creates {name}"),
            expected: "a user with a verified address",
            happens: CREATED,
        };
        tour.step(create, async |client| client.create(name).await).await?;
    }
    any_browser(tour).await?;
    one_round(tour).await
}

async fn any_browser(tour: &mut Tour) -> Result<(), Stopped> {
    let request = Plan {
        name: "Lia asks for a link (two rounds)",
        expected: "a challenge, and one mail with a link and a code",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, VERIFY, DEFINE, CREATE],
            aws_calls: &[ISSUE_CALL],
        },
    };
    let (_, link) = tour
        .step(request, async |client| {
            let challenge = request_link(client, LIA).await?;
            client.code_of_mail(LIA, 1).await?;
            Ok((challenge, client.link_of_mail(LIA, 1).await?))
        })
        .await?;

    let elsewhere = Plan {
        name: "Lia opens the link in another browser",
        expected: "tokens: this client takes links in any browser",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, VERIFY, DEFINE, SIGNED_IN],
            aws_calls: &[JUDGE_CALL, SIGNED_IN],
        },
    };
    tour.step(elsewhere, async |client| {
        let asked = client.start(PASSWORDLESS_CLIENT, LIA).await?;
        tokens(answer_link(client, &asked, &link).await?)
    })
    .await?;

    let again = Plan {
        name: "the link is opened a second time",
        expected: "refused, as an expired one would be; nothing is sent",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, VERIFY, DEFINE],
            aws_calls: &[JUDGE_CALL],
        },
    };
    tour.step(again, async |client| {
        let asked = client.start(PASSWORDLESS_CLIENT, LIA).await?;
        refused(answer_link(client, &asked, &link).await?, "Incorrect username")?;
        ensure!(client.mails_to(LIA).await? == 1, "a second mail was sent");
        Ok(())
    })
    .await
}

async fn one_round(tour: &mut Tour) -> Result<(), Stopped> {
    let request = Plan {
        name: "Mo asks for a link (one round)",
        expected: "a challenge, and one mail with a link and a code",
        happens: Happens::InTurn { triggers: &[DEFINE, CREATE], aws_calls: &[ISSUE_CALL] },
    };
    let (challenge, link) = tour
        .step(request, async |client| {
            let challenge = client.start(LINK_CLIENT, MO).await?;
            Ok((challenge, client.link_of_mail(MO, 1).await?))
        })
        .await?;

    let complete = Plan {
        name: "Mo opens the link where it was asked for",
        expected: "tokens: this client takes a link only in the session that caused it",
        happens: Happens::InTurn {
            triggers: &[VERIFY, DEFINE, SIGNED_IN],
            aws_calls: &[JUDGE_CALL, SIGNED_IN],
        },
    };
    tour.step(complete, async |client| {
        tokens(client.answer_at(LINK_CLIENT, &challenge, &link, json!({})).await?)
    })
    .await?;

    let redirect = Plan {
        name: "a link to a foreign site is asked for",
        expected: "refused without repeating the address",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, VERIFY, DEFINE, CREATE],
            aws_calls: &[],
        },
    };
    tour.step(redirect, async |client| {
        let asked = client.start(PASSWORDLESS_CLIENT, MO).await?;
        let metadata = wish("https://evil.example/", "no");
        let answer = client.answer_at(PASSWORDLESS_CLIENT, &asked, "__dummy__", metadata).await?;
        refused(answer, "CreateAuthChallenge failed with error Invalid redirectUri.")
    })
    .await?;

    let opened = Plan {
        name: "a mail scanner opens the page of the link",
        expected: "nothing: the fragment with the link never reaches a server",
        happens: NOTHING,
    };
    tour.step(opened, async |client| client.open_page().await).await
}

/// Asks for a link at the client of two rounds.
pub(super) async fn request_link(client: &Client, name: &str) -> anyhow::Result<Pending> {
    let asked = client.start(PASSWORDLESS_CLIENT, name).await?;
    let metadata = wish(&client.page(), "no");
    let answer = client.answer_at(PASSWORDLESS_CLIENT, &asked, "__dummy__", metadata).await?;
    pending(answer.map_err(|Refused { kind, message }| anyhow::anyhow!("{kind}: {message}"))?)
}

/// Answers with a link at the client of two rounds.
pub(super) async fn answer_link(
    client: &Client,
    asked: &Pending,
    link: &str,
) -> anyhow::Result<Answer> {
    client.answer_at(PASSWORDLESS_CLIENT, asked, link, wish(&client.page(), "yes")).await
}

fn wish(redirect: &str, have: &str) -> Value {
    json!({
        "signInMethod": "MAGIC_LINK",
        "redirectUri": redirect,
        "alreadyHaveMagicLink": have,
    })
}
