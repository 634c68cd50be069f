//! The start fails with one message that names every missing setting.
#![allow(clippy::unwrap_used, reason = "tests")]

use developer_identity::settings::Settings;
use lifeguard_policy::Variables;

#[track_caller]
fn check(variables: &[(&str, &str)], expected: &[&str]) {
    let look_up = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let mut read = Variables::new(&look_up);
    let settings = Settings::load(&mut read);
    assert_eq!(read.finish(settings).unwrap_err().complaints(), expected);
}

#[test]
fn every_missing_variable_is_named() {
    check(
        &[],
        &[
            "POLICY is missing",
            "ACCOUNTS_TABLE is missing",
            "CHALLENGES_TABLE is missing",
            "CODE_KEY_SECRET is missing",
        ],
    );
    let others = [("ACCOUNTS_TABLE", "a"), ("CHALLENGES_TABLE", "c"), ("CODE_KEY_SECRET", "k")];
    let with = |policy| [&[("POLICY", policy)][..], &others[..]].concat();
    check(&with(lifeguard_testkit::fixtures::POLICY), &["POLICY.identity is missing"]);
    let adapter = r#"{"pool":"eu-west-1_Pool","clients":{"web":{}},"identity":{
        "identity_pool":"eu-west-1:11111111-2222-4333-8444-555555555555","provider":"lifeguard",
        "first_party":["app"],"directory":{"url":"https://corp.example/check"}}}"#;
    check(&with(adapter), &["ADAPTER_KEY_SECRET is missing"]);
    let challenge = adapter.replace(
        r#""directory":{"url":"https://corp.example/check"}"#,
        r#""directory":"built_in","registration":{"challenge":{"url":"https://corp.example/challenge"}}"#,
    );
    check(&with(&challenge), &["ADAPTER_KEY_SECRET is missing"]);
}
