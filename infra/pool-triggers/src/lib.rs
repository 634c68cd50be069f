#![doc = include_str!("../README.md")]

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
