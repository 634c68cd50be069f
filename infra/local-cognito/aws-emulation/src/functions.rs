//! Lambda functions by name: the real binaries, an endpoint elsewhere, or a script.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use serde_json::Value;

/// Outcome of one invocation, as the service that invoked it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The payload the function returned, byte for byte; it need not be JSON.
    Returned(Vec<u8>),
    /// A function error: a handled one, a crash (`Runtime.ExitError`) or the function's own
    /// time-out (`Sandbox.Timedout`).
    Failed {
        /// The `errorType` of the function's error document.
        error_type: String,
        /// The `errorMessage` of the function's error document.
        error_message: String,
    },
    /// The caller gave up waiting: Cognito's limit of 5 s.
    CallerTimedOut,
    /// The invocation was refused before the function ran; the name of the Lambda error, such as
    /// `AccessDeniedException`.
    Refused(String),
}

impl Outcome {
    /// An answer with this JSON.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self::Returned(value.to_string().into_bytes())
    }

    /// A handled error with this message, as a Rust handler's `Err` produces it.
    #[must_use]
    pub fn error(message: &str) -> Self {
        Self::Failed { error_type: "Error".to_owned(), error_message: message.to_owned() }
    }
}

/// A future that is boxed so that functions of different kinds fit one table.
pub type Invocation = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Something that can be invoked like a Lambda function.
pub trait Invoke: Send + Sync {
    /// Invokes it once with `payload`; `limit` is the longest that the caller waits.
    fn invoke(&self, payload: Vec<u8>, limit: Duration) -> Invocation;
}

/// The functions of one local Cognito, by name (`pre-sign-up`, `define-auth-challenge`, …).
#[derive(Clone, Default)]
pub struct Functions(Arc<RwLock<BTreeMap<String, Arc<dyn Invoke>>>>);

impl Functions {
    /// Puts a function in place; an earlier one of that name is replaced.
    pub fn put(&self, name: &str, function: Arc<dyn Invoke>) {
        self.0
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .insert(name.to_owned(), function);
    }

    /// Puts a scripted function in place: a closure from the event to the outcome.
    pub fn script(&self, name: &str, script: impl Fn(Value) -> Outcome + Send + Sync + 'static) {
        self.put(name, Arc::new(Script(script)));
    }

    /// Returns true if there is a function of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).contains_key(name)
    }

    /// Invokes a function by name; an unknown name is refused as AWS refuses an
    /// invocation without permission.
    pub async fn invoke(&self, name: &str, payload: Vec<u8>, limit: Duration) -> Outcome {
        let function =
            self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(name).cloned();
        match function {
            Some(function) => function.invoke(payload, limit).await,
            None => Outcome::Refused("AccessDeniedException".to_owned()),
        }
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let functions = self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        formatter.debug_set().entries(functions.keys()).finish()
    }
}

struct Script<F>(F);

impl<F: Fn(Value) -> Outcome + Send + Sync> Invoke for Script<F> {
    fn invoke(&self, payload: Vec<u8>, _limit: Duration) -> Invocation {
        let outcome = match serde_json::from_slice(&payload) {
            Ok(event) => (self.0)(event),
            Err(error) => Outcome::error(&error.to_string()),
        };
        Box::pin(std::future::ready(outcome))
    }
}
