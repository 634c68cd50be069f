//! Items that a call to DynamoDB touches, as IAM is asked about them.
//!
//! Everything that is not understood touches nothing that could be allowed.
//! Contract: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::key_condition::partition;
use local_cognito_sam_template::Table;

/// The attribute that leads the key, by the name of the table.
#[derive(Clone, Debug, Default)]
pub struct LeadingKeys(BTreeMap<String, String>);

impl LeadingKeys {
    /// Those of the template's tables.
    pub fn new(tables: &[Table]) -> Self {
        let leading = |table: &Table| {
            let schema = table.definition.get("KeySchema")?.as_array()?;
            let hash = schema.iter().find(|key| key.get("KeyType") == Some(&"HASH".into()))?;
            Some((table.name.clone(), hash.get("AttributeName")?.as_str()?.to_owned()))
        };
        Self(tables.iter().filter_map(leading).collect())
    }
}

/// One table, what is done to it, and which leading keys of it that concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Action that IAM judges, such as `dynamodb:GetItem`.
    pub action: &'static str,
    /// Name of the table.
    pub table: String,
    /// None for what goes through the whole table.
    pub keys: Vec<String>,
}

/// Returns the items that a call touches; `None` if it is not understood.
pub fn touched(
    action: &str,
    input: &Map<String, Value>,
    leading: &LeadingKeys,
) -> Option<Vec<Touched>> {
    let one = |action, keys: Vec<Option<String>>| {
        let table = input.get("TableName")?.as_str()?.to_owned();
        Some(vec![Touched { action, table, keys: keys.into_iter().collect::<Option<_>>()? }])
    };
    let table = input.get("TableName").and_then(Value::as_str).unwrap_or_default();
    let of = |member: &str| key_of(leading, table, input.get(member));
    match action {
        "GetItem" => one("dynamodb:GetItem", vec![of("Key")]),
        "PutItem" => one("dynamodb:PutItem", vec![of("Item")]),
        "UpdateItem" => one("dynamodb:UpdateItem", vec![of("Key")]),
        "DeleteItem" => one("dynamodb:DeleteItem", vec![of("Key")]),
        "Query" => one("dynamodb:Query", query_keys(leading, table, input)),
        "Scan" => one("dynamodb:Scan", Vec::new()),
        "DescribeTable" => one("dynamodb:DescribeTable", Vec::new()),
        "BatchGetItem" => batch(input, |table, request| {
            let keys = request.get("Keys")?.as_array()?;
            let keys = keys.iter().map(|key| key_of(leading, table, Some(key)));
            touched_in("dynamodb:BatchGetItem", table, keys.collect::<Option<_>>()?)
        }),
        "BatchWriteItem" => batch(input, |table, request| {
            let writes = request.as_array()?;
            let keys = writes.iter().map(|write| written_key(leading, table, write));
            touched_in("dynamodb:BatchWriteItem", table, keys.collect::<Option<_>>()?)
        }),
        _ => None,
    }
}

fn batch(
    input: &Map<String, Value>,
    touched: impl Fn(&str, &Value) -> Option<Touched>,
) -> Option<Vec<Touched>> {
    let tables = input.get("RequestItems")?.as_object()?;
    tables.iter().map(|(table, request)| touched(table, request)).collect()
}

fn touched_in(action: &'static str, table: &str, keys: Vec<String>) -> Option<Touched> {
    (!keys.is_empty()).then(|| Touched { action, table: table.to_owned(), keys })
}

