//! The real binaries, built by the local Cognito itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use local_cognito::journal::Entry;
use local_cognito_testing::{TestCognito, with_real_functions};

#[tokio::test]
async fn a_sign_in_starts_with_one_call_of_create_and_none_of_define() {
    let cognito = TestCognito::serve(&with_real_functions()).await;
    let mark = cognito.journal.mark();
    let challenge = cognito.start("unknown@example.com").await.ok();
    assert_eq!(challenge["ChallengeName"], "CUSTOM_CHALLENGE");

    let happened: Vec<String> = cognito
        .journal
        .since(mark)
        .into_iter()
        .map(|entry| match entry {
            Entry::Invoked { function, .. } => function,
            Entry::Called { function, service, action } => {
                format!("{function}: {service} {action}")
            }
        })
        .filter(|what| !what.starts_with("deliver-message"))
        .collect();
    assert_eq!(
        happened,
        [
            "define-auth-challenge",
            "create-auth-challenge: dynamodb UpdateItem",
            "create-auth-challenge",
        ]
    );
}
