//! Attaching and detaching against a stand-in of the API, with every way in which it can fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod failures;
mod kept;
mod refusals;
mod stand_in;
