#![doc = include_str!("../README.md")]

mod code_keys;
mod configuration;
mod failed_call;

pub use aws_config::SdkConfig;
pub use code_keys::{CodeKeys, KeyFault, KeySource, SecretsManager};
pub use configuration::{configure, hasty_stand_in, stand_in};
pub use failed_call::failed_call;
