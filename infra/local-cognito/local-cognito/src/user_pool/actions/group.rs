//! Groups as the control plane sees them.

use serde_json::{Map, Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::aws_api::listing::page;
use crate::user_pool::Host;
use crate::user_pool::state::{Group, no_such_group};

impl Group {
    pub(super) fn describe(&self, pool: &str) -> Value {
        let mut shown = Map::new();
        shown.insert("GroupName".to_owned(), self.name.clone().into());
        shown.insert("UserPoolId".to_owned(), pool.into());
        shown.insert("CreationDate".to_owned(), self.created.into());
        shown.insert("LastModifiedDate".to_owned(), self.modified.max(self.created).into());
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

    /// Takes over the properties that an input names; the others stay.
    fn set(&mut self, input: &Input) -> Result<(), ApiError> {
        let text = |name: &str| Ok(input.text(name)?.map(ToOwned::to_owned));
        let description = text("Description")?;
        let role_arn = text("RoleArn")?;
        let precedence = input.number("Precedence", 0, i32::MAX.unsigned_abs().into())?;
        self.description = description.or(self.description.take());
        self.role_arn = role_arn.or(self.role_arn.take());
        self.precedence = precedence.or(self.precedence);
        Ok(())
    }
}

impl Host {
    pub(super) fn create_group(&self, input: &Input) -> Result<Value, ApiError> {
        let now = self.clock.now();
        let mut group = Group {
            name: input.required("GroupName")?.to_owned(),
            description: None,
            role_arn: None,
            precedence: None,
            created: now,
            modified: now,
        };
        group.set(input)?;
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

    pub(super) fn get_group(&self, input: &Input) -> Result<Value, ApiError> {
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        let group = pool.group(input.required("GroupName")?)?;
        Ok(json!({"Group": group.describe(&pool.id)}))
    }

    pub(super) fn update_group(&self, input: &Input) -> Result<Value, ApiError> {
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(input.required("UserPoolId")?)?;
        let name = input.required("GroupName")?;
        let group = pool.groups.get_mut(name).ok_or_else(no_such_group)?;
        group.set(input)?;
        group.modified = now;
        Ok(json!({"Group": group.describe(&pool.id)}))
    }

    /// Deletes a group with its memberships, so that a later group of the name starts empty.
    pub(super) fn delete_group(&self, input: &Input) -> Result<Value, ApiError> {
        let mut state = self.state();
        let pool = state.pool_mut(input.required("UserPoolId")?)?;
        let name = input.required("GroupName")?;
        pool.groups.remove(name).ok_or_else(no_such_group)?;
        for user in pool.users.values_mut() {
            user.groups.remove(name);
        }
        Ok(json!({}))
    }

    pub(super) fn list_groups(&self, input: &Input) -> Result<Value, ApiError> {
        let limit = input.page_size("Limit")?;
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        let groups = pool.groups.values().map(|group| group.describe(&pool.id)).collect();
        page("Groups", groups, limit, "NextToken", input)
    }
}
