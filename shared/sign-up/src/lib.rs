//! Rules of a sign-up, and the normal form of addresses and names.
//!
//! Pure: no I/O, no clock, no randomness, no environment.
//! Nothing in a sign-up proves an address, so no rule confirms an account or verifies one.

pub mod directory_name;
pub mod email;
pub mod sign_up_policy;
