#![doc = include_str!("../README.md")]

mod clients;
mod document;
mod fetchable;
pub mod identity;
pub mod issuers;
mod key_text;
pub mod login_providers;
mod party;
mod pool_id;
mod reader;
pub mod registration;
mod setting;
pub mod strict;
mod table;
pub mod tags;
pub mod token_type;
mod variables;

pub use document::Policy;
pub use setting::Setting;
pub use table::{VARIABLES, markdown, settings};
pub use variables::{SettingsError, Variables};
