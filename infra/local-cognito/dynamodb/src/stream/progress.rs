//! Records that were read and are still in the database, and which of them are done.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Number of records that are deleted together, so that not every write costs a deletion.
pub(super) const STEP: usize = 256;

/// Records by their number, true for those that are done; cloning shares them.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<Mutex<BTreeMap<u64, bool>>>);

impl Progress {
    /// Adds a record that was read.
    pub(super) fn begin(&self, number: u64) {
        self.lock().insert(number, false);
    }

    /// Notes that records are delivered, given up, or not for the function.
    pub(super) fn finish(&self, numbers: &[u64]) {
        let mut records = self.lock();
        for number in numbers {
            if let Some(is_done) = records.get_mut(number) {
                *is_done = true;
            }
        }
    }

    /// Returns the number up to which records can be deleted, and forgets these; `None` while they
    /// are few. No record behind one that is not done is among them, since it has to be found after
    /// a restart, and never the newest, by which the engine numbers the next.
    pub(super) fn take_deletable(&self) -> Option<u64> {
        let mut records = self.lock();
        let done = records.values().take_while(|is_done| **is_done).count();
        let last = done.checked_sub(2).filter(|_| done > STEP)?;
        let up_to = *records.keys().nth(last)?;
        *records = records.split_off(&up_to.saturating_add(1));
        Some(up_to)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, STEP};

    /// Reads records of these many numbers from 1 and finishes all but some.
    #[track_caller]
    fn check(read: u64, open: &[u64], expected: Option<u64>) {
        let progress = Progress::default();
        (1..=read).for_each(|number| progress.begin(number));
        let done: Vec<u64> = (1..=read).filter(|number| !open.contains(number)).collect();
        progress.finish(&done);
        assert_eq!(progress.take_deletable(), expected, "{read} read, {open:?} open");
        assert_eq!(progress.take_deletable(), None, "twice");
    }

    #[test]
    fn done_records_are_deleted_together_except_the_newest() {
        let step = u64::try_from(STEP).unwrap();
        check(0, &[], None);
        check(1, &[], None);
        check(step, &[], None);
        check(step + 1, &[], Some(step));
        check(step + 99, &[], Some(step + 98));
    }

    #[test]
    fn open_record_and_what_is_behind_it_stay() {
        let step = u64::try_from(STEP).unwrap();
        check(step * 2, &[1], None);
        check(step * 2, &[step], None);
        check(step * 2, &[step + 2, step + 9], Some(step));
    }

    #[test]
    fn record_that_is_done_late_lets_the_others_go() {
        let progress = Progress::default();
        let last = u64::try_from(STEP).unwrap() * 3;
        (1..=last).for_each(|number| progress.begin(number));
        progress.finish(&(2..=last).collect::<Vec<_>>());
        assert_eq!(progress.take_deletable(), None);
        progress.finish(&[1]);
        assert_eq!(progress.take_deletable(), Some(last - 1));
        assert_eq!(progress.lock().len(), 1);
    }
}
