#![doc = include_str!("../README.md")]

mod actions;
mod address;
mod client;
mod code;
mod config;
mod confirmation;
mod directory;
mod existence;
mod grant;
mod grants;
mod group;
mod http;
mod issuer_form;
mod key_store;
mod keys;
mod managed_login;
mod message_sender;
mod mfa;
mod password;
mod password_policy;
mod pool;
mod pre_sign_up;
mod recovery;
mod registry;
mod request;
mod schema;
mod services;
mod session;
mod session_store;
mod sessions;
mod settings;
mod sign_in;
mod srp;
mod swept;
mod token_check;
mod token_claims;
mod token_issuer;
mod trigger;
mod unserved;
mod user;
mod user_attributes;
mod user_names;
mod user_pools;
mod users;

pub use self::actions::SERVED;
pub use self::issuer_form::IssuerForm;
pub use self::settings::{
    BothFlags, CodelessMessage, FakeUserName, HiddenDelivery, Settings, Uncertain, UndecidedDefine,
};
pub use self::user_pools::UserPools;
pub use local_cognito_aws_emulation::{ApiError, Caller};
