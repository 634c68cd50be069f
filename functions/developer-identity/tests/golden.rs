//! Whole replies to sample requests.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use lifeguard_testkit::golden::{self, with_unknown_members};
use support::{Deployment, NOW};

/// Checks the whole reply to a sample request.
#[track_caller]
fn check(request: &str, golden: &str) {
    let event = lifeguard_testkit::event(request);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let invocation = developer_identity::Invocation::new(NOW, [[7; 16]; 7]);
    for event in [event.clone(), with_unknown_members(event)] {
        let reply = runtime.block_on(Deployment::new().provider.handle(&event, invocation));
        golden::check(golden, &reply.unwrap().into_payload());
    }
}

#[test]
fn unknown_user_gets_an_oauth_error() {
    check("http/token", "developer-identity/token");
}

#[test]
fn forged_token_gets_no_credentials() {
    check("http/credentials", "developer-identity/credentials");
}

#[test]
fn caller_with_credentials_of_the_pool_is_described() {
    check("http/whoami", "developer-identity/whoami");
}
