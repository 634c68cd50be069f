#![doc = include_str!("../README.md")]

pub mod account;
pub mod limits;
pub mod linking;
pub mod pool_identity;
pub mod refresh;
pub mod registration_quota;
pub mod session;
pub mod token;
