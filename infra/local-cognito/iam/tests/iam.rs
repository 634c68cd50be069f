//! The policy evaluator: what it allows, what it denies, and what it does not read.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;

use local_cognito_aws_emulation::credentials::Holder;
use local_cognito_iam::{
    Complaint, Context, Decision, Policy, Request, Role, Roles, TrustPolicy, decide,
};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};

const SUB: &str = "cognito-identity.amazonaws.com:sub";
const AMR: &str = "cognito-identity.amazonaws.com:amr";
const KEYS: &str = "dynamodb:LeadingKeys";
const POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";

fn statement(resource: &str, condition: Value) -> Value {
    json!({"Effect": "Allow", "Action": "s:Do", "Resource": resource, "Condition": condition})
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn read(document: &Value) -> Policy {
    Policy::parse(document, "role").unwrap_or_else(|error| panic!("{error}"))
}

fn ask(policies: &[Policy], action: &str, resource: &str, context: &Context) -> Decision {
    decide(policies, &Request { action, resource, context })
}

/// Asserts that a statement on `pattern` covers `resource`, or does not.
#[track_caller]
fn check_resource(pattern: &str, resource: &str, context: &Context, expected: bool) {
    let policies = [read(&policy(statement(pattern, json!({}))))];
    let decision = ask(&policies, "s:Do", resource, context);
    assert_eq!(decision == Decision::Allowed, expected, "{pattern} on {resource}: {decision:?}");
}

/// Asserts that a condition holds, or does not.
#[track_caller]
fn check_condition(condition: Value, context: &Context, expected: bool) {
    let policies = [read(&policy(statement("*", condition.clone())))];
    let decision = ask(&policies, "s:Do", "r", context);
    assert_eq!(decision == Decision::Allowed, expected, "{condition}, {context:?}: {decision:?}");
}

#[track_caller]
fn check_complaint(document: &Value, path: &str, complaint: Complaint) {
    let error = Policy::parse(document, "role").expect_err("it is not read");
    assert_eq!((error.path.as_str(), &error.complaint), (path, &complaint), "{error}");
}

#[test]
fn a_denial_outweighs_and_silence_is_no_allowance() {
    let document = policy(json!([
        {"Effect": "Allow", "Action": ["s3:Get*", "S3:putobject"], "Resource": "arn:b/*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:b/locked/*"},
    ]));
    let policies = [read(&document)];
    for (action, resource, expected) in [
        ("s3:GetObject", "arn:b/a", Decision::Allowed),
        ("s3:PutObject", "arn:b/a", Decision::Allowed),
        ("s3:DeleteObject", "arn:b/a", Decision::NotAllowed),
        ("s3:GetObject", "arn:c/a", Decision::NotAllowed),
        ("s3:GetObject", "arn:b/locked/a", Decision::Denied),
        ("ec2:GetObject", "arn:b/a", Decision::NotAllowed),
    ] {
        let decision = ask(&policies, action, resource, &Context::default());
        assert_eq!(decision, expected, "{action} on {resource}");
    }
    let allowing = read(&policy(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])));
    let both = [allowing, policies[0].clone()];
    assert_eq!(ask(&both, "s3:X", "arn:b/locked/a", &Context::default()), Decision::Denied);
    assert_eq!(ask(&[], "s3:X", "arn:b/a", &Context::default()), Decision::NotAllowed);
}

