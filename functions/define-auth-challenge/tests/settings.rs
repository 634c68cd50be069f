//! A function with unusable settings says everything that is wrong and exits before it polls.
#![allow(clippy::unwrap_used, reason = "tests")]

#[test]
fn every_complaint_is_in_one_line_and_the_function_exits() {
    let complaints = lifeguard_testkit::process::complaints(
        env!("CARGO_BIN_EXE_define-auth-challenge"),
        &[("POLICY", r#"{"pool":"x","clients":{"a":{"methods":["FAX"],"digits":4}}}"#)],
    );
    assert_eq!(complaints.len(), 3, "{complaints:?}");
}

#[test]
fn moved_clock_in_aws_lambda_stops_the_start() {
    let policy = r#"{"pool":"eu-west-1_Pool","clients":{"a":{"methods":["EMAIL_OTP"]}}}"#;
    let complaints = |variables: &[(&str, &str)]| {
        let all = [&[("POLICY", policy)], variables].concat();
        lifeguard_testkit::process::complaints(env!("CARGO_BIN_EXE_define-auth-challenge"), &all)
    };
    assert_eq!(
        complaints(&[
            ("LOCAL_COGNITO_CLOCK_AHEAD", "60"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ]),
        ["LOCAL_COGNITO_CLOCK_AHEAD must not be set in AWS Lambda"]
    );
    assert_eq!(
        complaints(&[("LOCAL_COGNITO_CLOCK_AHEAD", "-60")]),
        ["LOCAL_COGNITO_CLOCK_AHEAD must be a whole number of seconds from 0 on"]
    );
}
