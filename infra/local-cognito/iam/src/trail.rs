//! Questions of functions to their roles, with the answers: each once, however often it was
//! asked, so that a test can compare what is granted with what is used.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::decision::Decision;

/// One thing that a function asked of its role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The function's name, such as `pre-sign-up`.
    pub function: String,
    /// The action, such as `dynamodb:UpdateItem`.
    pub action: String,
    /// The ARN of what it is done to; `*` for an action that IAM knows none for.
    pub resource: String,
    /// Answer of the role.
    pub answer: Decision,
}

/// The trail of one local Cognito; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Trail(Arc<Mutex<BTreeSet<Question>>>);

impl Trail {
    /// Adds a question, unless it is there.
    pub fn note(&self, question: Question) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(question);
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn all(&self) -> BTreeSet<Question> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
