//! Fault of one call, and the order of the calls of parallel requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use lifeguard_testkit::Seeded;

/// Fault of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The request is lost.
    Before,
    /// The response is lost.
    After,
}

/// Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Fuse(Arc<FuseState>);

#[derive(Default)]
struct FuseState {
    calls: AtomicUsize,
    /// The call that fails: twice its number, plus one if it is done; 0 is none.
    breaks: AtomicUsize,
    /// The seed of the order of calls; 0 is the natural order.
    seed: AtomicU64,
}

impl Fuse {
    /// Lets call number `call`, counted from 1, fail.
    pub(crate) fn set(&self, call: usize, how: Break) {
        self.0.calls.store(0, Ordering::SeqCst);
        self.0.breaks.store(2 * call + usize::from(how == Break::After), Ordering::SeqCst);
    }

    /// Ends the faults, and returns the number of calls.
    pub(crate) fn mend(&self) -> usize {
        self.0.breaks.store(0, Ordering::SeqCst);
        self.0.calls.swap(0, Ordering::SeqCst)
    }

    /// Mixes the order of calls by this seed.
    pub(crate) fn shuffle(&self, seed: u64) {
        self.0.seed.store(seed, Ordering::SeqCst);
    }

    /// Counts a call, and returns its fault.
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
