#![doc = include_str!("../README.md")]

pub mod aws_error;
mod caller;
pub mod clock;
pub mod credentials;
pub mod data_folder;
mod error;
pub mod functions;
pub mod indexed_map;
pub mod input;
pub mod inputs;
pub mod invocation;
pub mod journal;
pub mod listing;
pub mod logs;
pub mod operations;
pub mod origins;
pub mod outbox;
pub mod randomness;
pub mod ring;
pub mod served;
mod signature_error;
pub mod timestamp;
pub mod wire;

pub use self::caller::Caller;
pub use self::error::ApiError;
pub use self::signature_error::SignatureError;
