//! Who may sign up, and what is taken as proved.
//!
//! Pure: no I/O, no clock, no randomness, no environment.
//! What is proved about an address would come in with [`sign_up_policy::SignUp`], and what follows
//! from it stands in [`sign_up_policy::Admission`]; today nothing proves an address at sign-up.

pub mod directory_name;
pub mod email;
pub mod sign_up_policy;
