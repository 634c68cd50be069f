#![doc = include_str!("../README.md")]

pub mod documents;
pub mod issuer;
pub mod signing_key;