#[test]
fn wildcards_of_the_policys_own_text_stand_for_others() {
    let nothing = Context::default();
    for (pattern, resource, expected) in [
        ("*", "", true),
        ("a*c", "abbbc", true),
        ("a*c", "abbbcd", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("a?c", "abbc", false),
        ("a*b*c", "a-b-b-c", true),
        ("**a**", "a", true),
        ("a", "A", false),
        ("$a{b}", "$a{b}", true),
        ("é?*", "éü", true),
    ] {
        check_resource(pattern, resource, &nothing, expected);
    }
}

#[test]
fn a_variable_is_its_value_and_nothing_without_one() {
    let prefix = format!("arn:b/private/${{{SUB}}}/*");
    let ann = Context::default().with(SUB, "ann");
    check_resource(&prefix, "arn:b/private/ann/file", &ann, true);
    check_resource(&prefix, "arn:b/private/anna/file", &ann, false);
    check_resource(&prefix, "arn:b/private/bob/file", &ann, false);
    check_resource(&prefix, "arn:b/private//file", &Context::default(), false);
    check_resource(&prefix, "arn:b/private/bob/file", &Context::default(), false);
    check_resource(&prefix, &prefix, &Context::default(), false);
    let two = Context::default().with_all(SUB, ["ann".to_owned(), "bob".to_owned()]);
    check_resource(&prefix, "arn:b/private/ann/file", &two, false);
}

#[test]
fn a_value_with_wildcards_or_variables_in_it_is_taken_literally() {
    let prefix = format!("arn:b/private/${{{SUB}}}/*");
    let star = Context::default().with(SUB, "*");
    check_resource(&prefix, "arn:b/private/bob/file", &star, false);
    check_resource(&prefix, "arn:b/private/*/file", &star, true);
    let nested = Context::default()
        .with(SUB, "${aws:PrincipalTag/team}")
        .with("aws:PrincipalTag/team", "bob");
    check_resource(&prefix, "arn:b/private/bob/file", &nested, false);
    let like = json!({"StringLike": {"s3:prefix": "private/${aws:PrincipalTag/team}/*"}});
    let asked = |team: &str, prefix: &str| {
        Context::default().with("aws:PrincipalTag/team", team).with("s3:prefix", prefix)
    };
    check_condition(like.clone(), &asked("red", "private/red/a"), true);
    check_condition(like.clone(), &asked("*", "private/red/a"), false);
    check_condition(like, &asked("r?d", "private/red/a"), false);
}

#[test]
fn conditions_hold_all_together_and_their_values_one_by_one() {
    let prefix = |value: &str| Context::default().with("s3:prefix", value);
    let equals = json!({"StringEquals": {"s3:prefix": ["a", "b*"]}});
    check_condition(equals.clone(), &prefix("a"), true);
    check_condition(equals.clone(), &prefix("b*"), true);
    check_condition(equals.clone(), &prefix("bc"), false);
    check_condition(equals.clone(), &prefix("A"), false);
    check_condition(equals, &Context::default(), false);
    check_condition(json!({"StringLike": {"s3:prefix": "b*"}}), &prefix("bc"), true);
    let both = json!({
        "StringEquals": {"s3:prefix": "a", "s3:delimiter": "/"},
        "StringLike": {"aws:PrincipalTag/team": "r*"},
    });
    let all = prefix("a").with("s3:delimiter", "/").with("aws:PrincipalTag/team", "red");
    check_condition(both.clone(), &all, true);
    check_condition(both.clone(), &all.clone().with("s3:delimiter", "-"), false);
    check_condition(both, &all.with("aws:PrincipalTag/team", "blue"), false);
}

#[test]
fn condition_with_if_exists_holds_without_its_key() {
    let class = |value: &str| Context::default().with("s3:x-amz-storage-class", value);
    let several = Context::default()
        .with_all("s3:x-amz-storage-class", ["STANDARD", "STANDARD"].map(str::to_owned));
    for (operator, is_pattern) in [("StringEqualsIfExists", false), ("StringLikeIfExists", true)] {
        let plain = json!({operator: {"s3:x-amz-storage-class": "STANDARD"}});
        check_condition(plain.clone(), &Context::default(), true);
        check_condition(plain.clone(), &Context::default().with("s3:prefix", "a"), true);
        check_condition(plain.clone(), &class("STANDARD"), true);
        for other in ["STANDARD_IA", "standard", ""] {
            check_condition(plain.clone(), &class(other), false);
        }
        check_condition(plain, &several, false);
        let pattern = json!({operator: {"s3:x-amz-storage-class": "STANDARD*"}});
        check_condition(pattern, &class("STANDARD_IA"), is_pattern);
    }
}

#[test]
fn set_operators_look_at_every_value() {
    let keys = |values: &[&str]| {
        let own = Context::default().with(SUB, "ann");
        own.with_all(KEYS, values.iter().map(|value| (*value).to_owned()))
    };
    let all = json!({"ForAllValues:StringEquals": {KEYS: [format!("${{{SUB}}}")]}});
    let any = json!({"ForAnyValue:StringLike": {KEYS: [format!("${{{SUB}}}*")]}});
    let one = json!({"StringEquals": {KEYS: [format!("${{{SUB}}}")]}});
    for (values, in_all, in_any, as_one) in [
        (&["ann"][..], true, true, true),
        (&["ann", "ann"], true, true, false),
        (&["ann", "bob"], false, true, false),
        (&["bob"], false, false, false),
        // As in AWS: of no values, all fit. Actions that have none must not be allowed at all.
        (&[], true, false, false),
    ] {
        check_condition(all.clone(), &keys(values), in_all);
        check_condition(any.clone(), &keys(values), in_any);
        check_condition(one.clone(), &keys(values), as_one);
    }
    check_condition(all, &Context::default().with(KEYS, "ann"), false);
}

#[test]
fn whatever_is_not_judged_is_not_read() {
    let with = |name: &str, value: Value| {
        let mut statement = statement("*", json!({}));
        statement[name] = value;
        policy(json!([statement]))
    };
    let without = |name: &str| {
        let mut statement = statement("*", json!({}));
        statement.as_object_mut().unwrap().remove(name);
        policy(statement)
    };
    let first = "role/Statement/0";
    for name in ["NotAction", "NotResource", "Principal", "NotPrincipal", "Conditions"] {
        let path = format!("{first}/{name}");
        check_complaint(&with(name, json!("*")), &path, Complaint::UnknownMember);
    }
    for name in ["Effect", "Action", "Resource"] {
        check_complaint(&without(name), &format!("role/Statement/{name}"), Complaint::Missing);
    }
    for effect in [json!("allow"), json!(null)] {
        check_complaint(&with("Effect", effect), &format!("{first}/Effect"), Complaint::Effect);
    }
    for action in ["s3", "s3:", ":Get", "s*:Get", "s3:Get Object", "s3:${aws:PrincipalTag/a}"] {
        let complaint = Complaint::Action(action.to_owned());
        check_complaint(&with("Action", json!(action)), &format!("{first}/Action"), complaint);
    }
    for texts in [json!([]), json!(1), json!(["a", null]), json!({"Fn::Sub": "a"})] {
        let path = format!("{first}/Resource");
        check_complaint(&with("Resource", texts), &path, Complaint::NotTexts);
    }
    for variable in ["${aws:username}", "${*}", "${aws:PrincipalTag/}", "${", "a${b", "${}"] {
        let complaint = Complaint::UnknownVariable(variable.to_owned());
        let path = format!("{first}/Resource");
        check_complaint(&with("Resource", json!([variable])), &path, complaint.clone());
        let condition = json!({"StringEquals": {"s3:prefix": variable}});
        let path = format!("{first}/Condition/StringEquals/s3:prefix");
        check_complaint(&with("Condition", condition), &path, complaint);
    }
    for version in [json!("2008-10-17"), json!(20_121_017), Value::Null] {
        let document = json!({"Version": version, "Statement": statement("*", json!({}))});
        check_complaint(&document, "role/Version", Complaint::Version);
    }
    let member = json!({"Version": "2012-10-17", "Statement": [], "Statements": []});
    check_complaint(&member, "role/Statements", Complaint::UnknownMember);
    let none = json!({"Version": "2012-10-17"});
    check_complaint(&none, "role/Statement", Complaint::Missing);
    check_complaint(&json!([]), "role", Complaint::NotAnObject);
}

#[test]
fn conditions_that_are_not_judged_are_not_read() {
    let check = |operator: &str, keys: Value, below: &str, complaint: Complaint| {
        let document = policy(statement("*", json!({operator: keys})));
        check_complaint(
            &document,
            &format!("role/Statement/Condition/{operator}{below}"),
            complaint,
        );
    };
    let prefix = json!({"s3:prefix": "a"});
    for operator in [
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIfExists",
        "IfExists",
        "StringEqualsIfExistsIfExists",
        "ForAnyValue:StringEqualsIfExists",
        "ForAllValues:StringNotLike",
        "ForSomeValues:StringLike",
        "ForAllValues:ForAnyValue:StringLike",
        "Null",
        "Bool",
        "stringequals",
    ] {
        check(operator, prefix.clone(), "", Complaint::UnknownOperator);
    }
    for key in ["aws:SourceIp", "s3:Prefix", "aws:PrincipalTag/", "aws:PrincipalTag/a}b", ""] {
        check("StringEquals", json!({key: "a"}), &format!("/{key}"), Complaint::UnknownKey);
    }
    check("StringEquals", json!({"s3:prefix": true}), "/s3:prefix", Complaint::NotTexts);
    check("StringEquals", json!("a"), "", Complaint::NotAnObject);
}

#[test]
fn role_is_assumed_only_by_trusted_callers() {
    let document = policy(json!([{
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": POOL},
            "ForAnyValue:StringLike": {AMR: "authenticated"},
        },
    }]));
    let trust = TrustPolicy::parse(&document, "trust").unwrap();
    let ann = holder("ann", &["authenticated", "lifeguard"]);
    let check = |provider: &str, action: &str, holder: &Holder, expected: Decision| {
        let decision = trust.decide(provider, action, &Context::from_holder(holder));
        assert_eq!(decision, expected, "{action} by {provider} of {holder:?}");
    };
    let (provider, take) = ("cognito-identity.amazonaws.com", "sts:AssumeRoleWithWebIdentity");
    check(provider, take, &ann, Decision::Allowed);
    check(provider, "sts:TagSession", &ann, Decision::Allowed);
    check(provider, "sts:AssumeRole", &ann, Decision::NotAllowed);
    check("accounts.google.com", take, &ann, Decision::NotAllowed);
    check(provider, take, &holder("ann", &["unauthenticated"]), Decision::NotAllowed);
    check(provider, take, &holder("ann", &[]), Decision::NotAllowed);
    let foreign = Holder { identity_pool: "eu-west-1:other".to_owned(), ..ann };
    check(provider, take, &foreign, Decision::NotAllowed);
}

