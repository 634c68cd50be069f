#![doc = include_str!("../README.md")]

mod account;
mod administration;
mod attack;
mod audit;
mod chapters;
mod client;
mod credentials;
mod developer;
mod link;
pub mod log_text;
mod logins;
mod mailings;
pub mod names;
mod owners;
mod plan;
mod program;
mod recovery;
mod report;
mod seen;
mod sign_in;
mod steps;
mod unknown_user;

pub use self::chapters::run;
pub use self::client::short_code;
