//! What temporary credentials reach, seen through the clients that applications use, and what they
//! do not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

mod cognito;
mod dynamo;
mod s3;
mod start;
mod unserved;