/// The leading key of one write of a batch, which either puts or deletes.
fn written_key(leading: &LeadingKeys, table: &str, write: &Value) -> Option<String> {
    let write = write.as_object()?;
    match (write.get("PutRequest"), write.get("DeleteRequest")) {
        (Some(put), None) => key_of(leading, table, put.get("Item")),
        (None, Some(delete)) => key_of(leading, table, delete.get("Key")),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// The leading keys of a query: of its condition, and of the place where it goes on.
fn query_keys(
    leading: &LeadingKeys,
    table: &str,
    query: &Map<String, Value>,
) -> Vec<Option<String>> {
    // An index has other leading keys, and the older conditions are another language.
    if ["IndexName", "KeyConditions"].iter().any(|member| query.contains_key(*member)) {
        return vec![None];
    }
    let name = leading.0.get(table);
    let condition = name.and_then(|name| partition(query, name)).map(str::to_owned);
    let place = query.get("ExclusiveStartKey").filter(|place| !place.is_null());
    [Some(condition), place.map(|place| key_of(leading, table, Some(place)))]
        .into_iter()
        .flatten()
        .collect()
}

/// The leading key of a row or of its key.
fn key_of(leading: &LeadingKeys, table: &str, row: Option<&Value>) -> Option<String> {
    let value = row?.get(leading.0.get(table)?)?.as_object()?;
    match value.len() {
        1 => value.get("S")?.as_str().map(str::to_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{LeadingKeys, Touched, touched};

    const TABLE: &str = "notes";

    /// Checks the items that a call with these members touches, beside the table's name; the keys
    /// alone.
    fn keys(action: &str, members: &Value) -> Option<Vec<Vec<String>>> {
        let leading = LeadingKeys([(TABLE.to_owned(), "pk".to_owned())].into());
        let mut input = members.as_object().unwrap().clone();
        if !input.contains_key("RequestItems") {
            input.entry("TableName").or_insert(json!(TABLE));
        }
        let touched = touched(action, &input, &leading)?;
        assert!(touched.iter().all(|each| each.action == format!("dynamodb:{action}")));
        Some(touched.into_iter().map(|Touched { keys, .. }| keys).collect())
    }

    #[track_caller]
    fn check(action: &str, members: Value, expected: &[&[&str]]) {
        let expected: Vec<Vec<String>> = expected
            .iter()
            .map(|keys| keys.iter().map(|key| (*key).to_owned()).collect())
            .collect();
        assert_eq!(keys(action, &members), Some(expected), "{action} {members}");
    }

    #[track_caller]
    fn check_not_understood(action: &str, members: Value) {
        assert_eq!(keys(action, &members), None, "{action} {members}");
    }

    fn row(pk: &str) -> Value {
        json!({"pk": {"S": pk}, "sk": {"S": "1"}})
    }

    #[test]
    fn single_rows_touch_their_leading_key() {
        for action in ["GetItem", "UpdateItem", "DeleteItem"] {
            check(action, json!({"Key": row("ada")}), &[&["ada"]]);
            check_not_understood(action, json!({"Key": {"sk": {"S": "1"}}}));
            check_not_understood(action, json!({"Key": {"pk": {"N": "1"}}}));
            check_not_understood(action, json!({"Key": {"pk": {"S": "ada", "N": "1"}}}));
            check_not_understood(action, json!({"Key": row("ada"), "TableName": "unknown"}));
            check_not_understood(action, json!({"Key": row("ada"), "TableName": null}));
            check_not_understood(action, json!({}));
        }
        check("PutItem", json!({"Item": row("ada")}), &[&["ada"]]);
        check_not_understood("PutItem", json!({"Key": row("ada")}));
    }

    #[test]
    fn batches_touch_every_key_they_name() {
        let get = |keys: Value| json!({"RequestItems": {TABLE: {"Keys": keys}}});
        check("BatchGetItem", get(json!([row("ada"), row("bob")])), &[&["ada", "bob"]]);
        check_not_understood("BatchGetItem", get(json!([])));
        check_not_understood("BatchGetItem", get(json!([row("ada"), {}])));
        let write = |writes: Value| json!({"RequestItems": {TABLE: writes}});
        let put = json!({"PutRequest": {"Item": row("ada")}});
        let delete = json!({"DeleteRequest": {"Key": row("bob")}});
        check("BatchWriteItem", write(json!([put, delete])), &[&["ada", "bob"]]);
        check_not_understood("BatchWriteItem", write(json!([])));
        check_not_understood("BatchWriteItem", write(json!([put, {}])));
        let both = json!({"PutRequest": {"Item": row("ada")}, "DeleteRequest": {"Key": row("b")}});
        check_not_understood("BatchWriteItem", write(json!([both])));
        let unknown = json!({"RequestItems": {"unknown": {"Keys": [row("ada")]}}});
        check_not_understood("BatchGetItem", unknown);
    }

    #[test]
    fn queries_touch_their_partition_and_the_place_where_they_go_on() {
        let query = json!({
            "KeyConditionExpression": "pk = :own",
            "ExpressionAttributeValues": {":own": {"S": "ada"}},
        });
        let with = |member: &str, value: Value| {
            let mut query = query.clone();
            query[member] = value;
            query
        };
        check("Query", query.clone(), &[&["ada"]]);
        check("Query", with("ExclusiveStartKey", row("bob")), &[&["ada", "bob"]]);
        check("Query", with("ExclusiveStartKey", Value::Null), &[&["ada"]]);
        check_not_understood("Query", with("ExclusiveStartKey", json!({})));
        check_not_understood("Query", with("IndexName", json!("by_id")));
        check_not_understood("Query", with("KeyConditions", json!({})));
        check_not_understood("Query", with("KeyConditionExpression", json!("sk = :own")));
    }

    #[test]
    fn whole_tables_have_no_key_and_the_rest_is_not_understood() {
        check("Scan", json!({}), &[&[]]);
        check("DescribeTable", json!({}), &[&[]]);
        for action in ["TransactWriteItems", "ExecuteStatement", "ListTables", "DeleteTable", ""] {
            check_not_understood(action, json!({"Key": row("ada")}));
        }
    }
}
