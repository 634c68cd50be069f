//! The user-pool API without triggers: tokens, refresh, limits, the control plane, HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod control_plane;
mod limits;
mod sessions;
mod stage;
mod tokens;
mod wire;
