//! The start of the function without anything of AWS that answers.

use lifeguard_testkit::fixtures::POLICY;
use lifeguard_testkit::process::{failed_start, start_without_aws};

const BINARY: &str = env!("CARGO_BIN_EXE_verify-auth-challenge");
const SETTINGS: [(&str, &str); 3] =
    [("POLICY", POLICY), ("CHALLENGES_TABLE", "challenges"), ("CODE_KEY_SECRET", "code-key")];

#[test]
fn start_without_aws_is_one_warning_and_takes_events() {
    let messages = start_without_aws(BINARY, &SETTINGS);
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    let expected = "work ahead of the first event failed: failed to open a connection: ";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn start_with_another_bundle_says_so() {
    let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/aws/tests/data/authority.pem");
    let settings = [&SETTINGS[..], &[("AWS_CA_BUNDLE", bundle)]].concat();
    let messages = start_without_aws(BINARY, &settings);
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert_eq!(messages[0], "connections to AWS trust the roots in AWS_CA_BUNDLE");
}

#[test]
fn start_without_usable_roots_fails_with_one_line() {
    let settings = [&SETTINGS[..], &[("AWS_CA_BUNDLE", "/nowhere/ca.pem")]].concat();
    let message = failed_start(BINARY, &settings);
    let expected = "the start failed: failed to read the root certificates of AWS_CA_BUNDLE: ";
    assert!(message.starts_with(expected), "{message}");
}
