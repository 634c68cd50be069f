//! Counts of a row and their reset: for operators.

use aws_sdk_dynamodb::Client;
use lifeguard_aws::failed_call;
use lifeguard_identity::account::AccountKey;
use lifeguard_sign_in::budget::{DAY, MAILS_KEPT, QUARTER, WRONG_A_DAY};
use lifeguard_sign_in::row::{EarlierRowKey, RowKey};

use crate::accounts::{AccountTable, Written};
use crate::dynamo::ChallengeTable;
use crate::error::{LayoutError, Operation, StoreError};
use crate::item::{Item, n, number, s, text};
use crate::times;
use crate::update::{Update, Updated};

/// Counts of a challenge row, as far as they still matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChallengeCounts {
    /// Wrong short codes in a row since the last success.
    pub wrong_in_a_row: u64,
    /// Wrong short codes of the last 24 hours.
    pub wrong_in_a_day: usize,
    /// Mails of the last 24 hours, less one for each success.
    pub mails_in_a_day: usize,
}

/// Counts of an account's passwords, as far as they still matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PasswordCounts {
    /// Wrong passwords in a row since the last success.
    pub wrong_in_a_row: u64,
    /// Wrong passwords of the last 15 minutes.
    pub wrong_in_a_quarter: usize,
    /// Wrong passwords of the last 24 hours.
    pub wrong_in_a_day: usize,
}

/// One page of the rows of challenges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPage {
    /// Number of the rows.
    pub rows: usize,
    /// Those of an earlier layout.
    pub earlier: Vec<EarlierRowKey>,
    /// Place where the next page begins; `None` after the last.
    pub next: Option<String>,
}

impl ChallengeTable {
    /// Looks at the keys of at most `most` rows, from `next` on.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    pub async fn page(&self, next: Option<&str>, most: i32) -> Result<RowPage, StoreError> {
        let start = next.map(|next| Item::from([("pk".to_owned(), s(next))]));
        let request = self
            .client
            .scan()
            .table_name(&self.table)
            .projection_expression("pk")
            .set_exclusive_start_key(start)
            .limit(most);
        let answer = request.send().await;
        let answer =
            answer.map_err(|error| StoreError::new(Operation::ReadRows, failed_call(error)))?;
        let keys = answer.items().iter().filter_map(|row| text(row, "pk").ok());
        let earlier = keys.filter_map(EarlierRowKey::from_stored).collect();
        let next = match &answer.last_evaluated_key {
            Some(key) => Some(text(key, "pk").map_err(Operation::ReadRows.failed())?.to_owned()),
            None => None,
        };
        Ok(RowPage { rows: answer.items().len(), earlier, next })
    }

    /// Erases a row of an earlier layout.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; it may be done again.
    pub async fn erase_earlier(&self, row: &EarlierRowKey) -> Result<(), StoreError> {
        self.erase_key(row.as_str()).await
    }

    /// Reads the counts of a row; `None` if there is no row.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    pub async fn counts(
        &self,
        row: &RowKey,
        now: u64,
    ) -> Result<Option<ChallengeCounts>, StoreError> {
        let row = read(&self.client, &self.table, row.as_str()).await?;
        let counts = row.map(|row| {
            Ok::<_, LayoutError>(ChallengeCounts {
                wrong_in_a_row: number(&row, "bad")?,
                wrong_in_a_day: within(&times::read(&row, 't', WRONG_A_DAY)?, DAY, now),
                mails_in_a_day: within(&times::read(&row, 's', MAILS_KEPT)?, DAY, now),
            })
        });
        counts.transpose().map_err(Operation::ReadCounts.failed())
    }

    /// Resets the counts of a row: every limit begins anew, and its newest challenge is spent, so
    /// that the next mail may go at once.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; it may be done again.
    pub async fn reset(&self, row: &RowKey) -> Result<Written, StoreError> {
        let wrong = (1..=WRONG_A_DAY).map(|place| format!("t{place} = :zero"));
        let mails = (1..=MAILS_KEPT).map(|place| format!("s{place} = :zero"));
        let logs = wrong.chain(mails).collect::<Vec<_>>().join(", ");
        let expression = format!("SET done = seq, bad = :zero, {logs}");
        let update = Update::new(expression, "attribute_exists(seq)".to_owned());
        let update = update.value(":zero", n(0u64));
        match self.update(row, update).await.map_err(Operation::ResetCounts.failed())? {
            Updated::Written(_) => Ok(Written::Done),
            Updated::Refused(_) => Ok(Written::Refused),
        }
    }

    /// Erases a row. A new one counts from the time, so no old challenge is valid in it.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; it may be done again.
    pub async fn erase(&self, row: &RowKey) -> Result<(), StoreError> {
        self.erase_key(row.as_str()).await
    }

    async fn erase_key(&self, pk: &str) -> Result<(), StoreError> {
        let request = self.client.delete_item().table_name(&self.table).key("pk", s(pk)).send();
        request
            .await
            .map(drop)
            .map_err(|error| StoreError::new(Operation::EraseRow, failed_call(error)))
    }
}

impl AccountTable {
    /// Reads the counts of an account's row, or of an unknown name's.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    pub async fn counts(
        &self,
        key: &AccountKey,
        now: u64,
    ) -> Result<Option<PasswordCounts>, StoreError> {
        let row = read(&self.client, &self.table, key.as_str()).await?;
        let counts = row.map(|row| {
            let wrong = times::read(&row, 't', WRONG_A_DAY)?;
            Ok::<_, LayoutError>(PasswordCounts {
                wrong_in_a_row: number(&row, "bad")?,
                wrong_in_a_quarter: within(&wrong, QUARTER, now),
                wrong_in_a_day: within(&wrong, DAY, now),
            })
        });
        counts.transpose().map_err(Operation::ReadCounts.failed())
    }
}

async fn read(client: &Client, table: &str, pk: &str) -> Result<Option<Item>, StoreError> {
    let request = client.get_item().table_name(table).key("pk", s(pk)).consistent_read(true);
    let answer = request.send().await;
    let answer =
        answer.map_err(|error| StoreError::new(Operation::ReadCounts, failed_call(error)))?;
    Ok(answer.item)
}

/// Counts the times that lie within a window before `now`.
fn within(times: &[u64], window: u64, now: u64) -> usize {
    times.iter().filter(|at| **at > now.saturating_sub(window)).count()
}
