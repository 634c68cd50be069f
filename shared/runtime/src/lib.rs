//! The only code that knows Lambda, the environment, logging, the wall clock and OS randomness.
//!
//! A function's `main` reads its settings with [`settings`], builds its clients and hands its
//! handler to [`serve`].

mod answer;
mod audit;
mod clock;
mod log;
mod randomness;
mod serve;
mod start;

pub use answer::{Answer, Failure, Refusal, Reply, chain};
pub use audit::Audit;
pub use clock::now;
pub use randomness::random_bytes;
pub use serve::{DEADLINE, serve};
pub use start::settings;
