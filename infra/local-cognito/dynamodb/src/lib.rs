#![doc = include_str!("../README.md")]

mod database;
mod key_condition;
mod retention;
mod served;
pub mod stream;
mod touched;

pub use self::database::{ACCOUNTS, CHALLENGES, Dynamo, PROFILES, StreamReader};
pub use self::served::SERVED;
pub use self::touched::{LeadingKeys, Touched, touched};
