//! Create-only properties of what holds data: no parameter that may change reaches them.
//!
//! `CloudFormation` puts a new, empty resource in the place of one with a changed create-only
//! property, and takes a resource out of the stack when its condition turns. The data stays, since
//! such resources are kept, but the functions no longer see it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Write, stdout};
use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Map, Value};

use crate::tools;

/// Types that hold data, or that others know by an id.
const HOLDERS: [&str; 8] = [
    "AWS::Cognito::IdentityPool",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolGroup",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
];

/// Properties that no call changes after the creation, although the schema does not say so: an
/// update that tries fails.
const FIXED: [(&str, &str); 5] = [
    ("AWS::Cognito::IdentityPool", "DeveloperProviderName"),
    ("AWS::Cognito::UserPool", "AliasAttributes"),
    ("AWS::Cognito::UserPool", "Schema"),
    ("AWS::Cognito::UserPool", "UsernameAttributes"),
    ("AWS::Cognito::UserPool", "UsernameConfiguration"),
];

/// Parameters that reach one of them all the same, by the place that they reach. infra/README.md
/// says what a change of each does; the list may only shrink.
const REACHED: [(&str, &str); 10] = [
    ("DefaultGroupOfPool.Condition", "DefaultGroup"),
    ("DefaultGroupOfPool.Condition", "ExistingUserPool"),
    ("DefaultGroupOfPool.GroupName", "DefaultGroup"),
    ("DefaultGroupOfPool.UserPoolId", "ExistingUserPool"),
    ("IdentityPool.DeveloperProviderName", "DeveloperProvider"),
    ("ServerClient.Condition", "ExistingServerClient"),
    ("ServerClient.UserPoolId", "ExistingUserPool"),
    ("UserPool.Condition", "ExistingUserPool"),
    ("WebClient.Condition", "ExistingWebClient"),
    ("WebClient.UserPoolId", "ExistingUserPool"),
];

/// Judges a translated template.
///
/// # Errors
/// A parameter reaches what it should not, or a schema cannot be read.
pub fn check(translated: &Path) -> anyhow::Result<()> {
    let template: Value = serde_json::from_str(&std::fs::read_to_string(translated)?)?;
    let mut schemas = tools::command("python3");
    schemas.args(["-B", "tests/template/schemas.py"]).args(HOLDERS);
    let create_only: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&tools::output(&mut schemas)?)?;
    let judged = judge(&template, &create_only)?;
    writeln!(stdout(), "No parameter reaches one of {judged} create-only properties.")?;
    Ok(())
}

/// Returns the number of properties that are judged.
fn judge(template: &Value, create_only: &BTreeMap<String, Vec<String>>) -> anyhow::Result<usize> {
    let template = Template::new(template)?;
    let (mut found, mut judged) = (BTreeSet::new(), 0);
    for (id, resource) in template.resources {
        let kind = resource.get("Type").and_then(Value::as_str).unwrap_or_default();
        if !HOLDERS.contains(&kind) {
            continue;
        }
        let listed = create_only.get(kind).with_context(|| format!("no schema of {kind}"))?;
        let fixed = FIXED.iter().filter(|(of, _)| *of == kind).map(|(_, name)| *name);
        let mut reach = |place: &str, parameters: BTreeSet<String>| {
            found.extend(parameters.into_iter().map(|name| (format!("{id}.{place}"), name)));
        };
        for name in listed.iter().map(String::as_str).chain(fixed) {
            let value = resource.get("Properties").and_then(|properties| properties.get(name));
            let Some(value) = value else { continue };
            judged += 1;
            reach(name, template.parameters_of(value));
        }
        if let Some(condition) = resource.get("Condition").and_then(Value::as_str) {
            reach("Condition", template.parameters_of_condition(condition));
        }
    }
    let listed: BTreeSet<_> =
        REACHED.iter().map(|(place, name)| ((*place).to_owned(), (*name).to_owned())).collect();
    let unlisted: Vec<_> = found.difference(&listed).collect();
    ensure!(unlisted.is_empty(), "create-only: parameters reach what holds data: {unlisted:?}");
    let stale: Vec<_> = listed.difference(&found).collect();
    ensure!(stale.is_empty(), "create-only: take off the list what is not reached: {stale:?}");
    Ok(judged)
}

struct Template<'a> {
    parameters: &'a Map<String, Value>,
    conditions: &'a Map<String, Value>,
    resources: &'a Map<String, Value>,
}

impl<'a> Template<'a> {
    fn new(template: &'a Value) -> anyhow::Result<Self> {
        let section = |name: &str| {
            let section = template.get(name).and_then(Value::as_object);
            section.with_context(|| format!("the template has no {name}"))
        };
        Ok(Self {
            parameters: section("Parameters")?,
            conditions: section("Conditions")?,
            resources: section("Resources")?,
        })
    }

