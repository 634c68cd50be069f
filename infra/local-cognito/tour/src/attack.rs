//! Chapter five: attacks that must fail.

use crate::client::{Answer, Pending, pending, refused, tokens};
use crate::link::{answer_link, request_link};
use crate::names::{LINK_CLIENT, PASSWORDLESS_CLIENT, WEB_CLIENT};
use crate::plan::{CREATE, DEFINE, Happens, ISSUE_CALL, JUDGE_CALL, Plan, SIGNED_IN, VERIFY};
use crate::steps::{Stopped, Tour};
use anyhow::{bail, ensure};
use serde_json::json;

const ANN: &str = "ann@example.net";
const BEN: &str = "ben@example.net";
const CAS: &str = "cas@example.net";
const DEE: &str = "dee@example.net";
const EVE: &str = "eve@example.net";
const FAY: &str = "fay@example.net";

/// More sessions than wrong short codes are compared in a day.
const SESSIONS: usize = 24;

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let create = Plan {
        name: "an administrator creates six people",
        expected: "users with verified addresses",
        happens: Happens::AtOnce,
    };
    tour.step(create, async |client| {
        for name in [ANN, BEN, CAS, DEE, EVE, FAY] {
            client.create(name).await?;
        }
        Ok(())
    })
    .await?;
    replayed_code(tour).await?;
    foreign_code(tour).await?;
    foreign_and_tampered_link(tour).await?;
    link_from_another_session(tour).await?;
    parallel_guesses(tour).await
}

async fn replayed_code(tour: &mut Tour) -> Result<(), Stopped> {
    let join = Plan {
        name: "an attacker starts a session beside Ann's",
        expected: "the same challenge, and no second mail",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, DEFINE, CREATE],
            aws_calls: &[ISSUE_CALL, ISSUE_CALL],
        },
    };
    let (ann, attacker, code) = tour
        .step(join, async |client| {
            let ann = client.start(WEB_CLIENT, ANN).await?;
            let attacker = client.start(WEB_CLIENT, ANN).await?;
            let code = client.code_of_mail(ANN, 1).await?;
            ensure!(client.mails_to(ANN).await? == 1, "a second mail was sent");
            Ok((ann, attacker, code))
        })
        .await?;

    let replay = Plan {
        name: "the attacker replays the code that Ann has used",
        expected: "Ann is signed in, the attacker is not",
        happens: Happens::InTurn {
            triggers: &[VERIFY, DEFINE, SIGNED_IN, VERIFY, DEFINE, CREATE],
            aws_calls: &[JUDGE_CALL, SIGNED_IN, JUDGE_CALL],
        },
    };
    tour.step(replay, async |client| {
        tokens(client.answer(&ann, &code).await?)?;
        not_accepted(client.answer(&attacker, &code).await?).map(drop)
    })
    .await
}

async fn foreign_code(tour: &mut Tour) -> Result<(), Stopped> {
    let foreign = Plan {
        name: "Cas answers Ben's challenge with a code of her own",
        expected: "refused",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, DEFINE, CREATE, VERIFY, DEFINE, CREATE],
            aws_calls: &[ISSUE_CALL, ISSUE_CALL, JUDGE_CALL],
        },
    };
    tour.step(foreign, async |client| {
        let ben = client.start(WEB_CLIENT, BEN).await?;
        client.start(WEB_CLIENT, CAS).await?;
        let code = client.code_of_mail(CAS, 1).await?;
        not_accepted(client.answer(&ben, &code).await?).map(drop)
    })
    .await?;

    let swapped = Plan {
        name: "Cas answers Ben's session under her own name",
        expected: "refused by Cognito before any trigger",
        happens: Happens::InTurn { triggers: &[DEFINE, CREATE], aws_calls: &[ISSUE_CALL] },
    };
    tour.step(swapped, async |client| {
        let ben = client.start(WEB_CLIENT, BEN).await?;
        let swapped = Pending { user_name: CAS.to_owned(), ..ben };
        refused(client.answer(&swapped, "00000000").await?, "Invalid session for the user")
    })
    .await
}

