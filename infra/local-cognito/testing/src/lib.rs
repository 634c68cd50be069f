#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test helper fails the test it helps by a panic"
)]

mod at_once;
mod aws_calls;
mod aws_clients;
mod calls;
mod echo_api;
pub mod fixtures;
mod handle;
mod identities;
pub mod input;
mod keys;
mod requests;
mod run;
mod runs;
mod scripts;
mod sessions;
mod setup;
mod start;
mod users;
mod waiting;
mod workspace;

pub use calls::{Call, Calls};
pub use echo_api::{echo_route, echo_template, jwt_authorizer};
pub use fixtures::{
    ADA, BOB, CLIENT, GENERIC, IDENTITY_POOL, NOOR, OTHER_CLIENT, OTHER_PASSWORD, PASSWORD, POOL,
    POOL_NAME, REGION, RIGHT,
};
pub use handle::TestCognito;
pub use identities::{claims, forbidden, text};
pub use requests::Reply;
pub use run::{Run, error};
pub use sessions::{LIFE, administrator, keys, session};
pub use setup::{Setup, trust};
pub use waiting::{code_in, until};
pub use workspace::{empty_folder, with_real_functions};
