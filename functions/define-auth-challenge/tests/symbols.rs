//! This function calls nothing, so its binary must hold no SDK, not even by the way features are
//! unified over the workspace.
#![allow(clippy::unwrap_used, reason = "tests")]

#[test]
fn the_binary_holds_no_sdk() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_define-auth-challenge")).unwrap();
    let holds = |name: &str| binary.windows(name.len()).any(|window| window == name.as_bytes());
    assert!(holds("lambda_runtime"), "the test looks for names that a build of this profile has");
    for name in ["aws_config", "aws_sdk_", "aws_smithy", "aws_sigv4", "rustls", "hyper_rustls"] {
        assert!(!holds(name), "{name} is in the binary");
    }
}
