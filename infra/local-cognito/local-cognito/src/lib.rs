//! A Cognito on a laptop: the user-pool and identity-pool APIs, the Lambda Runtime API for the
//! real function binaries, an embedded DynamoDB and the mail service they use, in one process.
//!
//! It depends on no crate of `shared/`: it builds events and judges answers from the documented
//! contract by itself, so that a misreading of the contract cannot agree with itself.

pub mod api_gateway;
pub mod aws_api;
mod aws_error;
pub mod banner;
pub mod clock;
pub mod credentials;
mod data_folder;
mod default_identity_pool;
pub mod default_pool;
pub mod dynamo;
mod front;
mod function_binaries;
pub mod functions;
pub mod host;
pub mod iam;
pub mod identity_pool;
mod invocation;
pub mod issuer;
pub mod journal;
pub mod lambda;
mod listen;
mod local_api;
pub mod logs;
pub mod mail;
mod openid;
pub mod options;
pub mod origins;
pub mod outbox;
mod page;
mod s3;
pub mod secrets;
pub mod seed;
mod signing_key;
pub mod sigv4;
pub mod stream;
pub mod template;
pub mod timestamp;
pub mod tour;
pub mod trail;
pub mod user_pool;
