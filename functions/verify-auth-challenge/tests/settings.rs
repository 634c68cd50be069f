//! A function with unusable settings says everything that is wrong and exits before it polls.

#[test]
fn every_complaint_is_in_one_line_and_the_function_exits() {
    let complaints = lifeguard_testkit::process::complaints(
        env!("CARGO_BIN_EXE_verify-auth-challenge"),
        &[("POLICY", r#"{"pool":"x","clients":{"a":{"methods":["FAX"],"digits":4}}}"#)],
    );
    assert_eq!(complaints.len(), 3 + 2, "{complaints:?}");
}
