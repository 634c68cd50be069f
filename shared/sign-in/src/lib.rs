//! The custom sign-in protocol: automaton, challenges, codes and budgets.
//!
//! Pure: no I/O, no clock, no randomness, no environment. Time and random bytes come in as
//! arguments.

pub mod answer;
pub mod automaton;
pub mod budget;
pub mod client_policy;
pub mod code;
pub mod code_key;
pub mod encode;
pub mod history;
pub mod language;
pub mod link;
pub mod occasion;
pub mod outgoing;
pub mod redirect;
pub mod row;
pub mod secret;
pub mod ticket;
pub mod verdict;