async fn foreign_and_tampered_link(tour: &mut Tour) -> Result<(), Stopped> {
    let request = Plan {
        name: "Dee and Eve ask for links",
        expected: "a link each",
        happens: Happens::InTurn {
            triggers: &[
                DEFINE, CREATE, VERIFY, DEFINE, CREATE, DEFINE, CREATE, VERIFY, DEFINE, CREATE,
            ],
            aws_calls: &[ISSUE_CALL, ISSUE_CALL],
        },
    };
    let link = tour
        .step(request, async |client| {
            request_link(client, DEE).await?;
            request_link(client, EVE).await?;
            client.link_of_mail(DEE, 1).await
        })
        .await?;

    let mut tampered = link.clone();
    let changed = if tampered.ends_with('A') { 'E' } else { 'A' };
    tampered.pop();
    tampered.push(changed);
    for (name, person, link) in [
        ("Eve opens Dee's link in a session of her own", EVE, &link),
        ("Dee's link is tampered with", DEE, &tampered),
    ] {
        let plan = Plan {
            name,
            expected: "refused from its MAC, without a call",
            happens: Happens::InTurn {
                triggers: &[DEFINE, CREATE, VERIFY, DEFINE],
                aws_calls: &[],
            },
        };
        tour.step(plan, async |client| {
            let asked = client.start(PASSWORDLESS_CLIENT, person).await?;
            refused(answer_link(client, &asked, link).await?, "Incorrect username or password.")
        })
        .await?;
    }
    Ok(())
}

async fn link_from_another_session(tour: &mut Tour) -> Result<(), Stopped> {
    let plan = Plan {
        name: "a link that is bound to its session is opened in another",
        expected: "refused without a call; the code of the same mail serves there",
        happens: Happens::InTurn {
            triggers: &[
                DEFINE, CREATE, DEFINE, CREATE, VERIFY, DEFINE, CREATE, VERIFY, DEFINE, SIGNED_IN,
            ],
            aws_calls: &[ISSUE_CALL, ISSUE_CALL, JUDGE_CALL, SIGNED_IN],
        },
    };
    tour.step(plan, async |client| {
        client.start(LINK_CLIENT, FAY).await?;
        let other = client.start(LINK_CLIENT, FAY).await?;
        let link = client.link_of_mail(FAY, 1).await?;
        let answer = client.answer_at(LINK_CLIENT, &other, &link, json!({})).await?;
        let next = not_accepted(answer)?;
        let code = client.code_of_mail(FAY, 1).await?;
        tokens(client.answer_at(LINK_CLIENT, &next, &code, json!({})).await?)
    })
    .await
    .map(drop)
}

async fn parallel_guesses(tour: &mut Tour) -> Result<(), Stopped> {
    let guesses = Plan {
        name: "24 sessions guess Cas's code at once, then the right code comes",
        expected: "no tokens: after 20 wrong answers in a day short codes are refused",
        happens: Happens::AtOnce,
    };
    let last = tour
        .step(guesses, async |client| {
            let code = client.code_of_mail(CAS, 1).await?;
            let mut sessions = Vec::new();
            for _ in 0..=SESSIONS {
                sessions.push(client.start(WEB_CLIENT, CAS).await?);
            }
            let Some(last) = sessions.pop() else { bail!("no session was started") };
            let wrong = (0..).map(|guess| format!("{guess:08}")).filter(|guess| *guess != code);
            let guesses = sessions.iter().zip(wrong).map(|(session, guess)| async move {
                not_accepted(client.answer(session, &guess).await?)
            });
            for guess in futures_util::future::join_all(guesses).await {
                guess?;
            }
            not_accepted(client.answer(&last, &code).await?)
        })
        .await?;

    let long = Plan {
        name: "Cas types the long code of the same mail",
        expected: "tokens: guesses of attackers shut out no owner",
        happens: Happens::InTurn {
            triggers: &[VERIFY, DEFINE, SIGNED_IN],
            aws_calls: &[JUDGE_CALL, SIGNED_IN],
        },
    };
    tour.step(long, async |client| {
        let code = client.long_code_of_mail(CAS, 1).await?;
        tokens(client.answer(&last, &code).await?).map(drop)
    })
    .await
}

/// The next challenge of an answer that must not sign in.
fn not_accepted(answer: Answer) -> anyhow::Result<Pending> {
    match answer {
        Ok(answer) if answer.get("AuthenticationResult").is_some() => bail!("it was accepted"),
        Ok(answer) => pending(answer),
        Err(refused) => bail!("another error: {refused:?}"),
    }
}
