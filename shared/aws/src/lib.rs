#![doc = include_str!("../README.md")]

mod code_keys;
mod configuration;
mod endpoints;
mod failed_call;
mod http_client;
mod one_attempt;
mod opening;
mod roots;

pub use aws_smithy_runtime_api::client::http::SharedHttpClient;
pub use aws_types::SdkConfig;
pub use code_keys::{CodeKeys, KeyFault, KeySource, SecretsManager};
pub use configuration::{ConfigurationError, configure, hasty_stand_in, stand_in};
pub use failed_call::failed_call;
pub use http_client::{http_client, is_not_connected, plain_http_client};
pub use one_attempt::one_attempt;
pub use opening::opening;
pub use roots::{Roots, RootsError};
