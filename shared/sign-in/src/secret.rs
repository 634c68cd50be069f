//! A text that must never be shown.

use std::fmt;

use subtle::ConstantTimeEq;

/// A code, an answer or a token. It cannot be displayed, serialised or compared by `==`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself: for the one who sends it, and for whoever computes a MAC of it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether both hold the same text; takes as long for a near miss as for a far one.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
