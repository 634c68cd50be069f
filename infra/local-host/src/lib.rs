//! A Cognito on a laptop: the user-pool API, the Lambda Runtime API for the real function
//! binaries, an embedded DynamoDB and the mail service they use, in one process.
//!
//! It depends on no crate of `shared/` (its tests use `testkit` fixtures): it builds events and
//! judges answers from the documented contract by itself, so that a misreading of the contract
//! cannot agree with itself.

pub mod clock;
pub mod functions;
pub mod journal;
pub mod lambda;
pub mod logs;
pub mod outbox;
pub mod timestamp;
pub mod user_pool;
