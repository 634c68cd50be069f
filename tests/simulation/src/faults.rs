//! Faults of the calls that a function makes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lifeguard_store::{Operation, StoreError};

/// A fault of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFault {
    /// The call changes nothing and fails.
    Throttled,
    /// The call changes the row as it should, and its answer is lost.
    AnswerLost,
}

/// The fault that waits for a call; cloning shares it.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Option<Waiting>>>);

#[derive(Clone, Copy)]
struct Waiting {
    fault: CallFault,
    /// Number of calls that pass before.
    passes: u64,
}

impl Faults {
    /// Lets a call fail, after so many that pass.
    pub fn fail_after(&self, passes: u64, fault: CallFault) {
        *self.waiting() = Some(Waiting { fault, passes });
    }

    /// Forgets a fault that no call met; true if there was none left.
    pub fn has_struck(&self) -> bool {
        self.waiting().take().is_none()
    }

    /// Returns the fault of the call that is about to be made.
    pub fn strike(&self) -> Option<CallFault> {
        let mut waiting = self.waiting();
        match &mut *waiting {
            None => None,
            Some(Waiting { passes: 0, fault }) => {
                let fault = *fault;
                *waiting = None;
                Some(fault)
            }
            Some(Waiting { passes, .. }) => {
                *passes -= 1;
                None
            }
        }
    }

    /// Makes a call of a table, unless a fault is in its way.
    ///
    /// # Errors
    /// The call's own error, or a failure that stands for the fault.
    pub async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let fault = self.strike();
        match fault {
            None => call.await,
            Some(CallFault::Throttled) => Err(failure()),
            Some(CallFault::AnswerLost) => {
                call.await?;
                Err(failure())
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failure() -> StoreError {
    StoreError::new(Operation::Issue, "simulated")
}

#[cfg(test)]
mod tests {
    use super::{CallFault, Faults};

    #[test]
    fn fault_strikes_once_after_the_calls_that_pass() {
        let faults = Faults::default();
        faults.fail_after(1, CallFault::Throttled);
        assert_eq!(faults.strike(), None);
        assert_eq!(faults.strike(), Some(CallFault::Throttled));
        assert_eq!(faults.strike(), None);
        assert!(faults.has_struck());
        faults.fail_after(0, CallFault::AnswerLost);
        assert!(!faults.has_struck());
        assert_eq!(faults.strike(), None);
    }
}
