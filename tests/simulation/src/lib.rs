#![doc = include_str!("../README.md")]
#![recursion_limit = "256"]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test program: a panic is a failure of the run"
)]

pub mod attacker;
pub mod clause;
pub mod cognito;
pub mod deployment;
pub mod directory;
pub mod faults;
pub mod hazards;
pub mod keys;
pub mod ledger;
pub mod life;
pub mod mail;
pub mod owner;
pub mod report;
pub mod rows;
pub mod run;
pub mod stream;
pub mod system;
pub mod table;
pub mod triggers;
pub mod ways;
