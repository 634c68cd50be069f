#![doc = include_str!("../README.md")]

pub mod directory_name;
pub mod email;
pub mod mail_provider;
pub mod sign_up_policy;
