//! Keys, challenges and events of these tests.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it")]

use lifeguard_aws::CodeKeys;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::{Challenge, Ticket};
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge};
use lifeguard_testkit::fixtures::{self, POLICY};
use lifeguard_testkit::{KeySecret, Scenario, User};
use serde_json::Value;
use verify_auth_challenge::settings::Settings;

/// Returns keys as the function has them.
pub(crate) fn keys() -> CodeKeys<KeySecret> {
    CodeKeys::new(KeySecret::default())
}

/// Returns settings that take the sample events.
pub(crate) fn settings() -> Settings {
    fixtures::settings(POLICY, Settings::load)
}

/// Returns the event of the sample user with this challenge and answer.
pub(crate) fn event(ticket: &Ticket, answer: &str) -> Value {
    Scenario::new(&User::sample()).challenged_by(ticket).verify_event(answer)
}

/// Returns the row of the sample user.
pub(crate) fn row() -> RowKey {
    User::sample().row()
}

/// Issues a challenge of the sample user under the first key, in a session with this nonce.
pub(crate) async fn issue(store: &impl Challenges, now: u64, nonce: u8) -> Ticket {
    issue_under(store, now, nonce, 1).await
}

/// Issues one as [`issue`] does, under this version of the key.
pub(crate) async fn issue_under(
    store: &impl Challenges,
    now: u64,
    nonce: u8,
    key_version: u16,
) -> Ticket {
    let sample = User::sample().new_challenge();
    let new = NewChallenge { id: [nonce; 16], now, key_version, session: [nonce; 8], ..sample };
    let issued = store.issue(&new).await.unwrap();
    assert_ne!(issued, Issued::Unanswerable);
    issued.ticket(&new, [nonce; 16], Method::EmailOtp)
}

/// Returns the ticket of a challenge that no answer fits.
pub(crate) fn unanswerable(ticket: &Ticket) -> Ticket {
    let challenge = Challenge { number: 0, ..ticket.challenge.clone() };
    Ticket { challenge, ..ticket.clone() }
}