#[test]
fn a_trust_policy_names_federated_principals_alone() {
    for (principal, path, complaint) in [
        (json!("*"), "t/Statement/0/Principal", Complaint::NotAnObject),
        (json!({}), "t/Statement/0/Principal/Federated", Complaint::Missing),
        (json!({"AWS": "*"}), "t/Statement/0/Principal/AWS", Complaint::UnknownMember),
        (json!({"Federated": []}), "t/Statement/0/Principal/Federated", Complaint::NotTexts),
    ] {
        let document =
            policy(json!([{"Effect": "Allow", "Action": "sts:A", "Principal": principal}]));
        let error = TrustPolicy::parse(&document, "t").expect_err("it is not read");
        assert_eq!((error.path.as_str(), error.complaint), (path, complaint));
    }
    let error =
        TrustPolicy::parse(&policy(statement("*", json!({}))), "t").expect_err("a resource");
    assert_eq!(error.path, "t/Statement/Resource");
}

#[test]
fn a_holder_may_do_what_the_role_may() {
    let role = |arn: &str, resource: &str| Role {
        arn: arn.to_owned(),
        trust: TrustPolicy::parse(&policy(json!([])), "trust").unwrap(),
        policies: vec![read(&policy(statement(resource, json!({}))))],
    };
    let own = format!("private/${{{SUB}}}/*");
    let tag = "team/${aws:PrincipalTag/team}/*";
    let roles = Roles::new([role("arn:role/own", &own), role("arn:role/team", tag)]);
    let check = |arn: &str, resource: &str, expected: Decision| {
        let holder = Holder { role: arn.to_owned(), ..holder("ann", &["authenticated"]) };
        let decision = roles.decide(&holder, "s:Do", resource, &Context::from_holder(&holder));
        assert_eq!(decision, expected, "{arn} on {resource}");
    };
    check("arn:role/own", "private/ann/a", Decision::Allowed);
    check("arn:role/own", "private/bob/a", Decision::NotAllowed);
    check("arn:role/team", "team/red/a", Decision::Allowed);
    check("arn:role/team", "team/blue/a", Decision::NotAllowed);
    check("arn:role/gone", "private/ann/a", Decision::NotAllowed);
}

