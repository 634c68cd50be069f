//! The outcome of one call, and the assertions of cases about it.

use local_cognito::user_pool::ApiError;
use serde_json::Value;

/// Outcome of one call, with the events that it caused.
pub(crate) struct Run {
    pub(crate) result: Result<Value, ApiError>,
    pub(crate) events: Vec<Value>,
}

impl Run {
    /// Asserts which triggers were called, in order.
    #[track_caller]
    pub(crate) fn fired(self, sources: &[&str]) -> Self {
        let found: Vec<&str> =
            self.events.iter().map(|event| event["triggerSource"].as_str().unwrap()).collect();
        assert_eq!(found, sources, "the call came to {:?}", self.result);
        self
    }

    /// Asserts success and gives the answer.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        self.result.expect("the call must succeed")
    }

    /// Asserts an error of this type and gives its text.
    #[track_caller]
    pub(crate) fn fails(self, kind: &str) -> String {
        let error = self.result.expect_err("the call must fail");
        assert_eq!(error.kind, kind, "{}", error.message);
        error.message
    }

    /// Asserts an error of this type and text.
    #[track_caller]
    pub(crate) fn fails_with(self, kind: &str, message: &str) {
        assert_eq!(self.fails(kind), message);
    }

    /// Asserts tokens and gives them.
    #[track_caller]
    pub(crate) fn tokens(self) -> Value {
        let tokens = self.ok()["AuthenticationResult"].clone();
        for token in ["IdToken", "AccessToken"] {
            assert!(tokens[token].is_string(), "no {token}: {tokens}");
        }
        tokens
    }

    /// The `request` of the n-th event.
    #[track_caller]
    pub(crate) fn request(&self, index: usize) -> Value {
        self.events[index]["request"].clone()
    }
}
