#![doc = include_str!("../README.md")]

pub mod accounts;
pub mod budgets;
pub mod challenges;
mod connection;
pub mod dynamo;
pub mod error;
mod issue;
mod item;
mod judge;
pub mod outbox;
pub mod profiles;
pub mod quotas;
pub mod stream;
pub mod ties;
mod times;
mod update;

pub use accounts::{AccountTable, Accounts};
pub use challenges::Challenges;
pub use dynamo::ChallengeTable;
pub use error::{LayoutError, Operation, StoreError};
pub use outbox::Outbox;
pub use profiles::ProfileTable;
pub use ties::Ties;
