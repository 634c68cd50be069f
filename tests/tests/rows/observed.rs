//! A table that records its calls, and before which each call can wait for its turn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::verdict::{Judgement, Verdict};
use lifeguard_store::StoreError;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::{Claim, ClaimToken, Outbox};

use super::pending::Pending;

/// A call of a function to the table, and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Issue { session: [u8; 8], issued: &'static str, number: u32 },
    Record { number: u32, form: CodeLength, tag: [u8; 8], verdict: Verdict, recorded: Recorded },
    Claim { number: u32, claim: Claim },
    GiveBack { number: u32 },
}

impl Call {
    /// True if a right answer was written.
    pub(crate) fn is_success(&self) -> bool {
        let Self::Record { verdict, recorded, .. } = self else { return false };
        (*verdict, *recorded) == (Verdict::Right, Recorded::Counted)
    }

    /// True if a claim was given back.
    pub(crate) fn is_give_back(&self) -> bool {
        matches!(self, Self::GiveBack { .. })
    }
}

/// The turns of one invocation; none if it never waits.
#[derive(Clone, Default)]
pub(crate) struct Turn(Option<Arc<Gate>>);

#[derive(Default)]
struct Gate {
    open: AtomicBool,
    waits: AtomicBool,
}

impl Turn {
    /// Returns the turns of an invocation that waits for each.
    pub(crate) fn gated() -> Self {
        Self(Some(Arc::default()))
    }

    /// Waits until the turn is given.
    pub(crate) async fn wait(&self) {
        let Some(gate) = &self.0 else { return };
        std::future::poll_fn(|_| match gate.open.swap(false, Ordering::SeqCst) {
            true => Poll::Ready(()),
            false => {
                gate.waits.store(true, Ordering::SeqCst);
                Poll::Pending
            }
        })
        .await;
    }

    /// Gives the next turn.
    pub(crate) fn give(&self) {
        self.0.as_ref().unwrap().open.store(true, Ordering::SeqCst);
    }

    /// True once, if the invocation has come to its next turn.
    pub(crate) fn is_awaited(&self) -> bool {
        self.0.as_ref().unwrap().waits.swap(false, Ordering::SeqCst)
    }
}

/// Calls in the order in which they took effect, and what the table's stream holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) calls: Vec<(u64, Call)>,
    pub(crate) stream: Vec<Pending>,
}

/// A table that records its calls; cloning shares it.
#[derive(Clone)]
pub(crate) struct Observed<T> {
    pub(crate) table: T,
    pub(crate) record: Arc<Mutex<Record>>,
    /// Turns and time of the invocation that has this clone.
    pub(crate) turn: Turn,
    pub(crate) now: u64,
}

impl<T> Observed<T> {
    pub(crate) fn new(table: T) -> Self {
        Self { table, record: Arc::default(), turn: Turn::default(), now: 0 }
    }

    fn note(&self, call: Call) {
        self.record.lock().unwrap().calls.push((self.now, call));
    }
}

impl<T: Challenges + Sync> Challenges for Observed<T> {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        self.turn.wait().await;
        let issued = self.table.issue(new).await?;
        let (word, number) = match &issued {
            Issued::Fresh(challenge) => {
                let pending = Pending::new(challenge, new);
                self.record.lock().unwrap().stream.push(pending);
                ("fresh", challenge.number)
            }
            Issued::Again(challenge) => ("again", challenge.number),
            Issued::Joined(challenge) => ("joined", challenge.number),
            Issued::Unanswerable => ("unanswerable", 0),
        };
        self.note(Call::Issue { session: new.session, issued: word, number });
        Ok(issued)
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        self.turn.wait().await;
        let recorded = self.table.record(judgement).await?;
        let Judgement { number, code_length: form, tag, verdict, .. } = *judgement;
        self.note(Call::Record { number, form, tag, verdict, recorded });
        Ok(recorded)
    }
}

impl<T: Outbox + Sync> Outbox for Observed<T> {
    /// After a claim the mail goes, which is another turn.
    async fn claim(
        &self,
        row: &RowKey,
        number: u32,
        token: ClaimToken,
    ) -> Result<Claim, StoreError> {
        self.turn.wait().await;
        let claim = self.table.claim(row, number, token).await?;
        self.note(Call::Claim { number, claim });
        match claim {
            Claim::Ours => self.turn.wait().await,
            Claim::Taken => {}
        }
        Ok(claim)
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        self.turn.wait().await;
        self.table.give_back(row, number).await?;
        self.note(Call::GiveBack { number });
        Ok(())
    }
}
