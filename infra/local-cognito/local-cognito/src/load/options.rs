//! The options of a load on the command line.

use std::num::NonZeroUsize;

use clap::Args;

/// Size of a load.
#[derive(Clone, Copy, Debug, Args)]
pub struct LoadOptions {
    /// Sign-ins that are measured, after one for each that is under way at once
    #[arg(long, value_name = "NUMBER", default_value = "1000")]
    pub sign_ins: NonZeroUsize,
    /// Sign-ins that are under way at once
    #[arg(long, value_name = "NUMBER", default_value = "4")]
    pub concurrency: NonZeroUsize,
    /// Users who sign in, in turn
    #[arg(long, value_name = "NUMBER", default_value = "100")]
    pub users: NonZeroUsize,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
