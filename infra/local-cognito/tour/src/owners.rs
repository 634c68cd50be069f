//! Chapter twelve: attackers spend every limit of the owners, for a day that the clock is moved
//! through, and the owners get in all the same.

use std::time::Duration;

use anyhow::{bail, ensure};

use crate::client::{Answer, Client, Pending, pending, text};
use crate::developer::person::{granted, no_grant};
use crate::mailings::Mailings;
use crate::names::WEB_CLIENT;
use crate::plan::{Happens, Plan};
use crate::steps::{Stopped, Tour};

const GIA: &str = "gia@example.net";
const HAL: &str = "hal@example.net";
const INA: &str = "ina@example.net";
const FIRST: &str = "a lantern under the old pier";
const ATTACKERS: &str = "the password of an attacker";
/// Passwords that Ina sets one after the other.
const LATER: [&str; 3] =
    ["herring gulls over the market", "thirteen barges in the fog", "the ferryman counts his oars"];

/// Requests of attackers, one every twelve minutes of three hours.
const REQUESTS: usize = 15;
const TWELVE_MINUTES: Duration = Duration::from_secs(12 * 60);
/// Wrong passwords, as many as are compared in a day.
const WRONG_PASSWORDS: usize = 20;
/// Requests of attackers within minutes.
const QUICK_REQUESTS: usize = 12;
/// The first step between mails.
const HALF_A_MINUTE: Duration = Duration::from_secs(30);
/// Hours that pass between further sign-ins of the owners, all within the day.
const HOURS: [u64; 4] = [1, 3, 6, 9];

/// The owners' mailboxes, by a clock that only this chapter moves.
struct Day {
    gia: Mailings,
    ina: Mailings,
    now: Duration,
}

impl Day {
    async fn wait(&mut self, client: &Client, by: Duration) -> anyhow::Result<()> {
        self.now += by;
        client.advance_clock(by).await
    }
}

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    create(tour).await?;
    let mut day = Day {
        gia: Mailings::new(GIA, 0),
        // The first mail confirmed the registration, which has a log of its own.
        ina: Mailings::new(INA, 1),
        now: Duration::ZERO,
    };
    three_hours_of_requests(tour, &mut day).await?;
    owners_get_in(tour, &mut day).await?;
    owners_get_in_later(tour, &mut day).await?;
    minutes_of_requests(tour).await
}

async fn create(tour: &mut Tour) -> Result<(), Stopped> {
    let create = Plan {
        name: "Gia and Hal are created in the pool, and Ina registers in the directory",
        expected: "three users who can sign in",
        happens: Happens::AtOnce,
    };
    tour.step(create, async |client| {
        client.create(GIA).await?;
        client.create(HAL).await?;
        let handle = client.register(INA).await?;
        client.confirm(INA, &handle, &client.code_of_mail(INA, 1).await?, FIRST).await
    })
    .await
}

async fn three_hours_of_requests(tour: &mut Tour, day: &mut Day) -> Result<(), Stopped> {
    let requests = Plan {
        name: "in three hours come 15 anonymous starts for Gia, 15 recoveries and 20 wrong passwords for Ina",
        expected: "ten mails to each, as the steps say; Ina's own password is refused",
        happens: Happens::AtOnce,
    };
    tour.step(requests, async |client| {
        let mut guesses = WRONG_PASSWORDS;
        for _ in 0..REQUESTS {
            client.start(WEB_CLIENT, GIA).await?;
            day.gia.expect(client, day.now).await?;
            client.recover(INA).await?;
            day.ina.expect(client, day.now).await?;
            for _ in 0..2.min(guesses) {
                no_grant(client.grant_password(INA, ATTACKERS).await?)?;
                guesses -= 1;
            }
            day.wait(client, TWELVE_MINUTES).await?;
        }
        let mails = (day.gia.unanswered(), day.ina.unanswered());
        ensure!(mails == (10, 10), "{mails:?} mails");
        no_grant(client.grant_password(INA, FIRST).await?)
    })
    .await
}

async fn owners_get_in(tour: &mut Tour, day: &mut Day) -> Result<(), Stopped> {
    let gia = Plan {
        name: "Gia starts a sign-in and types the codes of the newest mail",
        expected: "no mail may go yet; the short code has expired, the long one signs in at once",
        happens: Happens::AtOnce,
    };
    tour.step(gia, async |client| {
        let mails = day.gia.received();
        ensure!(sign_in(client, &mut day.gia, day.now).await? == 1, "at a second start");
        ensure!(day.gia.received() == mails, "another mail was sent");
        Ok(())
    })
    .await?;

    let ina = Plan {
        name: "Ina asks for a recovery and types the codes of the newest mail",
        expected: "a session, which opens the directory's routes and is renewed",
        happens: Happens::AtOnce,
    };
    let [password, ..] = LATER;
    tour.step(ina, async |client| recover(client, &mut day.ina, day.now, password).await).await
}

