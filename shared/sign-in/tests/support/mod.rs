//! Challenges of the histories.
#![allow(clippy::unwrap_used, reason = "tests")]

use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket};

/// Returns the metadata of challenge `number`.
pub(crate) fn ticket(number: u32) -> String {
    let challenge =
        Challenge { id: [1; 16], number, issued: 1_800_000_000, life: 600, key_version: 1 };
    let asked = Method::EmailOtp;
    Ticket { challenge, nonce: [2; 16], origin: Origin::Caused, asked }.encode().unwrap()
}
