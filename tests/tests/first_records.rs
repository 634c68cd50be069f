//! Records from before the mapping of the stream begins: `TRIM_HORIZON` brings them, a mail that has
//! gone is not sent again, and one that has not is sent once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::time::Duration;

use local_cognito::StartOptions;
use local_cognito::journal::Entry;
use local_cognito::mail::MailMode;
use local_cognito_testing::{
    PASSWORD, TestCognito, code_in, empty_folder, until, with_real_functions,
};
use serde_json::json;

const OWNER: &str = "owner@example.net";

/// A local Cognito of a folder of its own, with a user who has signed up.
async fn begin(name: &str) -> (StartOptions, TestCognito) {
    let data = empty_folder(env!("CARGO_TARGET_TMPDIR"), name).join("data");
    let options = StartOptions { data: Some(data), ..with_real_functions() };
    let cognito = TestCognito::serve(&options).await;
    cognito.server().logs().hush();
    let user = json!({"Username": OWNER, "Password": PASSWORD,
        "UserAttributes": [{"Name": "email", "Value": OWNER}]});
    cognito.run("SignUp", user).await.ok();
    let code = code_in(&cognito.mail(OWNER, 1).await, 6);
    cognito.run("ConfirmSignUp", json!({"Username": OWNER, "ConfirmationCode": code})).await.ok();
    (options, cognito)
}

/// Starts anew on the same folder.
async fn again(options: &StartOptions, cognito: TestCognito) -> TestCognito {
    cognito.into_server().shutdown().await.unwrap();
    let cognito = TestCognito::serve(options).await;
    cognito.server().logs().hush();
    cognito
}

/// Number of finished invocations of `deliver-message`.
fn deliveries(cognito: &TestCognito) -> usize {
    let entries = cognito.server().journal().since(0).into_iter();
    let delivered = |entry: &Entry| match entry {
        Entry::Invoked { function, .. } => function == "deliver-message",
        Entry::Called { .. } => false,
    };
    entries.filter(delivered).count()
}

#[tokio::test]
async fn record_of_a_sent_mail_sends_nothing_at_the_next_start() {
    let (options, cognito) = begin("sent-records").await;
    cognito.start(OWNER).await.ok();
    cognito.mail(OWNER, 2).await;
    let cognito = again(&options, cognito).await;
    until("the old record is delivered", || deliveries(&cognito) > 0).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(cognito.server().outbox().to(OWNER).len(), 0, "a mail went twice");
    assert!(cognito.server().stream().dead_letters().is_empty());
}

#[tokio::test]
async fn record_of_an_unsent_mail_sends_one_at_the_next_start() {
    let (options, cognito) = begin("unsent-records").await;
    cognito.server().mail().set_mode(MailMode::Throttle);
    cognito.start(OWNER).await.ok();
    until("the mail is throttled", || deliveries(&cognito) > 0).await;
    assert_eq!(cognito.server().outbox().to(OWNER).len(), 1, "the code of the sign-up alone");
    let cognito = again(&options, cognito).await;
    cognito.mail(OWNER, 1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(cognito.server().outbox().to(OWNER).len(), 1);
}
