//! One sign-in of an owner under way.

use super::tries::Tries;
use crate::attacker::{Attack, Plan};
use crate::clause::Clause;
use crate::system::System;
use crate::ways::Ways;

/// Seconds within which an owner reads the mail, once a sign-in has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub(super) least: u64,
    pub(super) most: u64,
}

/// The paces of owners; the last one is the slowest for which the guarantee is given.
pub const PACES: [Pace; 4] = [
    Pace { least: 3, most: 15 },
    Pace { least: 21, most: 24 },
    Pace { least: 25, most: 34 },
    Pace { least: 100, most: 128 },
];

/// A sign-in of an owner.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignedIn {
    /// Starts that count as tries, the last one included.
    pub starts: u64,
    /// Seconds from the first start, if every start was answered within 40 s and nothing came
    /// between; and true if there was a typing error.
    pub seconds: Option<(u64, bool)>,
    /// Sign-ins of another device of the owner that completed meanwhile.
    pub meanwhile: u64,
    /// Starts that did not count because an injected fault hit one of their calls.
    pub disturbed: u64,
    /// Starts that did not count because their mail came too late, and seconds of the longest wait
    /// for a mail.
    pub late: (u64, u64),
    /// Mails that an injected fault lost.
    pub lost: u64,
}

/// One sign-in under way.
pub(super) struct Attempt<'a, W: Ways> {
    pub(super) system: &'a mut System<W>,
    pub(super) attack: &'a mut Attack<W>,
    pub(super) client: usize,
    pub(super) pace: Pace,
    pub(super) plan: Plan,
    /// True if the owner will type one wrong digit in this sign-in.
    pub(super) slips: bool,
    /// True if every start so far was answered within 40 s and nothing came between.
    pub(super) timely: bool,
    /// Right answers at this client before this sign-in.
    pub(super) successes: usize,
    /// Number of the mail that was lost last.
    pub(super) lost: Option<u32>,
    pub(super) tries: Tries,
    pub(super) sum: SignedIn,
}

impl<W: Ways> Attempt<'_, W> {
    /// Returns the number of right answers at this client.
    pub(super) fn successes(&self) -> usize {
        self.system.places[self.client].ledger.successes()
    }

    /// Lets some seconds pass while the attacker goes on.
    pub(super) async fn pass(&mut self, seconds: u64) -> Result<(), Clause> {
        let to = self.system.now + seconds;
        self.attack.pass(self.system, self.client, &mut self.plan, to).await
    }
}
