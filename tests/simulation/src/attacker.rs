//! Attackers: callers without the mailbox, who know the user's name, every client and the row.

mod schedule;

use crate::clause::Clause;
use crate::system::{Call, Outcome, System};
use crate::ways::Ways;

pub use self::schedule::{ATTACKERS, Attacker, Move, Plan};

/// Most sessions that an attacker keeps for later.
const SESSIONS: usize = 6;
/// Most wrong answers that burn the short codes of a day.
const BURN: u64 = 24;

/// An attacker with the sessions that it has started.
pub struct Attack<W: Ways> {
    /// The way in which it spends its requests.
    pub attacker: Attacker,
    sessions: Vec<W::Session>,
}

impl<W: Ways> Attack<W> {
    /// Begins an attack.
    #[must_use]
    pub fn new(attacker: Attacker) -> Self {
        Self { attacker, sessions: Vec::new() }
    }

    /// Lets the time pass to `to`, with the moves of a plan that are due meanwhile.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn pass(
        &mut self,
        system: &mut System<W>,
        client: usize,
        plan: &mut Plan,
        to: u64,
    ) -> Result<(), Clause> {
        while let Some((at, next)) = plan.take(to) {
            system.advance(at).await?;
            self.act(system, client, next).await?;
        }
        system.advance(to).await
    }

    /// Makes one move at a client.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn act(
        &mut self,
        system: &mut System<W>,
        client: usize,
        next: Move,
    ) -> Result<(), Clause> {
        W::harass(system).await?;
        match next {
            Move::Start => self.start(system, client).await.map(drop),
            Move::Swap => match may_mail(system, client) {
                true => self.start(system, client).await.map(drop),
                false => Ok(()),
            },
            Move::Wrong(count) => {
                for _ in 0..count {
                    self.guess(system, client).await?;
                }
                Ok(())
            }
            Move::Burn => {
                for _ in 0..BURN {
                    if system.places[client].ledger.is_locked(system.now) {
                        break;
                    }
                    self.guess(system, client).await?;
                }
                Ok(())
            }
            Move::Elsewhere => {
                let other = system.any_place();
                self.start(system, other).await?;
                self.guess(system, other).await
            }
        }
    }

    /// Takes every mail until `to` as soon as it may go.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn flood(
        &mut self,
        system: &mut System<W>,
        client: usize,
        to: u64,
    ) -> Result<(), Clause> {
        loop {
            let next = system.next_mail(client).max(system.now + 1);
            if next > to {
                return system.advance(to).await;
            }
            system.advance(next).await?;
            self.start(system, client).await?;
        }
    }

    /// Brings the number of unanswered mails of a day to `wanted`, as fast as the steps allow.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn raise(
        &mut self,
        system: &mut System<W>,
        client: usize,
        wanted: usize,
    ) -> Result<(), Clause> {
        for _ in 0..wanted {
            if system.logged(client) >= wanted {
                break;
            }
            let next = system.next_mail(client).max(system.now);
            system.advance(next).await?;
            self.start(system, client).await?;
        }
        Ok(())
    }

    /// Gives an answer that was right once in a session of the attacker's: it must not be right.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn replay(
        &mut self,
        system: &mut System<W>,
        client: usize,
        answer: &str,
    ) -> Result<(), Clause> {
        let Some(mut session) = self.session(system, client).await? else { return Ok(()) };
        match W::answer(system, &mut session, answer).await? {
            Call::Done(Outcome::SignedIn) => Err(Clause::SecondUse(W::number(&session))),
            Call::Done(Outcome::GoesOn | Outcome::Failed) | Call::Disturbed => Ok(()),
        }
    }

    /// Starts a session and keeps it for later.
    async fn start(&mut self, system: &mut System<W>, client: usize) -> Result<(), Clause> {
        system.note(|| format!("attacker starts at place {client}"));
        let session = W::attack(system, client).await?;
        let now = system.now;
        system.places[client].ledger.attack(now);
        if let Some(session) = session {
            if self.sessions.len() >= SESSIONS {
                self.sessions.remove(0);
            }
            self.sessions.push(session);
        }
        Ok(())
    }

    /// Takes a session at a client, an old one or a new one.
    async fn session(
        &mut self,
        system: &mut System<W>,
        client: usize,
    ) -> Result<Option<W::Session>, Clause> {
        if !self.sessions.iter().any(|session| W::place(session) == client) {
            self.start(system, client).await?;
        }
        let place = self.sessions.iter().rposition(|session| W::place(session) == client);
        Ok(place.map(|place| self.sessions.remove(place)))
    }

    /// Gives one wrong answer.
    async fn guess(&mut self, system: &mut System<W>, client: usize) -> Result<(), Clause> {
        let Some(mut session) = self.session(system, client).await? else { return Ok(()) };
        let answer = wrong_answer(system, client);
        let outcome = W::answer(system, &mut session, &answer).await?;
        let now = system.now;
        system.places[client].ledger.attack(now);
        if outcome == Call::Done(Outcome::GoesOn) {
            self.sessions.push(session);
        }
        Ok(())
    }
}

/// True if a start may send a mail; an attacker tries as early as a clock may be wrong.
fn may_mail<F>(system: &System<F>, client: usize) -> bool {
    let early = if system.hazards.skew { 5 } else { 0 };
    system.next_mail(client) <= system.now + early
}

/// Mostly a short code; now and then a long one, a link, or no code at all.
fn wrong_answer<W: Ways>(system: &mut System<W>, client: usize) -> String {
    let digits = system.functions.digits(client);
    match system.random.below(16) {
        0 => format!("{:016X}", system.random.draw()),
        1 => String::new(),
        2 => "eyJhIjoxfQ.AAAA".to_owned(),
        _ => loop {
            let code = system.random.below(10_u64.pow(digits));
            let code = format!("{code:0width$}", width = digits as usize);
            let mails = &system.places[client].mailbox;
            if !mails.iter().any(|arrived| arrived.mail.fits(&code)) {
                return code;
            }
        },
    }
}
