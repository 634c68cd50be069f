//! The binary with wrong settings.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;

#[test]
fn every_mistake_is_reported_before_the_first_event() {
    let runtime_api = TcpListener::bind("127.0.0.1:0").unwrap();
    runtime_api.set_nonblocking(true).unwrap();
    let address = runtime_api.local_addr().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_deliver-message"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("POLICY", r#"{"pool":"Pool","mail":{"application":"","from":1}}"#)
        .env("CHALLENGES_TABLE", "")
        .env("MAIL_FROM", "acme")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let log = String::from_utf8(output.stdout).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    for complaint in [
        "POLICY.pool must be a user pool id",
        "POLICY.clients must name at least one app client",
        "POLICY.mail.application must be a text that is not empty",
        "POLICY.mail.from is not a setting",
        "CHALLENGES_TABLE is missing",
        "CODE_KEY_SECRET is missing",
        "MAIL_FROM must be an e-mail address",
    ] {
        assert!(log.contains(complaint), "{complaint}: {log}");
    }
    let asked = runtime_api.accept().map_err(|error| error.kind());
    assert_eq!(asked.err(), Some(ErrorKind::WouldBlock));
}
