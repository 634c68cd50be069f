//! The owner of the mailbox, who does what the guarantee says and nothing else.

mod attempt;
mod mailbox;
mod tries;

use self::attempt::Attempt;
use self::mailbox::Waited;
use self::tries::Tries;
use crate::attacker::Attack;
use crate::clause::Clause;
use crate::system::{Call, Outcome, System};
use crate::ways::{Started, Ways};

pub use self::attempt::{PACES, Pace, SignedIn};

/// Longest time of an answered start for which the guarantee is given.
const ANSWERED: u64 = 140;
/// Longest time of a start that counts as quick.
const QUICK: u64 = 40;
/// Longest time of two quick starts, and with a typing error.
const LIMITS: (u64, u64) = (90, 104);
/// Starts that the guarantee allows, one right after the other.
const STARTS: u64 = 2;
/// Starts that may be answered too late because their mail was throttled.
const MOST_LATE: u64 = 2;
/// Starts after which a run ends whatever the reason.
const MOST_STARTS: u64 = 40;

/// One start, as it was answered.
struct Try {
    /// The time of the start.
    began: u64,
    number: u32,
    /// Number of the mail that the codes were from.
    mail: u32,
    seconds: u64,
    slipped: bool,
    /// Right answers of another device of the owner since the start.
    meanwhile: usize,
}

/// Signs the owner in at a client, while an attacker does what it can.
///
/// # Errors
/// A clause that is broken.
pub async fn sign_in<W: Ways>(
    system: &mut System<W>,
    attack: &mut Attack<W>,
    client: usize,
    pace: Pace,
) -> Result<SignedIn, Clause> {
    let plan = attack.attacker.plan(system.now, &mut system.random);
    let slips = system.random.once_in(20);
    let successes = system.places[client].ledger.successes();
    let sum = SignedIn::default();
    let (timely, lost) = (true, None);
    let tries = Tries::default();
    let attempt =
        Attempt { system, attack, client, pace, plan, slips, timely, successes, lost, tries, sum };
    attempt.run().await
}

impl<W: Ways> Attempt<'_, W> {
    async fn run(mut self) -> Result<SignedIn, Clause> {
        let (begin, planned) = (self.system.clock(), self.slips);
        for _ in 0..MOST_STARTS {
            let (began, started) = (self.system.now, self.system.clock());
            let successes = self.successes();
            self.system.note(|| "the owner starts".to_owned());
            let mut session = match W::start(self.system, self.client).await? {
                Call::Done(Started::Waits(session)) => session,
                Call::Done(Started::SignedIn) => {
                    let seconds = self.system.clock() - begin;
                    let slipped = planned && !self.slips;
                    return self.finish(seconds, slipped);
                }
                Call::Disturbed => {
                    self.is_disturbed().await?;
                    continue;
                }
            };
            let number = W::number(&session);
            if let Waited::Lost = self.wait(number).await? {
                self.is_lost(number).await?;
                continue;
            }
            let slips = self.slips;
            let (typed, mail) = self.type_codes(&mut session).await?;
            let answered = Try {
                began,
                number,
                mail,
                seconds: self.system.clock() - started,
                slipped: slips && !self.slips,
                meanwhile: self.successes() - successes,
            };
            match typed {
                Call::Disturbed => self.is_disturbed().await?,
                Call::Done(Outcome::SignedIn) => {
                    self.time(&Try { meanwhile: answered.meanwhile.saturating_sub(1), ..answered });
                    let seconds = self.system.clock() - begin;
                    let slipped = planned && !self.slips;
                    return self.finish(seconds, slipped);
                }
                Call::Done(Outcome::GoesOn | Outcome::Failed) => self.fails(&answered).await?,
            }
        }
        Err(Clause::Starts(MOST_STARTS))
    }

    /// An injected fault hit a call of this start, so it is no try.
    async fn is_disturbed(&mut self) -> Result<(), Clause> {
        self.tries.are_interrupted();
        (self.timely, self.sum.disturbed) = (false, self.sum.disturbed + 1);
        self.pass(2).await
    }

    /// An injected fault has lost the mail of this start, which costs the gap: the start after it
    /// must have another one.
    async fn is_lost(&mut self, number: u32) -> Result<(), Clause> {
        let waited = self.system.now.saturating_sub(self.system.issued(self.client));
        if self.lost == Some(number) {
            return Err(Clause::Gap(waited));
        }
        self.tries.are_interrupted();
        (self.timely, self.lost, self.sum.lost) = (false, Some(number), self.sum.lost + 1);
        self.wait_for_the_gap(number).await
    }

    /// Judges a start that did not sign in.
    async fn fails(&mut self, answered: &Try) -> Result<(), Clause> {
        self.time(answered);
        // A session of two answers has none left for the long code after a typing error.
        let spoiled = answered.slipped && self.system.functions.answers(self.client) < 3;
        let late = answered.seconds > ANSWERED;
        let newest = self.system.places[self.client].ledger.newest();
        let kept = self.system.functions.keeps_older_codes(self.client);
        match answered {
            Try { number, mail, meanwhile: 0, seconds, .. }
                if number == mail && (kept || *mail == newest) && !spoiled && !late =>
            {
                return Err(Clause::NewestMail(*seconds));
            }
            _ if late && self.sum.late.0 < MOST_LATE => {
                self.tries.are_interrupted();
                self.sum.late.0 += 1;
            }
            _ if spoiled => {
                self.tries.are_interrupted();
                self.timely = false;
            }
            _ => {
                self.tries.fail(answered.began, self.system.now);
                self.sum.starts += 1;
            }
        }
        let meanwhile = (self.successes() - self.successes) as u64;
        if self.tries.in_a_row() >= STARTS + meanwhile {
            return Err(Clause::Starts(self.tries.in_a_row()));
        }
        let pause = 1 + self.system.random.below(4);
        self.pass(pause).await
    }

    fn time(&mut self, answered: &Try) {
        let more = if answered.slipped { LIMITS.1 - LIMITS.0 } else { 0 };
        self.timely &= answered.seconds <= QUICK + more && answered.meanwhile == 0;
    }

    fn finish(mut self, seconds: u64, slipped: bool) -> Result<SignedIn, Clause> {
        self.sum.starts += 1;
        self.sum.meanwhile = (self.successes() - self.successes).saturating_sub(1) as u64;
        let limit = if slipped { LIMITS.1 } else { LIMITS.0 };
        if self.timely && seconds > limit {
            return Err(Clause::Time(seconds, limit));
        }
        self.sum.seconds = self.timely.then_some((seconds, slipped));
        Ok(self.sum)
    }
}
