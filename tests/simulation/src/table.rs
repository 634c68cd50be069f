//! The challenge rows behind a table that fails when it is told to, and a log of what changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::verdict::{Judgement, Verdict};
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::{Claim, Outbox};
use lifeguard_store::{Operation, StoreError};
use serde_json::Value;

use crate::rows::Rows;

/// A fault of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFault {
    /// The call changes nothing and fails.
    Throttled,
    /// The call changes the row as it should, and its answer is lost.
    AnswerLost,
}

/// A change of a row, whatever became of the answer.
#[derive(Clone, Debug)]
pub enum Change {
    /// A challenge was issued; with its number and the image for the stream.
    Issued(u32, Value),
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
    state: Arc<Mutex<TableState>>,
}

#[derive(Default)]
struct TableState {
    next: Option<TableFault>,
    changes: Vec<Change>,
}

impl Table {
    /// Creates a table of these rows.
    #[must_use]
    pub fn new(rows: Rows) -> Self {
        Self { rows, state: Arc::default() }
    }

    /// Lets the next call fail.
    pub fn fail_next(&self, fault: TableFault) {
        self.state().next = Some(fault);
    }

    /// Forgets a fault that no call met; true if there was none left.
    pub fn has_failed(&self) -> bool {
        self.state().next.take().is_none()
    }

    /// Takes the changes since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Change> {
        std::mem::take(&mut self.state().changes)
    }

    fn state(&self) -> MutexGuard<'_, TableState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, change: Change) {
        self.state().changes.push(change);
    }

    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let fault = self.state().next.take();
        match fault {
            None => call.await,
            Some(TableFault::Throttled) => Err(failure()),
            Some(TableFault::AnswerLost) => {
                call.await?;
                Err(failure())
            }
        }
    }
}

fn failure() -> StoreError {
    StoreError::new(Operation::Issue, "simulated")
}

impl Challenges for Table {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        let issue = async {
            let issued = self.rows.issue(new).await?;
            if let Issued::Fresh(challenge) = &issued {
                let image = self.rows.image(&new.row, &new.client);
                self.changed(Change::Issued(challenge.number, image));
            }
            Ok(issued)
        };
        self.call(issue).await
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        let record = async {
            let recorded = self.rows.record(judgement).await?;
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
        self.call(record).await
    }
}

impl Outbox for Table {
    async fn claim(&self, row: &RowKey, number: u32) -> Result<Claim, StoreError> {
        self.call(self.rows.claim(row, number)).await
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        self.call(self.rows.give_back(row, number)).await
    }
}
