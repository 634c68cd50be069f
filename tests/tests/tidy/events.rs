//! Rules for the sample events.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::files::{files, files_in, functions, read, texts};

/// Every trigger source that a user pool sends.
const TRIGGER_SOURCES: [&str; 41] = [
    "CreateAuthChallenge_Authentication",
    "CustomEmailSender_AccountTakeOverNotification",
    "CustomEmailSender_AdminCreateUser",
    "CustomEmailSender_Authentication",
    "CustomEmailSender_ForgotPassword",
    "CustomEmailSender_ResendCode",
    "CustomEmailSender_SignUp",
    "CustomEmailSender_UpdateUserAttribute",
    "CustomEmailSender_VerifyUserAttribute",
    "CustomMessage_AdminCreateUser",
    "CustomMessage_Authentication",
    "CustomMessage_ForgotPassword",
    "CustomMessage_ResendCode",
    "CustomMessage_SignUp",
    "CustomMessage_UpdateUserAttribute",
    "CustomMessage_VerifyUserAttribute",
    "CustomSMSSender_AdminCreateUser",
    "CustomSMSSender_Authentication",
    "CustomSMSSender_ForgotPassword",
    "CustomSMSSender_ResendCode",
    "CustomSMSSender_SignUp",
    "CustomSMSSender_UpdateUserAttribute",
    "CustomSMSSender_VerifyUserAttribute",
    "DefineAuthChallenge_Authentication",
    "InboundFederation_ExternalProvider",
    "PostAuthentication_Authentication",
    "PostConfirmation_ConfirmForgotPassword",
    "PostConfirmation_ConfirmSignUp",
    "PreAuthentication_Authentication",
    "PreSignUp_AdminCreateUser",
    "PreSignUp_ExternalProvider",
    "PreSignUp_SignUp",
    "TokenGeneration_AuthenticateDevice",
    "TokenGeneration_Authentication",
    "TokenGeneration_ClientCredentials",
    "TokenGeneration_HostedAuth",
    "TokenGeneration_NewPasswordChallenge",
    "TokenGeneration_RefreshTokens",
    "UserMigration_Authentication",
    "UserMigration_ForgotPassword",
    "VerifyAuthChallengeResponse_Authentication",
];

#[test]
fn every_trigger_source_has_its_event() {
    let expected: BTreeSet<String> = TRIGGER_SOURCES.iter().map(|&name| name.into()).collect();
    let found: BTreeSet<String> = files_in("events").map(|path| stem(&path).to_owned()).collect();
    assert_eq!(found, expected, "one file in events/ per trigger source");
    for name in TRIGGER_SOURCES {
        assert_eq!(trigger_source(&format!("events/{name}.json")), name);
    }
}

#[test]
fn every_variant_is_named_after_its_source() {
    let mut variants = 0;
    for path in files_in("events/variants") {
        let source = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap();
        assert_eq!(trigger_source(&path), source, "{path}");
        assert!(TRIGGER_SOURCES.contains(&source), "{path}");
        variants += 1;
    }
    assert!(variants > 0, "events/variants is empty");
}

#[test]
fn every_golden_file_is_named_by_its_function() {
    let prefix = "events/golden/";
    let golden: Vec<String> =
        files().iter().filter_map(|path| path.strip_prefix(prefix)).map(str::to_owned).collect();
    assert!(!golden.is_empty(), "{prefix} is empty");
    for path in golden {
        let (function, _) = path.split_once('/').unwrap_or_default();
        assert!(functions().contains(function), "{prefix}{path} is in the folder of no function");
        let name = path.strip_suffix(".json").unwrap_or_else(|| panic!("{path} is no JSON"));
        let (folder, literal) = (format!("functions/{function}/tests/"), format!("\"{name}\""));
        let mut tests = texts().filter(|(test, _)| test.starts_with(&folder));
        let is_named = tests.any(|(_, text)| text.contains(&literal));
        assert!(is_named, "no test of {function} names {prefix}{path}: delete it");
    }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap();
    name.strip_suffix(".json").unwrap()
}

#[track_caller]
fn trigger_source(path: &str) -> String {
    let event: Value = serde_json::from_str(&read(path))
        .unwrap_or_else(|error| panic!("{path} is no JSON: {error}"));
    event["triggerSource"].as_str().unwrap().to_owned()
}
