#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test helper fails the test it helps by a panic"
)]

pub mod answers;
pub mod either;
pub mod embedded;
pub mod events;
pub mod faults;
pub mod fixtures;
pub mod golden;
pub mod hostile;
pub mod json_service;
pub mod log_lines;
pub mod memory;
pub mod memory_accounts;
pub mod process;
pub mod profiles;
pub mod scenario;
pub mod seeded;
pub mod services;
pub mod stand_in;
pub mod user;

pub use either::{AccountRows, ChallengeRows};
pub use embedded::EmbeddedDynamo;
pub use events::{event, with};
pub use faults::{Fault, FaultyDynamo};
pub use log_lines::LogLines;
pub use memory::MemoryChallenges;
pub use memory_accounts::MemoryAccounts;
pub use profiles::Profiles;
pub use scenario::Scenario;
pub use seeded::Seeded;
pub use services::{ChallengeService, KeySecret, Mail, Mailbox};
pub use stand_in::{Behaviour, CallError, StandIn};
pub use user::User;
