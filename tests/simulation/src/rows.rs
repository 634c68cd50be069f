//! The challenge rows: in memory, or in the embedded database behind the real table code.

use std::sync::Arc;

use lifeguard_sign_in::row::RowKey;
use lifeguard_store::{AccountTable, ChallengeTable};
use lifeguard_testkit::embedded::{ACCOUNTS, CHALLENGES};
use lifeguard_testkit::{
    AccountRows, ChallengeRows, EmbeddedDynamo, MemoryAccounts, MemoryChallenges,
};
use serde_json::Value;

/// Number of mails that a row keeps the times of.
const LOG: usize = 10;

/// All rows; cloning shares them.
#[derive(Clone)]
pub struct Rows {
    /// The challenges: in memory, which is fast and, as the tests of the store show, the same as the
    /// table; or by the real expressions, on an engine that evaluates them.
    pub challenges: ChallengeRows,
    /// That engine, and the accounts in it.
    embedded: Option<(Arc<EmbeddedDynamo>, AccountTable)>,
}

impl Rows {
    /// Creates empty rows in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        let challenges = ChallengeRows::Memory(MemoryChallenges::default());
        Self { challenges, embedded: None }
    }

    /// Starts a database of its own.
    pub async fn embedded() -> Self {
        let database = EmbeddedDynamo::start();
        let configuration = lifeguard_aws::stand_in(database.url());
        let table = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
        let accounts = AccountTable::new(&configuration, ACCOUNTS.to_owned());
        let embedded = Some((Arc::new(database), accounts));
        Self { challenges: ChallengeRows::Table(table), embedded }
    }

    /// Returns the accounts beside the challenges; those in memory are new ones.
    #[must_use]
    pub fn accounts(&self) -> AccountRows {
        match &self.embedded {
            None => AccountRows::Memory(MemoryAccounts::default()),
            Some((_, accounts)) => AccountRows::Table(accounts.clone()),
        }
    }

    /// Returns a row of the engine.
    fn item(&self, row: &RowKey) -> Value {
        let database = self.embedded.as_ref().map(|(database, _)| database);
        database.map_or(Value::Null, |database| database.item(CHALLENGES, row.as_str()))
    }

    /// Returns a row as the stream shows it.
    #[must_use]
    pub fn image(&self, row: &RowKey, client: &str) -> Value {
        match &self.challenges {
            ChallengeRows::Memory(rows) => rows.image(row, client).unwrap_or_default(),
            ChallengeRows::Table(_) => self.item(row),
        }
    }

    /// Returns the times of mails that a row has logged, the newest first.
    #[must_use]
    pub fn mails(&self, row: &RowKey) -> Vec<u64> {
        match &self.challenges {
            ChallengeRows::Memory(rows) => rows.mails(row),
            ChallengeRows::Table(_) => {
                let item = self.item(row);
                let times = (1..=LOG).filter_map(|place| number(&item, &format!("s{place}")));
                times.filter(|at| *at > 0).collect()
            }
        }
    }

    /// True if the newest challenge of a row is spent, so that the next mail may go at once.
    #[must_use]
    pub fn is_spent(&self, row: &RowKey) -> bool {
        match &self.challenges {
            ChallengeRows::Memory(rows) => rows.is_spent(row),
            ChallengeRows::Table(_) => {
                let item = self.item(row);
                number(&item, "seq") == number(&item, "done")
            }
        }
    }
}

fn number(item: &Value, name: &str) -> Option<u64> {
    item[name]["N"].as_str()?.parse().ok()
}