async fn owners_get_in_later(tour: &mut Tour, day: &mut Day) -> Result<(), Stopped> {
    let later = Plan {
        name: "they come back 1, 4, 10 and 19 hours later, each time a moment after an attacker",
        expected: "Gia signs in and Ina recovers, at the first or second start",
        happens: Happens::AtOnce,
    };
    tour.step(later, async |client| {
        for (place, hours) in HOURS.into_iter().enumerate() {
            day.wait(client, Duration::from_secs(hours * 60 * 60)).await?;
            client.start(WEB_CLIENT, GIA).await?;
            day.gia.expect(client, day.now).await?;
            sign_in(client, &mut day.gia, day.now).await?;
            client.recover(INA).await?;
            day.ina.expect(client, day.now).await?;
            no_grant(client.grant_password(INA, ATTACKERS).await?)?;
            let password = LATER.get((place + 1) % LATER.len()).copied().unwrap_or(FIRST);
            recover(client, &mut day.ina, day.now, password).await?;
        }
        Ok(())
    })
    .await
}

async fn minutes_of_requests(tour: &mut Tour) -> Result<(), Stopped> {
    let minutes = Plan {
        name: "Hal starts a sign-in, and 12 anonymous starts follow within six minutes",
        expected: "the code of the newest mail signs Hal in, at the first or second start",
        happens: Happens::AtOnce,
    };
    tour.step(minutes, async |client| {
        let (mut mails, mut now) = (Mailings::new(HAL, 0), Duration::ZERO);
        let first = client.start(WEB_CLIENT, HAL).await?;
        mails.expect(client, now).await?;
        for _ in 0..QUICK_REQUESTS {
            now += HALF_A_MINUTE;
            client.advance_clock(HALF_A_MINUTE).await?;
            client.start(WEB_CLIENT, HAL).await?;
            mails.expect(client, now).await?;
        }
        let code = mails.code(client).await?;
        if let Outcome::SignedIn = outcome(client.answer(&first, &code).await?)? {
            return Ok(());
        }
        let second = client.start(WEB_CLIENT, HAL).await?;
        mails.expect(client, now).await?;
        let code = mails.code(client).await?;
        match outcome(client.answer(&second, &code).await?)? {
            Outcome::SignedIn => Ok(()),
            Outcome::GoesOn(_) | Outcome::Ended => bail!("two starts did not sign in"),
        }
    })
    .await
}

/// Signs in as the owner of a mailbox does: starts, waits for the newest mail, types its short code
/// and then its long one. Returns the number of starts, which are two at most.
async fn sign_in(client: &Client, mails: &mut Mailings, now: Duration) -> anyhow::Result<usize> {
    for start in 1..=2 {
        let mut session = client.start(WEB_CLIENT, mails.address()).await?;
        mails.expect(client, now).await?;
        for code in [mails.code(client).await?, mails.long_code(client).await?] {
            match outcome(client.answer(&session, &code).await?)? {
                Outcome::SignedIn => {
                    mails.answered();
                    return Ok(start);
                }
                Outcome::GoesOn(next) => session = next,
                Outcome::Ended => break,
            }
        }
    }
    bail!("two starts did not sign in")
}

/// Recovers as the owner of a mailbox does, and uses the session.
async fn recover(
    client: &Client,
    mails: &mut Mailings,
    now: Duration,
    password: &str,
) -> anyhow::Result<()> {
    for _ in 1..=2 {
        let handle = client.recover(mails.address()).await?.handle;
        mails.expect(client, now).await?;
        for code in [mails.code(client).await?, mails.long_code(client).await?] {
            let grant = client.confirm_recovery(mails.address(), &handle, &code, password).await?;
            let Ok(tokens) = grant else { continue };
            mails.answered();
            let status = client.introduce(&text(&tokens, "/access_token")?).await?;
            ensure!(status == 200, "the session is answered with {status}");
            let refresh_token = text(&tokens, "/refresh_token")?;
            return granted(client.grant_refresh(&refresh_token).await?).map(drop);
        }
    }
    bail!("two requests did not recover")
}

/// Outcome of an answer to a challenge.
enum Outcome {
    SignedIn,
    /// The session takes another answer.
    GoesOn(Pending),
    /// The session has ended.
    Ended,
}

fn outcome(answer: Answer) -> anyhow::Result<Outcome> {
    match answer {
        Ok(answer) if answer.get("AuthenticationResult").is_some() => Ok(Outcome::SignedIn),
        Ok(answer) => pending(answer).map(Outcome::GoesOn),
        Err(_) => Ok(Outcome::Ended),
    }
}
