#![doc = include_str!("../README.md")]

pub mod attach;
pub mod check_template;
pub mod costs;
pub mod create_only;
pub mod generated;
mod marked_block;
pub mod new_trigger;
pub mod planted;
pub mod plots;
pub mod runbook;
pub mod sbom;
pub mod template;
pub mod tools;
pub mod workspace;
