//! The user-pool API without triggers: tokens, refresh, limits, the control plane, HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod attributes;
mod control_plane;
mod deletion;
mod groups;
mod limits;
mod listing;
mod new_password;
mod recovery;
mod reset;
mod sessions;
mod tokens;
mod unserved;
mod wire;
