//! Changes of the rows, entered in the ledgers, and the answers that may change them.

use super::System;
use crate::clause::Clause;
use crate::table::Change;

impl<F> System<F> {
    /// Enters what an invocation at a place changed. Returns true if a right answer was counted.
    ///
    /// # Errors
    /// A clause that a change breaks.
    pub fn changed(&mut self, client: usize, answer: &str) -> Result<bool, Clause> {
        let mut right = false;
        for change in self.table.take() {
            let now = self.now;
            let ledger = &mut self.places[client].ledger;
            match change {
                Change::Issued(number, image) => {
                    ledger.issue(now, number)?;
                    self.push_record(client, number, image);
                }
                Change::IssuedWithoutMail(number, image) => {
                    ledger.issue_without_mail(number);
                    self.push_idle_record(client, number, image);
                }
                Change::Wrong => ledger.guess(now)?,
                Change::Right(number) => {
                    right = true;
                    ledger.success(now, number)?;
                    if !self.is_right(client, Some(number), answer) {
                        return Err(Clause::WrongAnswer);
                    }
                }
            }
        }
        Ok(right)
    }

    /// True if a mail of the client holds the answer, or if the mail of this challenge was not sent
    /// yet: then the answer is compared when it is.
    pub fn is_right(&mut self, client: usize, number: Option<u32>, answer: &str) -> bool {
        let place = &mut self.places[client];
        if place.mailbox.iter().rev().any(|arrived| arrived.mail.fits(answer)) {
            return true;
        }
        let pending = number.filter(|number| {
            let sent = place.mailbox.iter().any(|arrived| arrived.number == *number);
            !sent && !place.lost.contains(number)
        });
        place.owed.extend(pending.map(|number| (number, answer.to_owned())));
        pending.is_some()
    }
}

/// The clause that a failure breaks which nothing caused.
#[must_use]
pub fn fault(failure: lifeguard_runtime::Failure) -> Clause {
    Clause::Fault(format!("{failure:?}"))
}
