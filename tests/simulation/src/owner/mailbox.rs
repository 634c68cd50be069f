//! The owner at the mailbox: waits for the mail and types its codes.

use super::attempt::Attempt;
use crate::clause::Clause;
use crate::mail::Mail;
use crate::system::{Call, Outcome};
use crate::ways::{Started, Ways};

/// Longest wait for the next mail.
const LONGEST_GAP: u64 = 3_600;
/// Error of a clock and the second of the next try, in seconds.
const TOLERANCE: u64 = 12;

/// Result of waiting for a mail.
pub(super) enum Waited {
    /// It has arrived and was read.
    Read,
    /// It will never come.
    Lost,
}

impl<W: Ways> Attempt<'_, W> {
    /// Waits until the mail of this challenge, or a later one, has arrived and was read.
    pub(super) async fn wait(&mut self, number: u32) -> Result<Waited, Clause> {
        let started = self.system.now;
        let span = self.pace.most - self.pace.least + 1;
        let read = self.pace.least + self.system.random.below(span);
        let devices = self.system.functions.has_other_devices(self.client);
        if self.system.random.once_in(30) && devices {
            let early = self.system.random.below(read);
            self.pass(early).await?;
            self.other_device().await?;
        }
        self.pass((started + read - 1).saturating_sub(self.system.now)).await?;
        if !self.has_arrived(number) {
            while !self.has_arrived(number) {
                let waited = self.system.now - started;
                match self.system.is_awaited(self.client, number) {
                    true => self.pass(1).await?,
                    false if self.system.places[self.client].lost.contains(&number) => {
                        return Ok(Waited::Lost);
                    }
                    false => return Err(Clause::Mail(number, waited)),
                }
            }
            let late = self.system.now - started;
            self.sum.late.1 = self.sum.late.1.max(late);
            let reading = 3 + self.system.random.below(12);
            self.pass(reading).await?;
        }
        self.interfere().await?;
        self.pass(1).await?;
        Ok(Waited::Read)
    }

    fn has_arrived(&self, number: u32) -> bool {
        self.system.newest_mail(self.client).is_some_and(|newest| newest.number >= number)
    }

    /// Waits until another mail may go, because the mail of this challenge is lost.
    pub(super) async fn wait_for_the_gap(&mut self, number: u32) -> Result<(), Clause> {
        let lost = self.system.issued(self.client);
        let next = self.system.next_mail(self.client) + TOLERANCE;
        if next > lost + LONGEST_GAP + TOLERANCE {
            return Err(Clause::Gap(next - lost));
        }
        self.system.note(|| format!("the owner waits, mail {number} is lost"));
        self.pass(next.saturating_sub(self.system.now)).await
    }

    /// The attacker acts in the second before an answer.
    async fn interfere(&mut self) -> Result<(), Clause> {
        W::harass(self.system).await?;
        for next in self.plan.last {
            self.attack.act(self.system, self.client, *next).await?;
        }
        Ok(())
    }

    /// Types the codes of the mail that was sent last, the short one and if it is refused the long
    /// one; or follows the link first where it belongs to this session. Returns the number of that
    /// mail too.
    pub(super) async fn type_codes(
        &mut self,
        session: &mut W::Session,
    ) -> Result<(Call<Outcome>, u32), Clause> {
        let Some(arrived) = self.system.newest_mail(self.client).cloned() else {
            return Ok((Call::Done(Outcome::Failed), 0));
        };
        let Mail { link, short, long, .. } = arrived.mail;
        let slip = self.slips.then(|| slip_of(&short));
        self.slips = false;
        let link = link.filter(|_| W::follows_link(self.system, session, arrived.number));
        let answers = slip.into_iter().chain(link).chain([short]).chain(long);
        let mut outcome = Call::Done(Outcome::Failed);
        for (place, answer) in answers.enumerate() {
            if place > 0 {
                let typing = 2 + self.system.random.below(3);
                self.pass(typing).await?;
                self.interfere().await?;
                self.pass(1).await?;
            }
            outcome = W::answer(self.system, session, &answer).await?;
            if outcome == Call::Done(Outcome::SignedIn) && self.system.random.once_in(16) {
                self.attack.replay(self.system, self.client, &answer).await?;
            }
            if outcome != Call::Done(Outcome::GoesOn) {
                break;
            }
        }
        Ok((outcome, arrived.number))
    }

    /// Another device of the owner signs in, with the newest mail.
    async fn other_device(&mut self) -> Result<(), Clause> {
        self.system.note(|| "another device of the owner starts".to_owned());
        let started = W::start(self.system, self.client).await?;
        let Call::Done(Started::Waits(mut session)) = started else { return Ok(()) };
        let Some(arrived) = self.system.newest_mail(self.client).cloned() else { return Ok(()) };
        for answer in [Some(arrived.mail.short), arrived.mail.long].into_iter().flatten() {
            if W::answer(self.system, &mut session, &answer).await? != Call::Done(Outcome::GoesOn) {
                break;
            }
        }
        Ok(())
    }
}

/// A code with a wrong digit.
fn slip_of(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", code.get(1..).unwrap_or_default())
}
