//! Quotas in memory.

use lifeguard_identity::account::AccountKey;
use lifeguard_identity::registration_quota::RegistrationQuota;
use lifeguard_store::StoreError;
use lifeguard_store::quotas::{QuotaCount, Quotas};

use super::MemoryAccounts;

impl Quotas for MemoryAccounts {
    async fn count(&self, quota: &RegistrationQuota) -> Result<QuotaCount, StoreError> {
        Ok(self.change(&AccountKey::from_stored(quota.key.clone()), |row| {
            if row.registrations >= quota.limit {
                return QuotaCount::Exhausted;
            }
            row.registrations += 1;
            QuotaCount::Counted(row.registrations)
        }))
    }
}
