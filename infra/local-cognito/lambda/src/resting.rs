//! Sandboxes of one function that wait for an invocation.

use std::sync::{Mutex, PoisonError};

use local_cognito_aws_emulation::functions::Outcome;
use tokio::sync::{mpsc, oneshot};

/// One invocation on its way into a sandbox.
pub(super) struct Job {
    pub(super) request_id: String,
    pub(super) payload: Vec<u8>,
    /// Receiver of the outcome; it is gone if the caller has given up.
    pub(super) done: oneshot::Sender<Outcome>,
    /// The way back to the resting ones: the sandbox's own sender.
    pub(super) sandbox: mpsc::UnboundedSender<Job>,
}

/// Sandboxes that rest, and the last complaint about starting one.
#[derive(Default)]
pub(super) struct Resting {
    idle: Mutex<Vec<mpsc::UnboundedSender<Job>>>,
    complaint: Mutex<String>,
}

impl Resting {
    /// Takes the sandbox that rested last.
    pub(super) fn take(&self) -> Option<mpsc::UnboundedSender<Job>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Adds a sandbox that has ended its work.
    pub(super) fn rest(&self, sandbox: mpsc::UnboundedSender<Job>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(sandbox);
    }

    /// True if a complaint about starting differs from the last one, so that it is shown once.
    pub(super) fn is_new_complaint(&self, complaint: &str) -> bool {
        let mut last = self.complaint.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = *last != complaint;
        complaint.clone_into(&mut last);
        is_new
    }
}
