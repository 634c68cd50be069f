//! The outcome of one call, and the assertions of cases about it.

use local_cognito::user_pool::ApiError;
use serde_json::Value;

/// Outcome of one call, with the events that it caused.
pub struct Run {
    /// Answer or error of the pool.
    pub result: Result<Value, ApiError>,
    /// Events of the functions, in order.
    pub events: Vec<Value>,
}

impl Run {
    /// Asserts which triggers were called, in order.
    #[track_caller]
    pub fn fired(self, sources: &[&str]) -> Self {
        let found: Vec<&str> =
            self.events.iter().map(|event| event["triggerSource"].as_str().unwrap()).collect();
        assert_eq!(found, sources, "the call came to {:?}", self.result);
        self
    }

    /// Asserts success and gives the answer.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.result.expect("the call must succeed")
    }

    /// Asserts an error of this type and gives its text.
    #[track_caller]
    pub fn fails(self, kind: &str) -> String {
        let error = self.result.expect_err("the call must fail");
        assert_eq!(error.kind, kind, "{}", error.message);
        error.message
    }

    /// Asserts an error of this type and text.
    #[track_caller]
    pub fn fails_with(self, kind: &str, message: &str) {
        assert_eq!(self.fails(kind), message);
    }

    /// Asserts tokens and gives them.
    #[track_caller]
    pub fn tokens(self) -> Value {
        let tokens = self.ok()["AuthenticationResult"].clone();
        for token in ["IdToken", "AccessToken"] {
            assert!(tokens[token].is_string(), "no {token}: {tokens}");
        }
        tokens
    }

    /// The `request` of the n-th event.
    #[track_caller]
    pub fn request(&self, index: usize) -> Value {
        self.events[index]["request"].clone()
    }
}

/// Returns the error's type and text in one line.
#[track_caller]
pub fn error<T: std::fmt::Debug>(outcome: Result<T, ApiError>) -> String {
    outcome.unwrap_err().to_string()
}
