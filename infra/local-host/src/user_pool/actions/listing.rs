//! `ListUsers` with its filter.

use serde_json::Value;

use crate::aws_api::ApiError;
use crate::aws_api::input::Input;
use crate::aws_api::listing::page;
use crate::user_pool::Host;
use crate::user_pool::state::Pool;
use crate::user_pool::user::User;

/// `attribute = "value"` or `attribute ^= "value"`.
#[derive(Debug, PartialEq, Eq)]
struct Filter {
    attribute: String,
    value: String,
    is_prefix: bool,
}

impl Filter {
    fn parse(text: &str) -> Option<Self> {
        let (left, right) = text.split_once('=')?;
        let (attribute, is_prefix) = match left.trim_end().strip_suffix('^') {
            Some(attribute) => (attribute, true),
            None => (left, false),
        };
        let attribute = attribute.trim().trim_matches('"');
        let value = right.trim().strip_prefix('"')?.strip_suffix('"')?;
        let searchable = matches!(
            attribute,
            "username"
                | "email"
                | "phone_number"
                | "name"
                | "given_name"
                | "family_name"
                | "preferred_username"
                | "cognito:user_status"
                | "status"
                | "sub"
        );
        searchable.then(|| Self {
            attribute: attribute.to_owned(),
            value: value.replace("\\\"", "\"").replace("\\\\", "\\"),
            is_prefix,
        })
    }

    fn accepts(&self, pool: &Pool, user: &User) -> bool {
        let held = match self.attribute.as_str() {
            "username" => Some(user.name.as_str()),
            "sub" => Some(user.sub.as_str()),
            "cognito:user_status" => Some(user.status.name()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            other => user.attributes.get(other).map(String::as_str),
        };
        held.is_some_and(|held| {
            if self.is_prefix {
                held.starts_with(&self.value)
            } else if matches!(self.attribute.as_str(), "username" | "email") {
                pool.same_name(held, &self.value)
            } else {
                held == self.value
            }
        })
    }
}

impl Host {
    pub(super) fn list_users(&self, input: &Input) -> Result<Value, ApiError> {
        let limit = input.number("Limit", 0, 60)?.filter(|limit| *limit > 0);
        let shown = input.list("AttributesToGet")?;
        let filter = match input.text("Filter")?.map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(
                Filter::parse(text)
                    .ok_or_else(|| ApiError::invalid("Error while parsing filter."))?,
            ),
        };
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        let users: Vec<Value> = pool
            .users
            .values()
            .filter(|user| filter.as_ref().is_none_or(|filter| filter.accepts(pool, user)))
            .map(|user| {
                user.describe(|name| {
                    shown.as_ref().is_none_or(|shown| shown.iter().any(|wanted| wanted == name))
                })
            })
            .collect();
        page("Users", users, limit, "PaginationToken", input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_an_attribute_an_operator_and_a_quoted_text() {
        let parsed = Filter::parse("email ^= \"noor\"").unwrap();
        assert_eq!(parsed.attribute, "email");
        assert_eq!(parsed.value, "noor");
        assert!(parsed.is_prefix);
        assert!(!Filter::parse("\"email\"=\"a@b.c\"").unwrap().is_prefix);
        for text in ["email", "email = noor", "locale = \"nl\""] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
