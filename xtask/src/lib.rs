//! Commands of this repository, `cargo xtask NAME`: what follows from the template is generated, a
//! trigger gets its folder, and the longer checks run.
//!
//! Nothing here is part of a function, and nothing here depends on an AWS SDK.

pub mod attach;
pub mod check_template;
pub mod costs;
pub mod generated;
pub mod new_trigger;
pub mod planted;
pub mod runbook;
pub mod template;
pub mod tools;
pub mod workspace;
