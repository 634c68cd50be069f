//! The actions of the API: one table, and a handler for each action by the noun that it is about.

mod account;
mod admin_account;
mod admin_create_user;
mod attributes;
mod clients;
mod confirmation;
mod group_members;
mod groups;
mod list_users;
mod mfa_config;
mod pools;
mod recovery;
mod sign_in;
mod sign_up;
mod table;
mod tokens;

pub(crate) use self::clients::create_with_id as create_client_with_id;
pub(crate) use self::pools::create_with_id as create_pool_with_id;
pub use self::table::SERVED;
pub(crate) use self::table::{SERVICE, call};
