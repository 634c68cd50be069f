//! The rules of the repository, as tests.
//!
//! A rule that only a reviewer keeps is forgotten; a rule that fails a test is not.
//! Lists of exceptions may only shrink: an entry that is no longer needed fails too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod circles;
mod dependencies;
mod events;
mod features;
mod files;
mod layout;
mod modules;
mod numbered;
mod pages;
mod planted;
mod wording;
mod words;
