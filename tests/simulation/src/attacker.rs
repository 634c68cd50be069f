//! Attackers: callers without the mailbox, who know the user's name, every client and the row.

mod schedule;

use lifeguard_sign_in::client_policy::Method;

use crate::clause::Clause;
use crate::cognito::Session;
use crate::system::{Call, Outcome, System};

pub use self::schedule::{ATTACKERS, Attacker, Move, Plan};

/// Most sessions that an attacker keeps for later.
const SESSIONS: usize = 6;
/// Most wrong answers that burn the short codes of a day.
const BURN: u64 = 24;

/// An attacker with the sessions that it has started.
pub struct Attack {
    /// The way in which it spends its requests.
    pub attacker: Attacker,
    sessions: Vec<Session>,
}

impl Attack {
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
        system: &mut System,
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
        system: &mut System,
        client: usize,
        next: Move,
    ) -> Result<(), Clause> {
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
                let other = system.any_client();
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
        system: &mut System,
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
        system: &mut System,
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

    /// Gives an answer that was right once in a session of the attacker's.
    ///
    /// # Errors
    /// A clause that is broken.
    pub async fn replay(
        &mut self,
        system: &mut System,
        client: usize,
        answer: &str,
    ) -> Result<(), Clause> {
        match self.session(system, client).await? {
            Some(mut session) => system.replay(&mut session, answer).await,
            None => Ok(()),
        }
    }

    /// Starts a session and keeps it for later.
    async fn start(&mut self, system: &mut System, client: usize) -> Result<(), Clause> {
        let asked = system.any_method(client);
        system.note(|| format!("attacker starts at client {client}"));
        let session = system.start(client, asked).await?;
        let now = system.now;
        system.places[client].ledger.attack(now);
        if let Call::Done(session) = session {
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
        system: &mut System,
        client: usize,
    ) -> Result<Option<Session>, Clause> {
        if !self.sessions.iter().any(|session| session.client == client) {
            self.start(system, client).await?;
        }
        let place = self.sessions.iter().rposition(|session| session.client == client);
        Ok(place.map(|place| self.sessions.remove(place)))
    }

    /// Gives one wrong answer.
    async fn guess(&mut self, system: &mut System, client: usize) -> Result<(), Clause> {
        let Some(mut session) = self.session(system, client).await? else { return Ok(()) };
        let answer = wrong_answer(system, client);
        let outcome = system.answer(&mut session, &answer).await?;
        let now = system.now;
        system.places[client].ledger.attack(now);
        if outcome == Call::Done(Outcome::GoesOn) {
            self.sessions.push(session);
        }
        Ok(())
    }
}

/// True if a start may send a mail; an attacker tries as early as a clock may be wrong.
fn may_mail(system: &System, client: usize) -> bool {
    let early = if system.hazards.skew { 5 } else { 0 };
    system.next_mail(client) <= system.now + early
}

/// Mostly a short code; now and then a long one, a link, or no code at all.
fn wrong_answer(system: &mut System, client: usize) -> String {
    let digits = system.deployment.clients[client].digits;
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

impl System {
    /// Any method of a client.
    pub fn any_method(&mut self, client: usize) -> Method {
        let methods = &self.deployment.clients[client].methods;
        methods[self.random.below(methods.len() as u64) as usize]
    }

    /// Any client.
    pub fn any_client(&mut self) -> usize {
        self.random.below(self.deployment.clients.len() as u64) as usize
    }
}
