//! The HTTP APIs in front of the functions, which are scripted.
//!
//! The tests are written from the documented contract, not from the code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod answers;
mod authorizers;
mod cors;
mod echo;
mod events;
mod holders;
mod start;
