//! Members of groups.

use serde_json::{Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::aws_api::listing::page;
use crate::user_pool::Host;

impl Host {
    pub(super) fn add_to_group(&self, input: &Input) -> Result<Value, ApiError> {
        let group = input.required("GroupName")?;
        let (pool, name) = self.subject(input)?;
        let mut state = self.state();
        let pool = state.pool_mut(&pool)?;
        pool.group(group)?;
        pool.user_mut(&name)?.groups.insert(group.to_owned());
        Ok(json!({}))
    }

    pub(super) fn remove_from_group(&self, input: &Input) -> Result<Value, ApiError> {
        let group = input.required("GroupName")?;
        let (pool, name) = self.subject(input)?;
        let mut state = self.state();
        let pool = state.pool_mut(&pool)?;
        pool.group(group)?;
        pool.user_mut(&name)?.groups.remove(group);
        Ok(json!({}))
    }

    pub(super) fn list_groups_of_user(&self, input: &Input) -> Result<Value, ApiError> {
        let limit = input.page_size("Limit")?;
        let (pool, name) = self.subject(input)?;
        let state = self.state();
        let pool = state.pool(&pool)?;
        let groups: Vec<Value> = pool
            .user(&name)?
            .groups
            .iter()
            .filter_map(|group| pool.groups.get(group))
            .map(|group| group.describe(&pool.id))
            .collect();
        page("Groups", groups, limit, "NextToken", input)
    }

    pub(super) fn list_users_in_group(&self, input: &Input) -> Result<Value, ApiError> {
        let limit = input.page_size("Limit")?;
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        let group = pool.group(input.required("GroupName")?)?;
        let users: Vec<Value> = pool
            .users
            .values()
            .filter(|user| user.groups.contains(&group.name))
            .map(|user| user.describe(|_| true))
            .collect();
        page("Users", users, limit, "NextToken", input)
    }
}
