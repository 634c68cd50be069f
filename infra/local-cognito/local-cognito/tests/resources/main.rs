//! Reach of temporary credentials, seen through the clients that applications use.
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
