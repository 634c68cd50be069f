//! A pool as it is at one moment: its description and its MFA settings.

use serde_json::{Map, Value};

use crate::difference::differences;
use crate::members::{OBSERVED, lasting};
use crate::triggers::triggers_of;
use crate::user_pools::{CallError, UserPools};

/// Answers of the two calls that describe a pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The member `UserPool` of `DescribeUserPool`.
    pub pool: Map<String, Value>,
    /// The answer of `GetUserPoolMfaConfig`: second factors and passkeys, which the description
    /// lacks.
    pub mfa: Map<String, Value>,
}

impl Snapshot {
    /// Makes both calls.
    ///
    /// # Errors
    ///
    /// Either call fails.
    pub async fn load(pools: &UserPools, id: &str) -> Result<Self, SnapshotError> {
        let pool = pools.describe(id).await.map_err(SnapshotError::Pool)?;
        let mfa = pools.mfa_config(id).await.map_err(SnapshotError::Mfa)?;
        Ok(Self { pool, mfa })
    }

    /// Returns the differences of anything that a request could have changed, triggers included.
    pub(crate) fn changes(&self, later: &Self) -> Vec<String> {
        let settings = |pool: &Map<String, Value>| {
            let mut pool = pool.clone();
            pool.retain(|name, _| {
                *name == "LastModifiedDate" || !OBSERVED.contains(&name.as_str())
            });
            pool
        };
        let mut changes = differences(&settings(&self.pool), &settings(&later.pool));
        changes.extend(self.mfa_changes(later));
        changes
    }

    /// Returns the differences of settings that an update of the triggers must leave alone.
    pub(crate) fn side_effects(&self, later: &Self) -> Vec<String> {
        let mut effects = differences(&lasting(&self.pool), &lasting(&later.pool));
        effects.extend(self.mfa_changes(later));
        effects
    }

    /// Returns the differences of second factors and passkey settings.
    pub(crate) fn mfa_changes(&self, later: &Self) -> Vec<String> {
        differences(&self.mfa, &later.mfa)
    }

    /// Returns the differences of the triggers from those given.
    pub(crate) fn trigger_changes(&self, triggers: &Map<String, Value>) -> Vec<String> {
        differences(triggers, &triggers_of(&self.pool))
    }
}

/// Reason why a pool could not be read completely.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The description could not be read.
    #[error("The pool cannot be read: {0}")]
    Pool(CallError),
    /// The MFA settings could not be read.
    #[error("The MFA and passkey settings of the pool cannot be read (GetUserPoolMfaConfig): {0}")]
    Mfa(CallError),
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Snapshot;

    fn snapshot(pool: Value, mfa: Value) -> Snapshot {
        let object = |value: Value| value.as_object().unwrap().clone();
        Snapshot { pool: object(pool), mfa: object(mfa) }
    }

    /// Changes one member; `expected` tells if it counts as a change, and if as a side effect.
    #[track_caller]
    fn check(member: &str, expected: (bool, bool)) {
        let before = snapshot(json!({member: 1}), json!({}));
        let after = snapshot(json!({member: 2}), json!({}));
        let seen = (!before.changes(&after).is_empty(), !before.side_effects(&after).is_empty());
        assert_eq!(seen, expected, "{member}");
    }

    #[test]
    fn changes_are_told_from_observations() {
        for member in ["Policies", "Name", "Domain", "SchemaAttributes", "NewConfiguration"] {
            check(member, (true, true));
        }
        check("LambdaConfig", (true, false));
        check("LastModifiedDate", (true, false));
        for member in ["EstimatedNumberOfUsers", "Status", "SmsConfigurationFailure"] {
            check(member, (false, false));
        }
    }

    #[test]
    fn mfa_settings_count_beside_the_description() {
        let before = snapshot(json!({}), json!({"WebAuthnConfiguration": {"New": 1}}));
        let after = snapshot(json!({}), json!({}));
        let lines = ["  WebAuthnConfiguration: {\"New\":1}, then absent"];
        assert_eq!(before.changes(&after), lines);
        assert_eq!(before.side_effects(&after), lines);
    }
}
