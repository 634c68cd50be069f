//! DynamoDB table layouts, and the only code that knows them.
//!
//! The challenge row is described in `docs/decisions/0002-the-challenge-row.md`, the account's in
//! `docs/decisions/0008-one-row-per-account.md`.

pub mod accounts;
pub mod budgets;
pub mod challenges;
pub mod dynamo;
pub mod fault;
pub mod issue;
mod item;
pub mod judge;
pub mod outbox;
pub mod profiles;
pub mod stream;
mod times;
mod update;

pub use accounts::{AccountTable, Accounts};
pub use challenges::Challenges;
pub use dynamo::ChallengeTable;
pub use fault::StoreFault;
pub use outbox::Outbox;
pub use profiles::ProfileTable;
