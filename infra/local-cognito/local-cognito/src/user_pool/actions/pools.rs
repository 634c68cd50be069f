//! Pools as the control plane sees them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::unserved::VALUES;
use crate::aws_api::input::{Input, constraint};
use crate::aws_api::listing::page;
use crate::aws_api::{ApiError, chance, inputs};
use crate::user_pool::Host;
use crate::user_pool::pool::{new_config, updated_config};
use crate::user_pool::state::Pool;

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Host {
    pub(super) fn create_pool(&self, input: &Input) -> Result<Value, ApiError> {
        let id = format!("{}_{}", self.settings.region, chance::word(LETTERS, 9)?);
        self.add_pool(&id, input)
    }

    /// Creates a pool under an id that no call could give it, input and id checked as in a call.
    pub(in crate::user_pool) fn add_seeded_pool(
        &self,
        id: &str,
        input: &Input,
    ) -> Result<Value, ApiError> {
        inputs::check("CreateUserPool", input, &VALUES)?;
        let named = Input::of(json!({"UserPoolId": id}))?;
        inputs::check("DescribeUserPool", &named, &VALUES)?;
        self.add_pool(id, input)
    }

    fn add_pool(&self, id: &str, input: &Input) -> Result<Value, ApiError> {
        let now = self.clock.now();
        let pool = Pool {
            id: id.to_owned(),
            config: new_config(input)?,
            created: now,
            modified: now,
            clients: BTreeMap::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            sessions: BTreeMap::new(),
            grants: BTreeMap::new(),
            keys: None,
            simulated_recoveries: BTreeMap::new(),
            simulated_sign_ups: BTreeMap::new(),
            existence_key: None,
            mfa: Map::new(),
        };
        let shown = self.show(&pool);
        self.state().add(pool)?;
        Ok(json!({"UserPool": shown}))
    }

    fn show(&self, pool: &Pool) -> Value {
        let mut shown = pool.config.clone();
        let region = &self.settings.region;
        let id = &pool.id;
        for (name, value) in [
            ("Id", json!(id)),
            ("Arn", json!(format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{id}"))),
            ("CreationDate", json!(pool.created)),
            ("LastModifiedDate", json!(pool.modified)),
            ("EstimatedNumberOfUsers", json!(pool.users.len())),
        ] {
            shown.insert(name.to_owned(), value);
        }
        Value::Object(shown)
    }

    pub(super) fn describe_pool(&self, input: &Input) -> Result<Value, ApiError> {
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        Ok(json!({"UserPool": self.show(pool)}))
    }

    pub(super) fn update_pool(&self, input: &Input) -> Result<Value, ApiError> {
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(input.required("UserPoolId")?)?;
        pool.config = updated_config(&pool.config, input)?;
        pool.drop_factors_without_mfa();
        pool.modified = now;
        Ok(json!({}))
    }

    /// Deletes a pool with everything in it, unless it is protected.
    pub(super) fn delete_pool(&self, input: &Input) -> Result<Value, ApiError> {
        let id = input.required("UserPoolId")?;
        let mut state = self.state();
        if state.pool(id)?.setting_text(&["DeletionProtection"]) == Some("ACTIVE") {
            return Err(ApiError::invalid(
                "The user pool cannot be deleted because deletion protection is activated. \
                 Deletion protection must be inactivated first.",
            ));
        }
        state.remove(id)?;
        Ok(json!({}))
    }

    pub(super) fn list_pools(&self, input: &Input) -> Result<Value, ApiError> {
        let limit = input
            .number("MaxResults", 1, 60)?
            .ok_or_else(|| constraint("null", "MaxResults", "Member must not be null"))?;
        let state = self.state();
        let pools: Vec<Value> = state
            .pools()
            .map(|pool| {
                json!({
                    "Id": pool.id,
                    "Name": pool.setting_text(&["Name"]),
                    "LambdaConfig": pool.setting(&["LambdaConfig"]),
                    "CreationDate": pool.created,
                    "LastModifiedDate": pool.modified,
                })
            })
            .collect();
        page("UserPools", pools, Some(limit), "NextToken", input)
    }
}
