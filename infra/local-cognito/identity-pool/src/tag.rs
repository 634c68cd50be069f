//! Principal tags: from the developer's call, or from the claims of a token.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::limits::violates_map;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Input, Texts};

const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;
/// Keys and attributes of a map together, in bytes.
const LARGEST_MAP: usize = 460;
/// Claims of the default map by tag.
const DEFAULTS: [(&str, &str); 2] = [("username", "sub"), ("client", "aud")];

/// Claims of a provider's tokens that become principal tags.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct TagMap {
    pub(crate) use_defaults: bool,
    /// Claims by tag.
    pub(crate) tags: Texts,
}

impl TagMap {
    /// Returns the tags that claims make; a missing claim makes no tag.
    pub(crate) fn apply(&self, claims: &Map<String, Value>) -> BTreeMap<String, String> {
        let tag = |key: &str, claim: &str| {
            let value = match claims.get(claim)? {
                Value::String(text) => text.clone(),
                other @ (Value::Bool(_) | Value::Number(_)) => other.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            };
            Some((key.to_owned(), value))
        };
        if self.use_defaults {
            return DEFAULTS.into_iter().filter_map(|(key, claim)| tag(key, claim)).collect();
        }
        self.tags.iter().filter_map(|(key, claim)| tag(key, claim)).collect()
    }
}

/// Parses `PrincipalTags` of an input.
pub(crate) fn parse_tags(input: &Input) -> Result<Texts, ApiError> {
    let tags = input.texts("PrincipalTags")?.unwrap_or_default();
    let fits = |text: &str, most: usize| (1..=most).contains(&text.chars().count());
    let fit = tags.len() <= MOST_TAGS
        && tags.iter().all(|(key, value)| fits(key, LONGEST_KEY) && fits(value, LONGEST_VALUE));
    if fit {
        return Ok(tags);
    }
    Err(violates_map("principalTags", "at most 50 pairs of lengths 1 to 128 and 1 to 256"))
}

/// Checks that a map is small enough.
pub(crate) fn check_size(tags: &Texts) -> Result<(), ApiError> {
    let size: usize = tags.iter().map(|(key, claim)| key.len() + claim.len()).sum();
    if size <= LARGEST_MAP {
        return Ok(());
    }
    Err(ApiError::invalid(format!("The principal tags are longer than {LARGEST_MAP} bytes.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(map: &TagMap, claims: Value, expected: &[(&str, &str)]) {
        let expected: BTreeMap<String, String> =
            expected.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        assert_eq!(map.apply(claims.as_object().unwrap()), expected);
    }

    #[test]
    fn claims_of_one_value_become_tags() {
        let tags = [("team", "custom:team"), ("staff", "is_staff")];
        let map = TagMap {
            use_defaults: false,
            tags: tags.into_iter().map(|(key, claim)| (key.into(), claim.into())).collect(),
        };
        check(
            &map,
            json!({"custom:team": "red", "is_staff": true}),
            &[("staff", "true"), ("team", "red")],
        );
        check(&map, json!({"custom:team": ["red"], "is_staff": null}), &[]);
        let defaults = TagMap { use_defaults: true, tags: map.tags };
        check(
            &defaults,
            json!({"sub": "s", "aud": "a", "custom:team": "red"}),
            &[("client", "a"), ("username", "s")],
        );
    }
}
