//! The numbered cases of docs/conformance.md, played against the user-pool API.
//!
//! The tests are written from the documented contract, not from the code; functions are scripted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod account;
mod confirmation;
mod custom_auth;
mod custom_auth_faults;
mod existence;
mod migration;
mod password;
mod password_first;
mod sign_up;
mod sign_up_faults;
mod srp;
mod srp_proof;
mod token;
