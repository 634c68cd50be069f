//! One call that breaks, and the order in which parallel requests come to their calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use lifeguard_testkit::Seeded;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// It never arrives.
    Before,
    /// It is done, and its answer is lost.
    After,
}

/// Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Fuse(Arc<Parts>);

#[derive(Default)]
struct Parts {
    calls: AtomicUsize,
    /// The call that breaks, twice its number and one more if it is done; 0 is none.
    breaks: AtomicUsize,
    /// Where the order of calls comes from; 0 is their natural one.
    seed: AtomicU64,
}

impl Fuse {
    /// From now on call number `call` breaks, counted from 1.
    pub(crate) fn set(&self, call: usize, how: Break) {
        self.0.calls.store(0, Ordering::SeqCst);
        self.0.breaks.store(2 * call + usize::from(how == Break::After), Ordering::SeqCst);
    }

    /// From now on nothing breaks; how many calls there were.
    pub(crate) fn mend(&self) -> usize {
        self.0.breaks.store(0, Ordering::SeqCst);
        self.0.calls.swap(0, Ordering::SeqCst)
    }

    /// From now on calls wait for each other in an order of this seed.
    pub(crate) fn shuffle(&self, seed: u64) {
        self.0.seed.store(seed, Ordering::SeqCst);
    }

    /// Counts a call, and says whether it breaks.
    pub(crate) async fn call(&self) -> Option<Break> {
        let seed = self.0.seed.fetch_add(1, Ordering::SeqCst);
        if seed != 0 {
            for _ in 0..Seeded::new(seed).below(4) {
                tokio::task::yield_now().await;
            }
        } else {
            self.0.seed.store(0, Ordering::SeqCst);
        }
        let call = self.0.calls.fetch_add(1, Ordering::SeqCst) + 1;
        match self.0.breaks.load(Ordering::SeqCst) {
            breaks if breaks == 2 * call => Some(Break::Before),
            breaks if breaks == 2 * call + 1 => Some(Break::After),
            _ => None,
        }
    }
}
