//! One seed: an attacker keeps the number of unanswered mails near a target, for spans of seconds
//! to days, and the owner signs in again and again.

use lifeguard_testkit::Seeded;

use crate::attacker::{ATTACKERS, Attack, Attacker, Move};
use crate::clause::Clause;
use crate::owner::{self, PACES, Pace};
use crate::report::Report;
use crate::system::System;
use crate::ways::Ways;

/// Sign-ins of the owner with one seed.
pub const SIGN_INS: u64 = 40;

/// Targets for the number of unanswered mails, one for each step.
const TARGETS: [usize; 12] = [1, 1, 1, 1, 1, 1, 3, 5, 7, 9, 10, 10];

/// Longest spans between two sign-ins, in seconds.
const SPANS: [u64; 8] = [1, 1, 20, 40, 400, 4_000, 20_000, 60_000];

/// Seconds before the end of the gap at which an owner starts.
const BEFORE_THE_END: [u64; 7] = [0, 2, 5, 10, 20, 30, 38];

/// Plays the sign-ins of one seed.
///
/// # Errors
/// A clause that is broken.
pub async fn play<W: Ways>(system: &mut System<W>, report: &mut Report) -> Result<(), Clause> {
    let mut random = Seeded::new(system.random.draw());
    let attacker = ATTACKERS[random.below(ATTACKERS.len() as u64) as usize];
    let pace = PACES[random.below(PACES.len() as u64) as usize];
    let target = TARGETS[random.below(TARGETS.len() as u64) as usize];
    let mut life = Life { attack: Attack::new(attacker), pace, target, random };
    for _ in 0..SIGN_INS {
        let client = W::choose(system).await?;
        life.idle(system, client).await?;
        life.prepare(system, client).await?;
        if !W::arrive(system).await? {
            report.without_mail += 1;
            continue;
        }
        let ledger = &system.places[client].ledger;
        let (mails, attacked) = (ledger.unanswered(system.now), ledger.is_attacked(system.now));
        let signed_in = owner::sign_in(system, &mut life.attack, client, life.pace).await?;
        W::look_after(system).await?;
        let name = system.functions.name(client);
        report.way(name).sign_in(&signed_in, mails, attacked);
        let now = system.now;
        let each = || system.places.iter().map(|place| &place.ledger);
        report
            .day(each().map(|ledger| ledger.mails(now)), each().map(|ledger| ledger.guesses(now)));
    }
    Ok(())
}

/// The draws of a seed.
struct Life<W: Ways> {
    attack: Attack<W>,
    pace: Pace,
    target: usize,
    random: Seeded,
}

impl<W: Ways> Life<W> {
    /// Time passes between two sign-ins of the owner.
    async fn idle(&mut self, system: &mut System<W>, client: usize) -> Result<(), Clause> {
        let span = SPANS[self.random.below(SPANS.len() as u64) as usize];
        let to = system.now + 1 + self.random.below(span);
        if self.attack.attacker == Attacker::Flood {
            return self.attack.flood(system, client, to).await;
        }
        if span >= 400 {
            for _ in 0..self.random.below(3) {
                let at = system.now + self.random.below(to.saturating_sub(system.now).max(1));
                system.advance(at).await?;
                let next = [Move::Start, Move::Wrong(2), Move::Elsewhere, Move::Burn];
                let next = next[self.random.below(4) as usize];
                self.attack.act(system, client, next).await?;
            }
        }
        system.advance(to).await
    }

    /// The attacker prepares the row, and the owner starts at a moment of the gap.
    async fn prepare(&mut self, system: &mut System<W>, client: usize) -> Result<(), Clause> {
        self.attack.raise(system, client, self.target).await?;
        for (seconds, next) in self.attack.attacker.before(&mut self.random) {
            system.advance(system.now + seconds).await?;
            self.attack.act(system, client, *next).await?;
        }
        let early = BEFORE_THE_END[self.random.below(BEFORE_THE_END.len() as u64) as usize];
        let start = match self.random.below(4) {
            0 | 1 => system.next_mail(client).saturating_sub(early),
            2 => system.now + [1, 8, 25][self.random.below(3) as usize],
            _ => {
                let end = system.next_mail(client).max(system.now + 1);
                system.now + self.random.below(end - system.now)
            }
        };
        system.advance(start).await
    }
}
