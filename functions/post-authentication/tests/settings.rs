//! A function with unusable settings says everything that is wrong and exits before it polls.

#[test]
fn complaints_stand_in_one_line_and_the_function_exits() {
    let complaints = lifeguard_testkit::process::complaints(
        env!("CARGO_BIN_EXE_post-authentication"),
        &[("POLICY", r#"{"pool":"x","clients":{}}"#), ("PROFILES_TABLE", "")],
    );
    assert_eq!(
        complaints,
        [
            "POLICY.pool must be a user pool id such as eu-west-1_Ab12Cd34E",
            "POLICY.clients must name at least one app client",
            "PROFILES_TABLE is missing",
        ]
    );
}
