//! A function with wrong settings reports every mistake and exits before it polls.

#[test]
fn wrong_settings_are_reported_in_one_line_at_exit() {
    let complaints = lifeguard_testkit::process::complaints(
        env!("CARGO_BIN_EXE_pre-sign-up"),
        &[(
            "POLICY",
            r#"{"pool":"x","clients":{},"sign_up":{"mode":"off","allowed_domains":["corp"],"denied_domains":["@bin.example"]}}"#,
        )],
    );
    assert_eq!(
        complaints,
        [
            "POLICY.pool must be a user pool id such as eu-west-1_Ab12Cd34E",
            "POLICY.clients must name at least one app client",
            "POLICY.sign_up.mode must be one of enforce, observe",
            "POLICY.sign_up.allowed_domains must hold domains in ASCII and lower case",
            "POLICY.sign_up.denied_domains must hold domains in ASCII and lower case",
        ]
    );
}
