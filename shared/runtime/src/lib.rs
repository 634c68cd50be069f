#![doc = include_str!("../README.md")]

mod answer;
mod audit;
mod clock;
mod line;
mod log;
mod metric;
#[cfg(feature = "otel")]
mod otel;
mod randomness;
mod serve;
mod start;
mod trace_header;

pub use answer::{Answer, Failure, Refusal, Reply, chain};
pub use audit::Audit;
pub use clock::now;
pub use metric::{Dimension, Metric, REFUSALS};
pub use randomness::random_bytes;
pub use serve::{CALLS_LIMIT, DEADLINE, serve};
pub use start::{lookup, require, settings, warm_up};
