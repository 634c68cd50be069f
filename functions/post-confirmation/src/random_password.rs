//! The password that takes the place of one that its owner did not choose.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes of a password.
pub const RANDOM_BYTES: usize = 96;

/// A capital letter, a small letter, a digit and a symbol: every kind that a pool may ask for.
const EVERY_KIND: &str = "Aa0-";

/// A password that no party knows.
///
/// It satisfies the policy of every pool: Cognito asks for at most 99 characters and takes 256.
pub struct RandomPassword(String);

impl RandomPassword {
    /// Makes a password of random bytes.
    #[must_use]
    pub fn new(random: &[u8; RANDOM_BYTES]) -> Self {
        Self(format!("{EVERY_KIND}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// Returns the password, for the user pool alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Hides the password.
impl fmt::Debug for RandomPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomPassword([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::{RANDOM_BYTES, RandomPassword};
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_ne, proptest};

    fn random() -> impl Strategy<Value = [u8; RANDOM_BYTES]> {
        proptest::collection::vec(any::<u8>(), RANDOM_BYTES)
            .prop_map(|bytes| bytes.try_into().unwrap())
    }

    proptest! {
        #[test]
        fn password_fits_every_policy_and_is_not_shown(one in random(), other in random()) {
            let password = RandomPassword::new(&one);
            let text = password.expose();
            prop_assert!((99..=256).contains(&text.len()));
            prop_assert!(text.is_ascii() && !text.contains(char::is_whitespace));
            prop_assert!(text.contains(|letter: char| letter.is_ascii_uppercase()));
            prop_assert!(text.contains(|letter: char| letter.is_ascii_lowercase()));
            prop_assert!(text.contains(|letter: char| letter.is_ascii_digit()));
            prop_assert!(text.contains(['-', '_']));
            let shown = format!("{password:?}");
            prop_assert!(!shown.contains(text));
            if one != other {
                let other = RandomPassword::new(&other);
                prop_assert_ne!(text, other.expose());
            }
        }
    }
}
