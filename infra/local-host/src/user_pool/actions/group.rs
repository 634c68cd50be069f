//! Groups and who is in them.

use serde_json::{Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::user_pool::Host;
use crate::user_pool::state::Group;

impl Group {
    fn describe(&self, pool: &str) -> Value {
        let mut shown = serde_json::Map::new();
        shown.insert("GroupName".to_owned(), self.name.clone().into());
        shown.insert("UserPoolId".to_owned(), pool.into());
        shown.insert("CreationDate".to_owned(), self.created.into());
        shown.insert("LastModifiedDate".to_owned(), self.created.into());
        for (name, value) in [
            ("Description", self.description.clone().map(Value::from)),
            ("RoleArn", self.role_arn.clone().map(Value::from)),
            ("Precedence", self.precedence.map(Value::from)),
        ] {
            if let Some(value) = value {
                shown.insert(name.to_owned(), value);
            }
        }
        Value::Object(shown)
    }
}

impl Host {
    pub(super) fn create_group(&self, input: &Input) -> Result<Value, ApiError> {
        let group = Group {
            name: input.required("GroupName")?.to_owned(),
            description: input.text("Description")?.map(ToOwned::to_owned),
            role_arn: input.text("RoleArn")?.map(ToOwned::to_owned),
            precedence: input.number("Precedence", 0, u64::from(u32::MAX))?,
            created: self.clock.now(),
        };
        let mut state = self.state();
        let pool = state.pool_mut(input.required("UserPoolId")?)?;
        if pool.groups.contains_key(&group.name) {
            return Err(ApiError::new(
                "GroupExistsException",
                "A group with the name already exists.",
            ));
        }
        let shown = group.describe(&pool.id);
        pool.groups.insert(group.name.clone(), group);
        Ok(json!({"Group": shown}))
    }

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
        Ok(json!({"Groups": groups}))
    }
}
