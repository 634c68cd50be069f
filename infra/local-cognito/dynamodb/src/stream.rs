//! The event source mapping from the stream of challenges to `deliver-message`.
//!
//! Records are filtered, spread over lanes by their key, so that the order per item is kept, and
//! delivered in batches, as the mapping of the template says. Of a batch that fails in part, only
//! the part from its first failure on is tried again; a batch that fails as a whole is cut in two;
//! a record without a try left, or that is too old, goes to the dead letters. Records that are done
//! are deleted from the database, a few hundred at a time.

mod delivery;
mod progress;
mod pump;
mod source;
mod state;

pub use self::pump::pump;
pub use self::source::{Source, TARGET};
pub use self::state::{DeadLetter, Paused, Stream};
