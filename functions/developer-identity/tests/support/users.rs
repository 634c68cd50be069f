//! The developer users of the test pool.

use developer_identity::identity_pool::PoolFault;
use developer_identity::identity_pool::developer_users::{
    DeveloperIdentity, DeveloperUsers, MergeResult,
};
use lifeguard_identity::account::AccountId;

use super::pool::Pool;

/// The developer provider of the settings.
const PROVIDER: &str = "lifeguard";

impl Pool {
    async fn carry<T>(
        &self,
        call: impl Future<Output = Result<T, PoolFault>>,
    ) -> Result<T, PoolFault> {
        let answer = self.service.call(call).await;
        answer.unwrap_or_else(|_| Err(PoolFault::LookUp("lost".into())))
    }

    fn known(&self, identity: Option<String>) -> Option<DeveloperIdentity> {
        let identity = identity?;
        let users = self.users.borrow();
        let of_it = users.iter().filter(|(_, other)| **other == identity);
        let users: Vec<_> = of_it.filter_map(|(user, _)| AccountId::parse(user)).collect();
        (!users.is_empty()).then_some(DeveloperIdentity { identity, users })
    }

    fn of(&self, account: &AccountId) -> Option<String> {
        self.users.borrow().get(account.as_str()).cloned()
    }
}

impl DeveloperUsers for Pool {
    async fn find_by_account(
        &self,
        account: &AccountId,
    ) -> Result<Option<DeveloperIdentity>, PoolFault> {
        self.carry(async { Ok(self.known(self.of(account))) }).await
    }

    async fn find_by_identity(
        &self,
        identity: &str,
    ) -> Result<Option<DeveloperIdentity>, PoolFault> {
        self.carry(async { Ok(self.known(Some(identity.to_owned()))) }).await
    }

    async fn merge(
        &self,
        provider: &str,
        source: &AccountId,
        destination: &AccountId,
    ) -> Result<MergeResult, PoolFault> {
        assert_eq!(provider, PROVIDER);
        let merge = async {
            if self.conflicts.get() {
                return Ok(MergeResult::Conflict);
            }
            let (Some(from), Some(to)) = (self.of(source), self.of(destination)) else {
                return Ok(MergeResult::Unknown);
            };
            let mut users = self.users.borrow_mut();
            for identity in users.values_mut().filter(|identity| **identity == from) {
                identity.clone_from(&to);
            }
            Ok(MergeResult::Into(to))
        };
        self.carry(merge).await
    }

    async fn unlink(
        &self,
        provider: &str,
        identity: &str,
        account: &AccountId,
    ) -> Result<(), PoolFault> {
        assert_eq!(provider, PROVIDER);
        let unlink = async {
            let is_there = self.of(account).is_some_and(|known| known == identity);
            if is_there {
                self.users.borrow_mut().remove(account.as_str());
            }
            Ok(())
        };
        self.carry(unlink).await
    }
}
