//! Table of accounts of the developer-identity provider.
//!
//! One row per account, changed only by single conditional `UpdateItem` calls. The row holds the
//! status, the password's hash with its budget, the identity, and all sessions, so that revoking
//! them all, or disabling the account, is one write, and every grant sees it. The layout and its
//! reasons are in `docs/decisions/0008-one-row-per-account.md`.

mod account;
pub mod administration;
mod attempts;
pub mod links;
mod operations;
pub mod passwords;
mod registration;
mod row;
mod sessions;
mod table;

pub use account::{Account, LinkNonce};
pub use operations::{
    Accounts, Attempt, NewAccount, NewSession, Registration, Revocation, Rotation, Written,
};
pub use table::AccountTable;
