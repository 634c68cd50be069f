//! Behaviour of a service outside a function, call by call.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::seeded::Seeded;

/// Behaviour of a service in one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// The service acts and responds.
    #[default]
    Works,
    /// The service does not act and responds with an error.
    Refuses,
    /// The connection breaks before the service acts.
    LosesRequest,
    /// The connection breaks after the service acts.
    LosesResponse,
    /// The service neither acts nor responds.
    HangsBefore,
    /// The service acts and never responds.
    HangsAfter,
    /// The client of the service panics.
    Panics,
}

impl Behaviour {
    /// Every behaviour in which the caller gets no response, or an error.
    pub const FAULTS: [Self; 6] = [
        Self::Refuses,
        Self::LosesRequest,
        Self::LosesResponse,
        Self::HangsBefore,
        Self::HangsAfter,
        Self::Panics,
    ];

    fn acts(self) -> bool {
        matches!(self, Self::Works | Self::HangsAfter | Self::LosesResponse)
    }
}

/// Error of a call of a stand-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The service refused.
    Refused,
    /// The connection broke: the outcome is unknown.
    Lost,
}

/// The calls of one service and their behaviour; cloning shares them.
#[derive(Clone, Default)]
pub struct StandIn(Arc<StandInState>);

#[derive(Default)]
struct StandInState {
    plan: Mutex<CallPlan>,
    hanging: Notify,
}

#[derive(Default)]
struct CallPlan {
    next: VecDeque<Behaviour>,
    later: Behaviour,
    calls: usize,
    /// Pauses of random length before the calls, so that those of parallel requests mix.
    pauses: Option<Seeded>,
}

impl StandIn {
    /// Creates a service with this behaviour in every call.
    #[must_use]
    pub fn new(behaviour: Behaviour) -> Self {
        let stand_in = Self::default();
        stand_in.set(behaviour);
        stand_in
    }

    /// Sets the behaviour of all calls that follow.
    pub fn set(&self, behaviour: Behaviour) {
        let mut plan = self.plan();
        plan.next.clear();
        plan.later = behaviour;
    }

    /// Sets the behaviour of the next calls, one each.
    pub fn set_next(&self, behaviours: &[Behaviour]) {
        self.plan().next = behaviours.iter().copied().collect();
    }

    /// Counts from 0 again and sets the behaviour of call number `call`, counted from 1; the service
    /// works in all others.
    pub fn set_at(&self, call: usize, behaviour: Behaviour) {
        let mut plan = self.plan();
        plan.calls = 0;
        plan.later = Behaviour::Works;
        plan.next = std::iter::repeat_n(Behaviour::Works, call - 1).collect();
        plan.next.push_back(behaviour);
    }

    /// Lets the service work again, and counts from 0 again; returns the number of calls until now.
    pub fn mend(&self) -> usize {
        let mut plan = self.plan();
        plan.next.clear();
        plan.later = Behaviour::Works;
        std::mem::take(&mut plan.calls)
    }

    /// Mixes the order of the calls of parallel requests by this seed.
    pub fn shuffle(&self, seed: u64) {
        self.plan().pauses = Some(Seeded::new(seed));
    }

    /// Returns the number of calls.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.plan().calls
    }

    /// Waits until a call hangs.
    pub async fn hangs(&self) {
        self.0.hanging.notified().await;
    }

    /// Makes one call with the effect `act`.
    ///
    /// # Errors
    /// [`CallError`] as the behaviour of the call says.
    pub async fn call<T>(&self, act: impl Future<Output = T>) -> Result<T, CallError> {
        let pauses = self.plan().pauses.as_mut().map_or(0, |pauses| pauses.below(4));
        for _ in 0..pauses {
            tokio::task::yield_now().await;
        }
        let behaviour = {
            let mut plan = self.plan();
            plan.calls += 1;
            plan.next.pop_front().unwrap_or(plan.later)
        };
        let acted = if behaviour.acts() { Some(act.await) } else { None };
        match (behaviour, acted) {
            (Behaviour::Works, Some(outcome)) => Ok(outcome),
            (Behaviour::HangsBefore | Behaviour::HangsAfter, _) => {
                self.0.hanging.notify_one();
                std::future::pending().await
            }
            (Behaviour::Panics, _) => panic!("the client of the service panics"),
            (Behaviour::Refuses, _) => Err(CallError::Refused),
            (Behaviour::Works | Behaviour::LosesRequest | Behaviour::LosesResponse, _) => {
                Err(CallError::Lost)
            }
        }
    }

    fn plan(&self) -> MutexGuard<'_, CallPlan> {
        self.0.plan.lock().expect("no test panicked inside")
    }
}
