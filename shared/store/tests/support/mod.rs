//! The table on the embedded database and the one in memory.
#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    reason = "each test file uses a part of it"
)]

pub(crate) mod accounts;

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::verdict::{Judgement, Verdict};
use lifeguard_store::ChallengeTable;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::ClaimToken;
pub(crate) use lifeguard_testkit::ChallengeRows as Store;
use lifeguard_testkit::embedded::CHALLENGES;
pub(crate) use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{EmbeddedDynamo, MemoryChallenges};

/// The number of the first challenge of a row that begins at [`NOW`].
pub(crate) const FIRST: u32 = 1_800_000_001;

/// The real table code on an embedded database.
pub(crate) async fn table(dynamo: &EmbeddedDynamo) -> Store {
    let configuration = lifeguard_aws::stand_in(dynamo.url());
    Store::Table(ChallengeTable::new(&configuration, CHALLENGES.to_owned()))
}

/// Runs a scenario on both implementations.
pub(crate) async fn on_both(scenario: impl AsyncFn(Store)) {
    scenario(Store::Memory(MemoryChallenges::default())).await;
    let dynamo = EmbeddedDynamo::start();
    scenario(table(&dynamo).await).await;
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

/// A token of a claim.
pub(crate) fn token(token: u8) -> ClaimToken {
    ClaimToken::new([token; 8])
}

/// Steps of the tests on challenge rows.
pub(crate) trait Steps: Challenges {
    /// Issues and returns the number; fails the test if nothing new was issued.
    async fn issue_fresh(&self, after: u64) -> u32 {
        match self.issue(&new(after)).await.unwrap() {
            Issued::Fresh(challenge) => challenge.number,
            other => panic!("not issued: {other:?}"),
        }
    }

    /// Records an answer to a long code.
    async fn answer_long(&self, number: u32, verdict: Verdict, tag: u8, after: u64) -> Recorded {
        let judgement =
            Judgement { code_length: CodeLength::Long, ..answer(number, verdict, tag, after) };
        self.record(&judgement).await.unwrap()
    }

    /// Records an answer to a short code.
    async fn answer(&self, number: u32, verdict: Verdict, tag: u8, after: u64) -> Recorded {
        self.record(&answer(number, verdict, tag, after)).await.unwrap()
    }
}

impl<Rows: Challenges> Steps for Rows {}
