#![doc = include_str!("../README.md")]

mod answer;
mod authorizer;
mod claims;
mod cors;
mod event;
mod gateway;
mod refusal;
mod routing;

pub use self::authorizer::{Authorizers, UserPoolTokens};
pub use self::gateway::{Dependencies, Gateway, dispatch};
