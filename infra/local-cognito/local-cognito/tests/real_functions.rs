//! The real binaries, built by the host itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::Path;

use local_cognito::journal::Entry;
use local_cognito::user_pool::Caller;
use local_cognito::{FunctionSource, StartOptions};
use serde_json::json;

#[tokio::test]
async fn a_sign_in_starts_with_one_call_of_create_and_none_of_define() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).unwrap();
    let options = StartOptions {
        functions: FunctionSource::Workspace(workspace.to_path_buf()),
        ..StartOptions::default()
    };
    let host = local_cognito::start(&options).await.unwrap();
    let mark = host.journal().mark();
    let start = json!({
        "ClientId": "1webclient0000000000000000",
        "AuthFlow": "CUSTOM_AUTH",
        "AuthParameters": {"USERNAME": "unknown@example.com"},
    });
    let challenge = host.user_pools().call(Caller::Public, "InitiateAuth", start).await.unwrap();
    assert_eq!(challenge["ChallengeName"], "CUSTOM_CHALLENGE");

    let happened: Vec<String> = host
        .journal()
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
