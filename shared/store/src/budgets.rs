//! What a row has counted, and its pardon: for operators.

use aws::failed_call;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use identity::account::AccountKey;
use sign_in::budget::{DAY, HOUR, QUARTER, SENDS_A_DAY, WRONG_A_DAY};
use sign_in::row::RowKey;

use crate::accounts::{AccountTable, Written};
use crate::dynamo::ChallengeTable;
use crate::fault::StoreFault;
use crate::item::{Item, n, number, s};
use crate::update::{Update, Updated};

/// What a row has counted, as far as it still matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Wrong answers in a row since the last success.
    pub wrong_in_a_row: u64,
    /// Those of the last 15 minutes.
    pub wrong_in_a_quarter: usize,
    /// Those of the last 24 hours.
    pub wrong_in_a_day: usize,
    /// Messages of the last hour.
    pub messages_in_an_hour: usize,
    /// Messages of the last 24 hours.
    pub messages_in_a_day: usize,
}

impl ChallengeTable {
    /// What a row has counted; `None` if there is no row.
    ///
    /// # Errors
    /// [`StoreFault`] if the table brought no answer.
    pub async fn counts(&self, row: &RowKey, now: u64) -> Result<Option<Counts>, StoreFault> {
        counts(&self.client, &self.table, row.as_str(), now).await
    }

    /// Takes back every wrong answer and every message but the newest, which keeps its gap.
    ///
    /// # Errors
    /// [`StoreFault`] if the table brought no answer; it may be done again.
    pub async fn pardon(&self, row: &RowKey) -> Result<Written, StoreFault> {
        let wrong = (1..=WRONG_A_DAY).map(|place| format!("t{place}"));
        let sends = (2..=SENDS_A_DAY).map(|place| format!("s{place}"));
        let logs = wrong.chain(sends).collect::<Vec<_>>().join(", ");
        let expression = format!("SET bad = :zero REMOVE {logs}");
        let update = Update::new(expression, "attribute_exists(pk)".to_owned());
        let update = update.value(":zero", n(0u64));
        match self.update(row, update).await.map_err(StoreFault::Pardon)? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(_) => Ok(Written::Refused),
        }
    }

    /// Takes a row away. A new one counts from the time, so no old challenge comes to life in it.
    ///
    /// # Errors
    /// [`StoreFault`] if the table brought no answer; it may be done again.
    pub async fn erase(&self, row: &RowKey) -> Result<(), StoreFault> {
        let request =
            self.client.delete_item().table_name(&self.table).key("pk", s(row.as_str())).send();
        request.await.map(drop).map_err(|error| StoreFault::EraseRow(failed_call(error)))
    }
}

impl AccountTable {
    /// What the row of an account has counted, or of a name that belongs to nobody.
    ///
    /// # Errors
    /// [`StoreFault`] if the table brought no answer.
    pub async fn counts(&self, key: &AccountKey, now: u64) -> Result<Option<Counts>, StoreFault> {
        counts(&self.client, &self.table, key.as_str(), now).await
    }
}

async fn counts(
    client: &Client,
    table: &str,
    pk: &str,
    now: u64,
) -> Result<Option<Counts>, StoreFault> {
    let request = client.get_item().table_name(table).key("pk", s(pk)).consistent_read(true);
    let answer = request.send().await;
    let answer = answer.map_err(|error| StoreFault::ReadCounts(failed_call(error)))?;
    answer.item.as_ref().map(|row| read(row, now)).transpose()
}

fn read(row: &Item, now: u64) -> Result<Counts, StoreFault> {
    let wrong = times(row, 't', WRONG_A_DAY)?;
    let sends = times(row, 's', SENDS_A_DAY)?;
    let within = |times: &[u64], window: u64| {
        times.iter().filter(|at| **at > now.saturating_sub(window)).count()
    };
    Ok(Counts {
        wrong_in_a_row: number(row, "bad")?,
        wrong_in_a_quarter: within(&wrong, QUARTER),
        wrong_in_a_day: within(&wrong, DAY),
        messages_in_an_hour: within(&sends, HOUR),
        messages_in_a_day: within(&sends, DAY),
    })
}

/// The times in a log; 0 is none.
fn times(row: &Item, log: char, length: usize) -> Result<Vec<u64>, StoreFault> {
    let names: Vec<String> = (1..=length).map(|place| format!("{log}{place}")).collect();
    let times = names.iter().filter_map(|name| row.get(name)).map(|time| match time {
        AttributeValue::N(text) => text.parse().map_err(|_| StoreFault::Layout("t1 or s1")),
        _ => Err(StoreFault::Layout("t1 or s1")),
    });
    times.filter(|time| !matches!(time, Ok(0))).collect()
}
