//! `ListUsers` with its filter.

use serde::Deserialize;
use serde_json::Value;

use crate::config::PoolConfig;
use crate::pool::Pool;
use crate::registry::PoolRegistry;
use crate::request::{page, page_size};
use crate::schema;
use crate::user::User;
use local_cognito_aws_emulation::ApiError;

/// Attributes by which users can be searched.
const SEARCHABLE: [&str; 10] = [
    "cognito:user_status",
    "email",
    "family_name",
    "given_name",
    "name",
    "phone_number",
    "preferred_username",
    "status",
    "sub",
    "username",
];

/// Request of `ListUsers`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListUsersRequest {
    user_pool_id: String,
    attributes_to_get: Option<Vec<String>>,
    limit: Option<u64>,
    pagination_token: Option<String>,
    filter: Option<String>,
}

/// `attribute = "value"` or `attribute ^= "value"`.
#[derive(Debug, PartialEq, Eq)]
struct Filter {
    attribute: String,
    value: String,
    is_prefix: bool,
}

impl Filter {
    fn parse(text: &str) -> Result<Self, ApiError> {
        let filter =
            Self::split(text).ok_or_else(|| ApiError::invalid("Error while parsing filter."))?;
        if !SEARCHABLE.contains(&filter.attribute.as_str()) {
            let message = format!("Invalid search attribute: {}", filter.attribute);
            return Err(ApiError::invalid(message));
        }
        Ok(filter)
    }

    fn split(text: &str) -> Option<Self> {
        let (left, right) = text.split_once('=')?;
        let (left, is_prefix) = match left.strip_suffix('^') {
            Some(left) => (left, true),
            None => (left, false),
        };
        let attribute = left.trim();
        let attribute = match attribute.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"')?,
            None => attribute,
        };
        let is_name = !attribute.is_empty()
            && !attribute.contains(|letter: char| letter == '"' || letter.is_whitespace());
        let value = unquoted(right.trim())?;
        is_name.then(|| Self { attribute: attribute.to_owned(), value, is_prefix })
    }

    /// User names and addresses compare as the pool compares names, the state of an account
    /// without letter case, all else exactly.
    fn accepts(&self, config: &PoolConfig, user: &User) -> bool {
        let held = match self.attribute.as_str() {
            "username" => Some(user.name.as_str()),
            "sub" => Some(user.sub.as_str()),
            "cognito:user_status" => Some(user.status.name()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            other => user.attributes.get(other).map(String::as_str),
        };
        let ignores_case = match self.attribute.as_str() {
            "cognito:user_status" => true,
            "username" | "email" | "preferred_username" => !config.is_case_sensitive(),
            _ => false,
        };
        let folded = |text: &str| {
            if ignores_case { text.to_lowercase() } else { text.to_owned() }
        };
        let wanted = folded(&self.value);
        held.map(folded).is_some_and(|held| {
            if self.is_prefix { held.starts_with(&wanted) } else { held == wanted }
        })
    }
}

/// The text between two quotation marks; one within is escaped by a backslash, as that is itself.
fn unquoted(text: &str) -> Option<String> {
    let mut letters = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match letters.next()? {
            '"' => return letters.next().is_none().then_some(value),
            '\\' => match letters.next()? {
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
}

pub(crate) fn list_users(
    pools: &PoolRegistry,
    request: ListUsersRequest,
) -> Result<Value, ApiError> {
    let wanted = &request.attributes_to_get;
    let filter = match request.filter.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(Filter::parse(text)?),
    };
    let state = pools.lock();
    let pool = state.pool(&request.user_pool_id)?;
    let users: Vec<&User> = pool
        .users
        .all()
        .filter(|user| filter.as_ref().is_none_or(|filter| filter.accepts(&pool.config, user)))
        .collect();
    for name in wanted.iter().flatten() {
        check_requested(pool, &users, name)?;
    }
    let is_shown = |name: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|wanted| wanted == name))
    };
    let users = users.into_iter().map(|user| user.describe(is_shown)).collect();
    let token = request.pagination_token.as_deref();
    page("Users", users, page_size(request.limit), "PaginationToken", token)
}

/// Checks that every user of the result has a requested attribute, as AWS demands.
fn check_requested(pool: &Pool, users: &[&User], name: &str) -> Result<(), ApiError> {
    let is_held = |user: &&User| name == "sub" || user.attributes.contains_key(name);
    if schema::exists(&pool.config, name) && users.iter().all(is_held) {
        return Ok(());
    }
    Err(ApiError::invalid("One or more requested attributes do not exist."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(&str, bool, &str), &str>) {
        let parsed = Filter::parse(text);
        let parsed = parsed
            .as_ref()
            .map_err(|error| error.message.as_str())
            .map(|filter| (filter.attribute.as_str(), filter.is_prefix, filter.value.as_str()));
        assert_eq!(parsed, expected, "{text}");
    }

    #[test]
    fn filter_is_attribute_operator_and_quoted_text() {
        check(r#"email ^= "noor""#, Ok(("email", true, "noor")));
        check(r#"email="a@b.c""#, Ok(("email", false, "a@b.c")));
        check(r#" "email" = "a@b.c" "#, Ok(("email", false, "a@b.c")));
        check(r#"name = """#, Ok(("name", false, "")));
        check(r#"name = "a=b^=c""#, Ok(("name", false, "a=b^=c")));
        check(r#"name = "a \"b\" \\""#, Ok(("name", false, r#"a "b" \"#)));
        check(r#"username = "CORP\noor""#, Ok(("username", false, r"CORP\noor")));
        for attribute in SEARCHABLE {
            check(&format!(r#"{attribute} = "a""#), Ok((attribute, false, "a")));
        }
    }

    #[test]
    fn filter_outside_the_grammar_is_a_parse_error() {
        for text in [
            "email",
            "email = noor",
            "email =",
            r#"= "a""#,
            r#"email = "a"#,
            r#"email = a""#,
            r#"email = "a" b"#,
            r#"email = "a"b""#,
            r#"name = "O"Brien""#,
            r#"email = "a" and name = "b""#,
            r#"email = "a\""#,
            r#"email = \"a\""#,
            r#"email == "a""#,
            r#"email ^ = "a""#,
            r#"email = 'a'"#,
            r#""email = "a""#,
            r#"given name = "a""#,
            r#"email != "a""#,
        ] {
            check(text, Err("Error while parsing filter."));
        }
    }

    #[test]
    fn attribute_that_cannot_be_searched_is_named() {
        for name in ["locale", "custom:tenant", "Email", "email_verified", "cognito:username"] {
            let message = format!("Invalid search attribute: {name}");
            check(&format!(r#"{name} = "a""#), Err(&message));
        }
    }
}
