//! The rules of a sign-up.

use std::collections::BTreeSet;

/// How a new account becomes confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Cognito sends a code and the person repeats it.
    ByCode,
    /// At once, without any proof of the address: only for pools whose every sign-in proves it.
    Automatic,
}

/// Whether a refusal is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// A refusal refuses.
    Enforce,
    /// A refusal is only recorded; the answer is as if allowed and never confirms or verifies more.
    Observe,
}

/// The rules of a pool's sign-ups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUpPolicy {
    /// Whether refusals are carried out.
    pub enforcement: Enforcement,
    /// How a new account becomes confirmed.
    pub confirmation: Confirmation,
    /// If not empty, only addresses of these domains may sign up (ASCII, lower case).
    pub allowed_domains: BTreeSet<String>,
    /// Addresses of these domains may not sign up (ASCII, lower case).
    pub denied_domains: BTreeSet<String>,
    /// The attributes that a person may set at sign-up.
    pub allowed_attributes: BTreeSet<String>,
}
