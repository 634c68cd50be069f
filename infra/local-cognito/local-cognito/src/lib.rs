#![doc = include_str!("../README.md")]

pub use local_cognito_aws_emulation::{
    clock, credentials, functions, journal, logs, origins, outbox,
};
pub use local_cognito_iam as iam;
pub use local_cognito_iam::trail;
pub use local_cognito_identity_pool as identity_pool;
pub use local_cognito_lambda as lambda;
pub use local_cognito_openid::issuer;
pub use local_cognito_sam_template as template;
pub use local_cognito_sigv4 as sigv4;
pub use local_cognito_user_pool as user_pool;

pub mod banner;
mod default_identity_pool;
pub mod default_pool;
mod front;
mod instance;
mod listen;
pub mod load;
mod local_api;
pub mod mail;
pub mod options;
mod page;
pub mod pool_tokens;
mod saved_state;
pub mod secrets;
pub mod seed;
mod start;

pub use self::instance::LocalCognito;
pub use self::start::{FunctionSource, StartOptions, start};
