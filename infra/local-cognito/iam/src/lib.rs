#![doc = include_str!("../README.md")]

mod action;
mod complaint;
mod condition;
mod context;
mod decision;
mod member;
mod pattern;
mod policy;
mod request;
mod role;
mod statement;
pub mod trail;

pub use self::complaint::{Complaint, PolicyError};
pub use self::context::Context;
pub use self::decision::Decision;
pub use self::policy::{Policy, TrustPolicy, decide};
pub use self::request::Request;
pub use self::role::{Role, Roles};
