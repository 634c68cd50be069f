#![doc = include_str!("../README.md")]

mod endpoint;
pub mod function_binaries;
mod invoke_api;
mod pool;
mod process;
mod resting;
mod runtime_api;
mod sandbox;
mod service;
mod settings;
mod surroundings;

pub use self::endpoint::Endpoint;
pub use self::service::Lambda;
pub use self::settings::FunctionSettings;
