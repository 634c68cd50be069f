//! The challenge rows: in memory, or in the embedded database behind the real table code.

use std::sync::Arc;

use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_store::accounts::AccountTable;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::outbox::{Claim, Outbox};
use lifeguard_store::ties::{Holder, Tie, Ties};
use lifeguard_store::{ChallengeTable, StoreError};
use lifeguard_testkit::embedded::{ACCOUNTS, CHALLENGES};
use lifeguard_testkit::{EmbeddedDynamo, MemoryChallenges};
use serde_json::Value;

/// Number of mails that a row keeps the times of.
const LOG: usize = 10;

/// All rows; cloning shares them.
#[derive(Clone)]
pub enum Rows {
    /// In memory: fast, and as the tests of the store show the same as the table.
    Memory(MemoryChallenges),
    /// The real expressions, on an engine that evaluates them.
    Embedded(Arc<EmbeddedDynamo>, ChallengeTable, AccountTable),
}

impl Rows {
    /// Creates empty rows in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::Memory(MemoryChallenges::default())
    }

    /// Starts a database of its own.
    pub async fn embedded() -> Self {
        let database = EmbeddedDynamo::start();
        let configuration = lifeguard_aws::stand_in(database.url()).await;
        let table = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
        let accounts = AccountTable::new(&configuration, ACCOUNTS.to_owned());
        Self::Embedded(Arc::new(database), table, accounts)
    }

    /// Returns a row as the stream shows it.
    #[must_use]
    pub fn image(&self, row: &RowKey, client: &str) -> Value {
        match self {
            Self::Memory(rows) => rows.image(row, client).unwrap_or_default(),
            Self::Embedded(database, ..) => database.item(CHALLENGES, row.as_str()),
        }
    }

    /// Returns the times of mails that a row has logged, the newest first.
    #[must_use]
    pub fn mails(&self, row: &RowKey) -> Vec<u64> {
        match self {
            Self::Memory(rows) => rows.mails(row),
            Self::Embedded(database, ..) => {
                let item = database.item(CHALLENGES, row.as_str());
                let times = (1..=LOG).filter_map(|place| number(&item, &format!("s{place}")));
                times.filter(|at| *at > 0).collect()
            }
        }
    }

    /// True if the newest challenge of a row is spent, so that the next mail may go at once.
    #[must_use]
    pub fn is_spent(&self, row: &RowKey) -> bool {
        match self {
            Self::Memory(rows) => rows.is_spent(row),
            Self::Embedded(database, ..) => {
                let item = database.item(CHALLENGES, row.as_str());
                number(&item, "seq") == number(&item, "done")
            }
        }
    }
}

fn number(item: &Value, name: &str) -> Option<u64> {
    item[name]["N"].as_str()?.parse().ok()
}

impl Challenges for Rows {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        match self {
            Self::Memory(rows) => rows.issue(new).await,
            Self::Embedded(_, table, _) => table.issue(new).await,
        }
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        match self {
            Self::Memory(rows) => rows.record(judgement).await,
            Self::Embedded(_, table, _) => table.record(judgement).await,
        }
    }
}

impl Ties for Rows {
    async fn issue_for(
        &self,
        new: &NewChallenge,
        holder: &Holder,
        tie: Option<&Tie>,
    ) -> Result<Issued, StoreError> {
        match self {
            Self::Memory(rows) => rows.issue_for(new, holder, tie).await,
            Self::Embedded(_, table, _) => table.issue_for(new, holder, tie).await,
        }
    }

    async fn tie(&self, row: &RowKey) -> Result<Option<Tie>, StoreError> {
        match self {
            Self::Memory(rows) => rows.tie(row).await,
            Self::Embedded(_, table, _) => table.tie(row).await,
        }
    }
}

impl Outbox for Rows {
    async fn claim(&self, row: &RowKey, number: u32) -> Result<Claim, StoreError> {
        match self {
            Self::Memory(rows) => rows.claim(row, number).await,
            Self::Embedded(_, table, _) => table.claim(row, number).await,
        }
    }

    async fn give_back(&self, row: &RowKey, number: u32) -> Result<(), StoreError> {
        match self {
            Self::Memory(rows) => rows.give_back(row, number).await,
            Self::Embedded(_, table, _) => table.give_back(row, number).await,
        }
    }
}
