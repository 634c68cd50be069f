//! A group of a pool.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::constraint;

/// The greatest precedence.
const GREATEST: u64 = 2_147_483_647;

/// One group.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) role_arn: Option<String>,
    pub(crate) precedence: Option<u64>,
    pub(crate) created: u64,
    #[serde(default)]
    pub(crate) modified: u64,
}

/// Properties of a group that inputs may set.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GroupProperties {
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<u64>,
}

impl Group {
    /// Returns a group without properties.
    pub(crate) fn new(name: String, now: u64) -> Self {
        Self {
            name,
            description: None,
            role_arn: None,
            precedence: None,
            created: now,
            modified: now,
        }
    }

    /// Sets the properties that an input names; the others stay.
    ///
    /// # Errors
    /// `InvalidParameterException` for a precedence that is too great.
    pub(crate) fn set(&mut self, properties: GroupProperties) -> Result<(), ApiError> {
        if let Some(number) = properties.precedence.filter(|number| *number > GREATEST) {
            return Err(constraint(
                &format!("'{number}'"),
                "Precedence",
                &format!("Member must have value less than or equal to {GREATEST}"),
            ));
        }
        self.description = properties.description.or(self.description.take());
        self.role_arn = properties.role_arn.or(self.role_arn.take());
        self.precedence = properties.precedence.or(self.precedence);
        Ok(())
    }

    /// Describes the group as `GetGroup` does.
    pub(crate) fn describe(&self, pool: &str) -> Value {
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
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(input: Value, expected: Value) {
        let mut group = Group::new("editors".to_owned(), 1);
        group.description = Some("first".to_owned());
        group.precedence = Some(3);
        let error = group.set(serde_json::from_value(input.clone()).unwrap()).err();
        let found = json!([group.description, group.precedence, error.map(|error| error.kind)]);
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn input_sets_the_properties_that_it_names() {
        check(json!({}), json!(["first", 3, null]));
        check(json!({"Precedence": 0}), json!(["first", 0, null]));
        check(json!({"Description": ""}), json!(["", 3, null]));
        check(json!({"Precedence": GREATEST}), json!(["first", GREATEST, null]));
        let refused = json!(["first", 3, "InvalidParameterException"]);
        check(json!({"Precedence": GREATEST + 1, "Description": "x"}), refused);
    }
}
