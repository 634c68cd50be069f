//! The identity-pool API: the numbered cases 100 to 123 of docs/conformance.md, and further
//! refusals.
//!
//! The tests are written from the documented contract, not from the code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod credentials;
mod developer;
mod forgery;
mod identities;
mod pools;
mod roles;
mod social;
mod wire;
