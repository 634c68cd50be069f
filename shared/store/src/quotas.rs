//! Counts of a day that all users share: one conditional write each.

use lifeguard_identity::registration_quota::RegistrationQuota;

use crate::accounts::AccountTable;
use crate::error::{Operation, StoreError};
use crate::item::{n, number};
use crate::update::{Update, Updated};

/// Result of counting in a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaCount {
    /// It is counted; the count with it.
    Counted(u64),
    /// The limit is reached, and nothing was counted.
    Exhausted,
}

/// Quotas, one row each.
pub trait Quotas {
    /// Counts one, if the limit is not reached. Repeated after a fault it may count twice, so a fault
    /// never lets more through than the limit.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer: then nothing may be done that the quota limits.
    fn count(
        &self,
        quota: &RegistrationQuota,
    ) -> impl Future<Output = Result<QuotaCount, StoreError>> + Send;
}

impl Quotas for AccountTable {
    async fn count(&self, quota: &RegistrationQuota) -> Result<QuotaCount, StoreError> {
        let expression = "SET qn = if_not_exists(qn, :zero) + :one, #ttl = :ttl";
        let condition = "attribute_not_exists(qn) OR qn < :limit";
        let update = Update::new(expression.to_owned(), condition.to_owned())
            .returning_the_row()
            .name("#ttl", "ttl")
            .value(":zero", n(0u64))
            .value(":one", n(1u64))
            .value(":ttl", n(quota.expires))
            .value(":limit", n(quota.limit));
        let updated = update.send(&self.client, &self.table, &quota.key).await;
        match updated.map_err(Operation::CountRegistration.failed())? {
            Updated::Written(row) => {
                let count = number(&row, "qn").map_err(Operation::CountRegistration.failed())?;
                Ok(QuotaCount::Counted(count))
            }
            Updated::Refused(_) => Ok(QuotaCount::Exhausted),
        }
    }
}
