//! Typed requests: the members of an input, parsed once after its constraints have been checked.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;
use local_cognito_aws_emulation::listing::PageRequest;

/// One item of a list of attributes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    value: Option<String>,
}

/// Parses the members of an input into the request of an action.
///
/// # Errors
/// `SerializationException` for members that the API model accepts and the request does not.
pub(crate) fn parse<R: DeserializeOwned>(members: Map<String, Value>) -> Result<R, ApiError> {
    serde_json::from_value(Value::Object(members))
        .map_err(|error| ApiError::serialization(error.to_string()))
}

/// Parses a map of texts, such as `ClientMetadata`; null counts as absent.
pub(crate) fn texts<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Texts>, D::Error> {
    let map: Option<BTreeMap<String, Option<String>>> = Option::deserialize(input)?;
    Ok(map.map(|map| map.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()))
}

/// Parses a list of `{Name, Value}` into a map; an absent value is empty.
pub(crate) fn attributes<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Texts>, D::Error> {
    let list: Option<Vec<Attribute>> = Option::deserialize(input)?;
    let pair = |attribute: Attribute| (attribute.name, attribute.value.unwrap_or_default());
    Ok(list.map(|list| list.into_iter().map(pair).collect()))
}

/// Returns the wanted size of a page; 0 leaves it to the service, as no number does.
pub(crate) fn page_size(limit: Option<u64>) -> Option<u64> {
    limit.filter(|size| *size > 0)
}

/// Returns one page of `items`, and the token of the next one if there is more. `token` is the
/// name of the member that holds the token, `given` the token in the request.
pub(crate) fn page(
    name: &str,
    items: Vec<Value>,
    limit: Option<u64>,
    token: &'static str,
    given: Option<&str>,
) -> Result<Value, ApiError> {
    Ok(Value::Object(PageRequest::parse(token, given, limit)?.cut(name, items)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        username: String,
        #[serde(default, deserialize_with = "texts")]
        client_metadata: Option<Texts>,
        #[serde(default, deserialize_with = "attributes")]
        user_attributes: Option<Texts>,
    }

    #[track_caller]
    fn check(more: Value, metadata: Option<&[(&str, &str)]>, listed: Option<&[(&str, &str)]>) {
        let mut input = json!({"Username": "noor", "Unknown": 1});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let expected = Request {
            username: "noor".to_owned(),
            client_metadata: metadata.map(map),
            user_attributes: listed.map(map),
        };
        assert_eq!(parse(input.as_object().unwrap().clone()), Ok(expected), "{more}");
    }

    #[test]
    fn null_counts_as_absent_at_every_depth() {
        check(json!({}), None, None);
        check(json!({"ClientMetadata": null, "UserAttributes": null}), None, None);
        check(json!({"ClientMetadata": {}, "UserAttributes": []}), Some(&[]), Some(&[]));
        check(json!({"ClientMetadata": {"a": "1", "b": null}}), Some(&[("a", "1")]), None);
        let listed = json!([{"Name": "a", "Value": null}, {"Name": "b"}]);
        check(json!({"UserAttributes": listed}), None, Some(&[("a", ""), ("b", "")]));
    }

    #[test]
    fn last_attribute_of_a_name_wins() {
        let listed = json!([{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]);
        check(json!({"UserAttributes": listed}), None, Some(&[("a", "2")]));
    }

    #[test]
    fn member_of_another_type_is_a_serialization_error() {
        let input = json!({"Username": 7}).as_object().unwrap().clone();
        let error = parse::<Request>(input).unwrap_err();
        assert_eq!(error.kind, "SerializationException");
    }

    #[test]
    fn page_of_size_zero_has_the_size_of_the_service() {
        assert_eq!([Some(0), None, Some(1)].map(page_size), [None, None, Some(1)]);
    }
}
