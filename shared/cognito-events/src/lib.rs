#![doc = include_str!("../README.md")]

pub mod attributes;
pub mod caller;
pub mod challenge;
pub mod envelope;
pub mod known_user;
pub mod scope;
pub mod sign_up;
pub mod source;

pub use attributes::Attributes;
pub use envelope::{Envelope, Malformed};
pub use scope::{OutOfScope, Scope};
pub use source::TriggerSource;
