//! A function with wrong settings reports every mistake and exits before it polls.

#[test]
fn wrong_settings_are_reported_in_one_line_at_exit() {
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
