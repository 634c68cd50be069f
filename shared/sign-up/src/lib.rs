//! Who may sign up, and what is taken as proved.
//!
//! Pure: no I/O, no clock, no randomness, no environment.

pub mod sign_up_policy;