fn holder(identity: &str, amr: &[&str]) -> Holder {
    Holder {
        role: "arn:role".to_owned(),
        identity_pool: POOL.to_owned(),
        identity: identity.to_owned(),
        amr: amr.iter().map(|method| (*method).to_owned()).collect(),
        tags: BTreeMap::from([("team".to_owned(), "red".to_owned())]),
    }
}

/// Texts rich in what means something in a policy.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "*",
        "?",
        "/",
        "a",
        "b",
        "${",
        "}",
        "$",
        "${cognito-identity.amazonaws.com:aud}",
        "é",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn effects() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec(prop::bool::ANY, 1..6)
}

proptest! {
    #[test]
    fn a_value_fits_its_variable_only_as_it_is(value in text(), asked in text()) {
        let context =
            Context::default().with(SUB, &value).with("cognito-identity.amazonaws.com:aud", "b");
        let resources = [read(&policy(statement(&format!("p/${{{SUB}}}"), json!({}))))];
        let allowed = ask(&resources, "s:Do", &format!("p/{asked}"), &context);
        prop_assert_eq!(allowed == Decision::Allowed, value == asked);
        let like = json!({"StringLike": {"s3:prefix": format!("${{{SUB}}}")}});
        let conditions = [read(&policy(statement("*", like)))];
        let allowed = ask(&conditions, "s:Do", "r", &context.with("s3:prefix", &asked));
        prop_assert_eq!(allowed == Decision::Allowed, value == asked);
    }

    #[test]
    fn one_denial_is_enough_wherever_it_stands(denials in effects()) {
        let statements: Vec<Value> = denials
            .iter()
            .map(|denial| json!({
                "Effect": if *denial { "Deny" } else { "Allow" },
                "Action": "s:*",
                "Resource": "*",
            }))
            .collect();
        let in_one = [read(&policy(json!(statements)))];
        let apart: Vec<Policy> = statements.iter().map(|each| read(&policy(each.clone()))).collect();
        let expected =
            if denials.contains(&true) { Decision::Denied } else { Decision::Allowed };
        prop_assert_eq!(ask(&in_one, "s:Do", "r", &Context::default()), expected);
        prop_assert_eq!(ask(&apart, "s:Do", "r", &Context::default()), expected);
    }

    #[test]
    fn an_unset_variable_never_matches(before in "[a-z*?]{0,4}", asked in text()) {
        let pattern = format!("{before}${{aws:PrincipalTag/team}}*");
        for effect in ["Allow", "Deny"] {
            let statement = json!({"Effect": effect, "Action": "s:Do", "Resource": pattern});
            let policies = [read(&policy(statement))];
            let decision = ask(&policies, "s:Do", &asked, &Context::default());
            prop_assert_eq!(decision, Decision::NotAllowed);
        }
    }

    #[test]
    fn literal_patterns_fit_themselves_alone(own in "[a-c]{0,5}", asked in "[a-c]{0,5}") {
        let policies = [read(&policy(statement(&own, json!({}))))];
        let decision = ask(&policies, "s:Do", &asked, &Context::default());
        prop_assert_eq!(decision == Decision::Allowed, own == asked);
    }

    #[test]
    fn a_star_covers_whatever_begins_and_ends_alike(
        start in "[a-c]{0,3}",
        end in "[a-c]{0,3}",
        asked in "[a-c]{0,8}",
    ) {
        let policies = [read(&policy(statement(&format!("{start}*{end}"), json!({}))))];
        let decision = ask(&policies, "s:Do", &asked, &Context::default());
        let expected = asked.len() >= start.len() + end.len()
            && asked.starts_with(&start)
            && asked.ends_with(&end);
        prop_assert!((decision == Decision::Allowed) == expected, "{asked}");
    }
}
