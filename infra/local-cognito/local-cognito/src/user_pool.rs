//! The user-pool API: the part of `cognito-idp` that a client or a trigger can see.
//!
//! State is in memory behind one lock that no service holds while a trigger runs; an action reads
//! what it needs, invokes, and writes again.
//! Events and answers follow the documented contract, not any other crate of this workspace.
//! Not served: MFA, devices, federation; a stand-in for a sign-in replaces the hosted pages.
//!
//! Layers, each of which uses those above it alone:
//! 1. values (`settings`, `config`, `user`, `client`, `group`, `code`, `session`, `srp`, …), then
//!    `pool` with the rules about all of it (`existence`, `sessions`, `user_names`), and `registry`,
//!    which holds the lock;
//! 2. a service for each actor, with what it needs in named fields: `trigger` runs functions,
//!    `message_sender` sends codes, `directory` finds users, `token_issuer` issues tokens,
//!    `confirmation`, `user_attributes`, `token_check`, and `sign_in` with its flows;
//! 3. `actions`: the typed request and the handler of each action, and one table of all of them;
//! 4. `user_pools`, the entry for the rest of the local Cognito, and `http`.

mod actions;
mod address;
mod client;
mod code;
mod config;
mod confirmation;
mod directory;
mod existence;
mod grant;
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
mod sessions;
mod settings;
mod sign_in;
mod srp;
mod token_check;
mod token_claims;
mod token_issuer;
mod trigger;
mod unserved;
mod user;
mod user_attributes;
mod user_names;
mod user_pools;

pub(crate) use self::actions::SERVED;
pub use self::issuer_form::IssuerForm;
pub use self::settings::{
    BothFlags, CodelessMessage, FakeUserName, HiddenDelivery, Settings, Uncertain, UndecidedDefine,
};
pub use self::user_pools::UserPools;
pub use crate::aws_api::{ApiError, Caller};
