//! Seeds one after another, on every core, and what they add up to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use clap::ValueEnum;
use thiserror::Error;

use crate::clause::Clause;
use crate::life::{self, SIGN_INS};
use crate::report::Report;
use crate::rows::Rows;
use crate::ways::Ways;

/// Seeds that a thread plays between two looks at the others.
const BATCH: u64 = 25;

/// A clause that broke, with the seed that plays it again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("seed {seed} breaks the guarantee: {clause}")]
pub struct Broken {
    /// The seed.
    pub seed: u64,
    /// The clause.
    pub clause: Clause,
}

/// The rows on which seeds are played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// In memory.
    Memory,
    /// In the embedded database, by the real table code.
    Embedded,
}

/// Returns the number of seeds with at least so many sign-ins of attacked owners.
#[must_use]
pub fn seeds<W: Ways>(sign_ins: u64) -> u64 {
    (sign_ins + sign_ins * W::SPARE / 100).div_ceil(SIGN_INS)
}

/// Plays a range of seeds on this many threads. The result depends on the seeds alone.
///
/// # Errors
/// The lowest seed that breaks a clause.
///
/// # Panics
/// If a thread does.
pub fn play<W: Ways>(
    first: u64,
    seeds: u64,
    store: Store,
    threads: usize,
) -> Result<Report, Broken> {
    let next = AtomicU64::new(first);
    let end = AtomicU64::new(first + seeds);
    let one = || {
        let runtime = runtime();
        let rows = runtime.block_on(rows(store));
        let mut report = Report::default();
        loop {
            let batch = next.fetch_add(BATCH, Ordering::Relaxed);
            let last = (batch + BATCH).min(end.load(Ordering::Relaxed));
            if batch >= last {
                return Ok(report);
            }
            for seed in batch..last {
                let played =
                    runtime.block_on(play_one::<W>(seed, rows.clone(), store, &mut report));
                played.inspect_err(|broken| {
                    end.fetch_min(broken.seed, Ordering::Relaxed);
                })?;
            }
        }
    };
    let results: Vec<Result<Report, Broken>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread ends")).collect()
    });
    let mut sum = Report::default();
    let mut broken: Vec<Broken> = Vec::new();
    for result in results {
        match result {
            Ok(report) => sum.add(&report),
            Err(first) => broken.push(first),
        }
    }
    broken.into_iter().min_by_key(|broken| broken.seed).map_or(Ok(sum), Err)
}

async fn play_one<W: Ways>(
    seed: u64,
    rows: Rows,
    store: Store,
    report: &mut Report,
) -> Result<(), Broken> {
    let rows = match store {
        Store::Memory => Rows::in_memory(),
        Store::Embedded => rows,
    };
    let mut system = W::system(seed, rows, false);
    life::play(&mut system, report).await.map_err(|clause| Broken { seed, clause })
}

/// Plays one seed and returns its journal as well.
///
/// # Errors
/// The clause that it breaks, with the journal.
///
/// # Panics
/// If no runtime starts.
pub fn replay<W: Ways>(seed: u64, store: Store) -> (Vec<String>, Result<Report, Broken>) {
    runtime().block_on(async {
        let mut system = W::system(seed, rows(store).await, true);
        let mut report = Report::default();
        let played = life::play(&mut system, &mut report).await;
        let played = played.map(|()| report).map_err(|clause| Broken { seed, clause });
        (system.journal().to_vec(), played)
    })
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts")
}

async fn rows(store: Store) -> Rows {
    match store {
        Store::Memory => Rows::in_memory(),
        Store::Embedded => Rows::embedded().await,
    }
}
