use serde_json::{Value, json};

use super::check;
use super::model::MODEL;
use super::pattern::compile;
use super::samples::{sample, sample_input};
use super::shape::{Kind, Shape};
use crate::error::ApiError;
use crate::input::Input;

fn run(action: &str, input: Value) -> Result<(), ApiError> {
    check(action, &Input::new(input).unwrap(), &[])
}

/// Values that break one constraint of a shape each, with the rule as AWS names it.
fn breaking(shape: &Shape) -> Vec<(Value, String)> {
    let size = |limit: i64| usize::try_from(limit).unwrap();
    let mut values = Vec::new();
    match shape.kind {
        Kind::Integer => {
            values.extend(shape.max.map(|max| {
                (json!(max + 1), format!("Member must have value less than or equal to {max}"))
            }));
            values.extend(shape.min.map(|min| {
                (json!(min - 1), format!("Member must have value greater than or equal to {min}"))
            }));
        }
        Kind::String if !shape.values.is_empty() => {
            let set = format!("Member must satisfy enum value set: [{}]", shape.values.join(", "));
            values.push((json!("none-of-them"), set));
        }
        Kind::String => {
            values.extend(shape.max.map(|max| {
                let text = "a".repeat(size(max) + 1);
                (json!(text), format!("Member must have length less than or equal to {max}"))
            }));
            values.extend(shape.min.filter(|min| *min > 0).map(|min| {
                let text = "a".repeat(size(min) - 1);
                (json!(text), format!("Member must have length greater than or equal to {min}"))
            }));
            values.extend(shape.pattern.as_ref().filter(|text| *text != "(?s).*").map(|pattern| {
                let text = ["\u{a0}", " ", "\u{1}"];
                let compiled = compile(pattern).unwrap();
                let text = text.iter().find(|text| !compiled.is_match(text)).unwrap();
                let rule = "Member must satisfy regular expression pattern";
                (json!(text), format!("{rule}: {pattern}"))
            }));
        }
        Kind::Boolean | Kind::List | Kind::Map | Kind::Structure => {}
    }
    values
}

fn camel(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_lowercase())
}

#[test]
fn every_pattern_of_the_model_compiles() {
    for (name, shape) in &MODEL.shapes {
        if let Some(pattern) = &shape.pattern {
            assert!(compile(pattern).is_some(), "{name}: {pattern}");
        }
    }
}

#[test]
fn input_with_the_required_members_is_accepted() {
    for action in MODEL.actions.keys() {
        assert_eq!(run(action, sample_input(action)), Ok(()), "{action}");
    }
}

#[test]
fn every_constraint_of_every_member_is_enforced() {
    let mut tried = 0;
    for (action, shape) in &MODEL.actions {
        let shape = &MODEL.shapes[shape];
        let base = sample(shape).unwrap();
        for (name, member) in &shape.members {
            let member = &MODEL.shapes[member];
            for (value, rule) in breaking(member) {
                let mut input = base.clone();
                input[name] = value.clone();
                let error = run(action, input).unwrap_err();
                assert_eq!(error.kind, "InvalidParameterException");
                let place = format!("at '{}' failed to satisfy constraint: {rule}", camel(name));
                assert!(error.message.contains(&place), "{action}: {error}");
                let shown = value.as_str().filter(|text| text.len() > 3 && !rule.contains(*text));
                let is_shown = shown.is_some_and(|text| error.message.contains(text));
                assert!(!(member.sensitive && is_shown), "{action} {name} is sensitive");
                tried += 1;
            }
            let mut input = base.clone();
            input[name] = match member.kind {
                Kind::Boolean | Kind::Integer | Kind::List => json!("text"),
                Kind::Map | Kind::String | Kind::Structure => json!(7),
            };
            let error = run(action, input).unwrap_err();
            assert_eq!(error.kind, "SerializationException", "{action} {name}");
        }
        for name in &shape.required {
            for absent in [None, Some(Value::Null)] {
                let mut input = base.clone();
                input.as_object_mut().unwrap().remove(name);
                input.as_object_mut().unwrap().extend(absent.map(|null| (name.clone(), null)));
                let error = run(action, input).unwrap_err();
                let rule = "failed to satisfy constraint: Member must not be null";
                let place = format!("at '{}' {rule}", camel(name));
                assert!(error.message.ends_with(&place), "{action}: {error}");
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn errors_are_worded_as_aws_words_them() {
    let sign_up = |more: Value| {
        let mut input = json!({"ClientId": "c", "Username": "noor", "Password": "Passw0rd!"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        run("SignUp", input).unwrap_err().message
    };
    let name = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+";
    for (more, text) in [
        (
            json!({"Username": "two words"}),
            format!(
                "1 validation error detected: Value at 'username' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: {name}"
            ),
        ),
        (
            json!({"Username": "", "Password": null}),
            format!(
                "2 validation errors detected: Value at 'username' failed to satisfy constraint: \
                 Member must have length greater than or equal to 1; Value at 'username' failed \
                 to satisfy constraint: Member must satisfy regular expression pattern: {name}"
            ),
        ),
        (
            json!({"UserAttributes": [{"Name": "a", "Value": "b"}, {"Value": "c"}]}),
            "1 validation error detected: Value null at 'userAttributes.2.member.name' failed to \
             satisfy constraint: Member must not be null"
                .to_owned(),
        ),
    ] {
        assert_eq!(sign_up(more), text);
    }
    let flows = json!({"UserPoolId": "a_b", "ClientName": "c", "ExplicitAuthFlows": ["NONE"]});
    let error = run("CreateUserPoolClient", flows).unwrap_err().message;
    let start = "1 validation error detected: Value '[NONE]' at 'explicitAuthFlows' failed to \
                 satisfy constraint: Member must satisfy constraint: [Member must satisfy enum \
                 value set: [ADMIN_NO_SRP_AUTH, ";
    assert!(error.starts_with(start), "{error}");
    let limit = run("ListUsers", json!({"UserPoolId": "a_b", "Limit": 61})).unwrap_err().message;
    assert_eq!(
        limit,
        "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member \
         must have value less than or equal to 60"
    );
    let metadata = json!({"ClientId": "c", "Username": "a", "Password": "b1",
        "ClientMetadata": {"a": "b".repeat(131_073)}});
    let error = run("SignUp", metadata).unwrap_err().message;
    let rule = "at 'clientMetadata' failed to satisfy constraint: Map value must satisfy \
                constraint: [Member must have length less than or equal to 131072, ";
    assert!(error.contains(rule), "{error}");
}

#[test]
fn constraints_within_structures_and_lists_are_enforced() {
    let pool = |members: Value| {
        let mut input = json!({"PoolName": "p"});
        input.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        run("CreateUserPool", input).unwrap_err().message
    };
    for (members, place) in [
        (
            json!({"Policies": {"PasswordPolicy": {"MinimumLength": 5}}}),
            "Value '5' at 'policies.passwordPolicy.minimumLength'",
        ),
        (
            json!({"Schema": [{"Name": "phone_number_verified"}]}),
            "Value 'phone_number_verified' at 'schema.1.member.name' failed to satisfy \
             constraint: Member must have length less than or equal to 20",
        ),
        (json!({"AliasAttributes": ["name"]}), "Value '[name]' at 'aliasAttributes'"),
        (
            json!({"Schema": []}),
            "at 'schema' failed to satisfy constraint: Member must have length",
        ),
        (json!({"LambdaConfig": {"PreSignUp": "f"}}), "at 'lambdaConfig.preSignUp'"),
    ] {
        let error = pool(members);
        assert!(error.contains(place), "{error}");
    }
}
