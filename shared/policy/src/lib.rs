//! The settings document `POLICY` and the other variables of a function.
//!
//! Everything is read once, at start-up, and every mistake is reported at once, in words.
//! [`settings`] describes each member; `docs/settings.md` is that table, kept equal by a test.

mod clients;
mod document;
pub mod identity;
pub mod issuers;
pub mod login_providers;
mod party;
mod reader;
pub mod strict;
mod table;
pub mod token_type;
mod variables;

pub use document::Policy;
pub use table::{Setting, VARIABLES, markdown, settings};
pub use variables::{SettingsError, Variables};
