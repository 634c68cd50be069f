//! The table on the embedded database and the one in memory, behind one type.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it")]

pub(crate) mod accounts;

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::verdict::{Judgement, Verdict};
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::{Claim, Outbox};
use lifeguard_store::ties::{Tie, Ties};
use lifeguard_store::{ChallengeTable, StoreError};
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::{EmbeddedDynamo, MemoryChallenges};

/// Start of these tests.
pub(crate) const NOW: u64 = 1_800_000_000;

/// The number of the first challenge of a row that begins at [`NOW`].
pub(crate) const FIRST: u32 = 1_800_000_001;

/// One of the two implementations.
#[derive(Clone)]
pub(crate) enum Store {
    Memory(MemoryChallenges),
    Table(ChallengeTable),
}

/// The real table code on an embedded database.
pub(crate) async fn table(dynamo: &EmbeddedDynamo) -> Store {
    let configuration = lifeguard_aws::stand_in(dynamo.url()).await;
    Store::Table(ChallengeTable::new(&configuration, CHALLENGES.to_owned()))
}

/// Runs a scenario on both implementations.
pub(crate) async fn on_both(scenario: impl AsyncFn(Store)) {
    scenario(Store::Memory(MemoryChallenges::default())).await;
    let dynamo = EmbeddedDynamo::start();
    scenario(table(&dynamo).await).await;
}

impl Challenges for Store {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        match self {
            Self::Memory(store) => store.issue(new).await,
            Self::Table(store) => store.issue(new).await,
        }
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        match self {
            Self::Memory(store) => store.record(judgement).await,
            Self::Table(store) => store.record(judgement).await,
        }
    }
}

impl Ties for Store {
    async fn issue_tied(&self, new: &NewChallenge, tie: &Tie) -> Result<Issued, StoreError> {
        match self {
            Self::Memory(store) => store.issue_tied(new, tie).await,
            Self::Table(store) => store.issue_tied(new, tie).await,
        }
    }

    async fn tie(&self, row: &RowKey) -> Result<Option<Tie>, StoreError> {
        match self {
            Self::Memory(store) => store.tie(row).await,
            Self::Table(store) => store.tie(row).await,
        }
    }
}

impl Outbox for Store {
    async fn claim(&self, row: &RowKey, number: u32) -> Result<Claim, StoreError> {
        match self {
            Self::Memory(store) => store.claim(row, number).await,
            Self::Table(store) => store.claim(row, number).await,
        }
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        match self {
            Self::Memory(store) => store.give_back(row, number).await,
            Self::Table(store) => store.give_back(row, number).await,
        }
    }
}

/// The row of these tests.
pub(crate) fn row() -> RowKey {
    RowKey::new("eu-west-1_Pool", Factor::Email, "client", "noor")
}

/// A challenge asked for `after` seconds.
pub(crate) fn new(after: u64) -> NewChallenge {
    NewChallenge {
        row: row(),
        id: [(after % 251) as u8; 16],
        now: NOW + after,
        key_version: 1,
        client: "client".to_owned(),
        session: [(after % 251) as u8; 8],
        outgoing: Outgoing::without_recipient(),
        user: Existence::Known,
    }
}

/// An answer to a short code, `after` seconds, with this tag.
pub(crate) fn answer(number: u32, verdict: Verdict, tag: u8, after: u64) -> Judgement {
    Judgement {
        row: row(),
        number,
        code_length: CodeLength::Short,
        tag: [tag; 8],
        verdict,
        now: NOW + after,
    }
}

impl Store {
    /// Issues and returns the number; fails the test if nothing new was issued.
    pub(crate) async fn issue_fresh(&self, after: u64) -> u32 {
        match self.issue(&new(after)).await.unwrap() {
            Issued::Fresh(challenge) => challenge.number,
            other => panic!("not issued: {other:?}"),
        }
    }

    /// Records an answer to a long code.
    pub(crate) async fn answer_long(
        &self,
        number: u32,
        verdict: Verdict,
        tag: u8,
        after: u64,
    ) -> Recorded {
        let judgement =
            Judgement { code_length: CodeLength::Long, ..answer(number, verdict, tag, after) };
        self.record(&judgement).await.unwrap()
    }

    /// Records an answer to a short code.
    pub(crate) async fn answer(
        &self,
        number: u32,
        verdict: Verdict,
        tag: u8,
        after: u64,
    ) -> Recorded {
        self.record(&answer(number, verdict, tag, after)).await.unwrap()
    }
}
