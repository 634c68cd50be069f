//! Pools as the control plane sees them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws_api::input::Input;
use crate::aws_api::listing::page;
use crate::aws_api::{ApiError, chance};
use crate::identity_pool::config::{settings, updated};
use crate::identity_pool::state::Pool;
use crate::identity_pool::{Host, rule};

impl Host {
    pub(super) fn create_pool(&self, input: &Input) -> Result<Value, ApiError> {
        let id = format!("{}:{}", self.settings.region, chance::uuid()?);
        self.add_pool(&id, input)
    }

    /// Creates a pool under this id.
    pub(in crate::identity_pool) fn add_pool(
        &self,
        id: &str,
        input: &Input,
    ) -> Result<Value, ApiError> {
        let pool = Pool {
            id: id.to_owned(),
            config: settings(input)?,
            roles: BTreeMap::new(),
            role_mappings: BTreeMap::new(),
            tag_maps: BTreeMap::new(),
            identities: BTreeMap::new(),
        };
        let shown = show(&pool);
        self.state().add(pool)?;
        Ok(shown)
    }

    pub(super) fn describe_pool(&self, input: &Input) -> Result<Value, ApiError> {
        let state = self.state();
        Ok(show(state.pool(rule::pool_id(input)?)?))
    }

    pub(super) fn update_pool(&self, input: &Input) -> Result<Value, ApiError> {
        let mut state = self.state();
        let pool = state.pool_mut(rule::pool_id(input)?)?;
        pool.config = updated(&pool.config, input)?;
        Ok(show(pool))
    }

    pub(super) fn delete_pool(&self, input: &Input) -> Result<Value, ApiError> {
        self.state().remove(rule::pool_id(input)?)?;
        Ok(json!({}))
    }

    pub(super) fn list_pools(&self, input: &Input) -> Result<Value, ApiError> {
        let most = rule::most(input)?;
        let state = self.state();
        let pools: Vec<Value> = state
            .pools()
            .map(|pool| {
                let name = pool.config.get("IdentityPoolName");
                json!({"IdentityPoolId": pool.id, "IdentityPoolName": name})
            })
            .collect();
        page("IdentityPools", pools, Some(most), "NextToken", input)
    }
}

fn show(pool: &Pool) -> Value {
    let mut shown = pool.config.clone();
    shown.insert("IdentityPoolId".to_owned(), json!(pool.id));
    Value::Object(shown)
}
