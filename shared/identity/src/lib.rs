//! Accounts of developer-authenticated people, and what a session of theirs is worth.
//!
//! Pure: no I/O, no clock, no randomness, no environment.

pub mod account;
pub mod limits;
pub mod linking;
pub mod pool_identity;
pub mod refresh;
pub mod session;
pub mod token;