    fn parameters_of_condition(&self, name: &str) -> BTreeSet<String> {
        self.conditions.get(name).map(|condition| self.parameters_of(condition)).unwrap_or_default()
    }

    /// Returns the parameters that a value depends on, by reference, in a text, or by a condition.
    ///
    /// Another resource counts with its condition alone: it is judged itself where it holds data.
    fn parameters_of(&self, value: &Value) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        match value {
            Value::Array(items) => {
                found.extend(items.iter().flat_map(|item| self.parameters_of(item)))
            }
            Value::Object(members) => {
                for (name, member) in members {
                    found.extend(self.parameters_of_member(name, member));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        found
    }

    fn parameters_of_member(&self, name: &str, member: &Value) -> BTreeSet<String> {
        let mut found = self.parameters_of(member);
        // A text, or a list with one in front.
        let text = member.get(0).unwrap_or(member).as_str().unwrap_or_default();
        match name {
            "Ref" => found.extend(self.named(text)),
            "Condition" | "Fn::If" => found.extend(self.parameters_of_condition(text)),
            "Fn::GetAtt" => found.extend(self.named(resource(text))),
            "Fn::Sub" => {
                let names = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
                found.extend(names.flat_map(|name| self.named(resource(name))));
            }
            _ => {}
        }
        found
    }

    /// Returns what a name stands for: a parameter, or the parameters of a resource's condition.
    /// Account, Region and name of a stack never change.
    fn named(&self, name: &str) -> BTreeSet<String> {
        if self.parameters.contains_key(name) {
            return [name.to_owned()].into();
        }
        let condition = self.resources.get(name).and_then(|resource| resource.get("Condition"));
        let condition = condition.and_then(Value::as_str);
        condition.map(|name| self.parameters_of_condition(name)).unwrap_or_default()
    }
}

/// Returns the resource of `Resource.Attribute`, or the whole name.
fn resource(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{HOLDERS, Template, judge};

    fn template(properties: &Value) -> Value {
        json!({
            "Parameters": {"Name": {}, "Other": {}},
            "Conditions": {
                "WithName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
                "WithBoth": {"Fn::And": [{"Condition": "WithName"}, {"Fn::Equals": [{"Ref": "Other"}, 1]}]},
            },
            "Resources": {
                "Queue": {"Type": "AWS::SQS::Queue", "Condition": "WithBoth"},
                "Table": {"Type": "AWS::DynamoDB::Table", "Properties": properties},
            },
        })
    }

    #[test]
    fn value_depends_on_parameters_in_every_form() {
        let whole = template(&json!({}));
        let template = Template::new(&whole).unwrap();
        let both: &[&str] = &["Name", "Other"];
        for (value, expected) in [
            (json!("Name"), &[] as &[&str]),
            (json!([{"AttributeName": "pk"}]), &[]),
            (json!({"Ref": "AWS::StackName"}), &[]),
            (json!({"Fn::Sub": "${AWS::StackName}-${!Name}"}), &[]),
            (json!({"Ref": "Table"}), &[]),
            (json!({"Ref": "Name"}), &["Name"]),
            (json!([{"AttributeName": {"Ref": "Name"}}]), &["Name"]),
            (json!({"Fn::Sub": "a-${Name}"}), &["Name"]),
            (json!({"Fn::Sub": ["a-${X}", {"X": {"Ref": "Other"}}]}), &["Other"]),
            (json!({"Fn::If": ["WithName", "a", "b"]}), &["Name"]),
            (json!({"Fn::If": ["WithBoth", "a", "b"]}), both),
            (json!({"Fn::If": ["WithName", {"Ref": "Other"}, "b"]}), both),
            (json!({"Ref": "Queue"}), both),
            (json!({"Fn::GetAtt": ["Queue", "Arn"]}), both),
            (json!({"Fn::GetAtt": "Queue.Arn"}), both),
            (json!({"Fn::Sub": "${Queue.Arn}"}), both),
            (json!({"Fn::Join": ["", [{"Ref": "Name"}]]}), &["Name"]),
        ] {
            let found = template.parameters_of(&value);
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{value}");
        }
    }

    #[test]
    fn parameter_that_is_not_listed_is_named() {
        let create_only: BTreeMap<String, Vec<String>> =
            HOLDERS.iter().map(|kind| ((*kind).to_owned(), vec!["TableName".to_owned()])).collect();
        let complaint = |properties: Value| {
            format!("{:#}", judge(&template(&properties), &create_only).unwrap_err())
        };
        let found = complaint(json!({"TableName": {"Ref": "Name"}}));
        assert!(found.contains(r#"[("Table.TableName", "Name")]"#), "{found}");
        // What may change is not looked at; what is listed has to be found.
        let found = complaint(json!({"BillingMode": {"Ref": "Name"}}));
        assert!(found.contains("take off the list"), "{found}");
    }
}
