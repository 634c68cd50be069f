//! The challenge rows behind a table that fails when it is told to, and a log of what changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::outgoing::Delivery;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::verdict::{Judgement, Verdict};
use lifeguard_store::StoreError;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::{Claim, ClaimToken, Outbox};
use lifeguard_store::ties::{Holder, Tie, Ties};
use serde_json::Value;

use crate::faults::Faults;
use crate::rows::Rows;

/// A change of a row, whatever became of the answer.
#[derive(Clone, Debug)]
pub enum Change {
    /// A challenge was issued; with its number and the image for the stream.
    Issued(u32, Value),
    /// A challenge without a mail was issued: the address has no use for one.
    IssuedWithoutMail(u32, Value),
    /// A right answer counted, to the challenge of this number.
    Right(u32),
    /// A wrong short code was compared.
    Wrong,
}

/// The table; cloning shares it.
#[derive(Clone)]
pub struct Table {
    /// The rows.
    pub rows: Rows,
    faults: Faults,
    changes: Arc<Mutex<Vec<Change>>>,
}

impl Table {
    /// Creates a table of these rows with these faults.
    #[must_use]
    pub fn new(rows: Rows, faults: Faults) -> Self {
        Self { rows, faults, changes: Arc::default() }
    }

    /// Takes the changes since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Change> {
        std::mem::take(&mut self.changes())
    }

    fn changes(&self) -> MutexGuard<'_, Vec<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, change: Change) {
        self.changes().push(change);
    }

    fn issued(&self, new: &NewChallenge, issued: &Issued) {
        if let Issued::Fresh(challenge) = issued {
            let image = self.rows.image(&new.row, &new.client);
            self.changed(match new.outgoing.delivery {
                Delivery::Send => Change::Issued(challenge.number, image),
                Delivery::Drop => Change::IssuedWithoutMail(challenge.number, image),
            });
        }
    }
}

impl Challenges for Table {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        let issue = async {
            let issued = self.rows.challenges.issue(new).await?;
            self.issued(new, &issued);
            Ok(issued)
        };
        self.faults.call(issue).await
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        let record = async {
            let recorded = self.rows.challenges.record(judgement).await?;
            match (recorded, judgement.verdict, judgement.code_length) {
                (Recorded::Counted, Verdict::Right, _) => {
                    self.changed(Change::Right(judgement.number));
                }
                (Recorded::Counted, Verdict::Late | Verdict::Wrong, CodeLength::Short) => {
                    self.changed(Change::Wrong);
                }
                (Recorded::Counted, Verdict::Late | Verdict::Wrong, CodeLength::Long)
                | (Recorded::Repeated | Recorded::Refused, ..) => {}
            }
            Ok(recorded)
        };
        self.faults.call(record).await
    }
}

impl Ties for Table {
    async fn issue_for(
        &self,
        new: &NewChallenge,
        holder: &Holder,
        tie: Option<&Tie>,
    ) -> Result<Issued, StoreError> {
        let issue = async {
            let issued = self.rows.challenges.issue_for(new, holder, tie).await?;
            self.issued(new, &issued);
            Ok(issued)
        };
        self.faults.call(issue).await
    }

    async fn tie(&self, row: &RowKey) -> Result<Option<Tie>, StoreError> {
        self.faults.call(self.rows.challenges.tie(row)).await
    }
}

impl Outbox for Table {
    async fn claim(
        &self,
        row: &RowKey,
        number: u32,
        token: ClaimToken,
    ) -> Result<Claim, StoreError> {
        self.faults.call(self.rows.challenges.claim(row, number, token)).await
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        self.faults.call(self.rows.challenges.give_back(row, number)).await
    }
}
