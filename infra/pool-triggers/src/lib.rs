//! Lets a user pool that exists call the functions of a stack, and takes that back.
//!
//! `UpdateUserPool` resets settings that a request leaves out. So the whole pool is sent back as
//! raw JSON, members that no model knows included, and compared before and after.

pub mod attach;
pub mod aws_cli;
pub mod change;
pub mod detach;
mod difference;
pub mod members;
pub mod record;
pub mod snapshot;
pub mod stack;
pub mod terminal;
pub mod triggers;
pub mod user_pools;
