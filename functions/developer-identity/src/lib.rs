//! Developer identity: signs people of an own directory in, and vends identities.
//!
//! Called by API Gateway (HTTP API, payload format 2.0) for the routes of its OpenAPI document, at
//! any stage and behind any base path of a domain.
//! It answers with tokens of the identity pool and with temporary AWS credentials, for accounts
//! that proved who they are; what a client says of identities is not looked at.
//! On a fault nothing is granted (closed).
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/developer-authenticated-identities.html>

mod adapter;
mod administration;
mod answer;
mod ask;
mod chance;
mod directory;
mod fault;
mod gateway;
mod grant;
mod guessable;
pub mod identity_pool;
mod key_sets;
mod links;
pub mod login_token;
pub mod logins;
mod matched_route;
mod opaque_string;
pub mod password;
mod password_change;
mod problem;
mod provider;
mod reason;
mod recovery;
mod registration;
mod router;
mod routes;
mod sessions;
pub mod settings;
mod signed_token;
mod subject_token;
pub mod tags;
mod token_refusal;
mod verification_key;
mod verified_claims;
pub mod web;

pub use chance::Chance;
pub use provider::{Parts, Provider, World};
pub use router::openapi;
