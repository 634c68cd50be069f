//! Confirmation codes: one valid code for each purpose, with limits on requests and attempts.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::settings::Settings;
use local_cognito_aws_emulation::{ApiError, randomness};

const HOUR: u64 = 60 * 60;

/// Purpose of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose<'a> {
    SignUp,
    Password,
    /// Verifies the address in this attribute.
    Attribute(&'a str),
}

/// The newest code of one purpose, with the times of requests and attempts.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Code {
    text: String,
    expires: u64,
    /// The attribute with the address that it was sent to.
    attribute: String,
    asked: Vec<u64>,
    tried: Vec<u64>,
}

impl Purpose<'_> {
    /// The key under which a user holds the code.
    pub(crate) fn key(self) -> String {
        match self {
            Self::SignUp => "sign-up".to_owned(),
            Self::Password => "password".to_owned(),
            Self::Attribute(name) => format!("attribute:{name}"),
        }
    }

    fn life(self, settings: &Settings) -> u64 {
        match self {
            Self::SignUp => settings.sign_up_code_life,
            Self::Password => settings.password_code_life,
            Self::Attribute(_) => settings.attribute_code_life,
        }
        .as_secs()
    }
}

impl Code {
    /// Replaces the code by a new one, to be sent to `attribute`.
    pub(crate) fn renew(
        &mut self,
        purpose: Purpose<'_>,
        attribute: &str,
        settings: &Settings,
        now: u64,
    ) -> Result<String, ApiError> {
        count(&mut self.asked, settings.codes_per_hour, now)?;
        self.text = randomness::six_digits()?;
        self.expires = now.saturating_add(purpose.life(settings));
        attribute.clone_into(&mut self.attribute);
        Ok(self.text.clone())
    }

    /// Counts a request for a code that is not sent and that no input matches.
    pub(crate) fn simulate(
        &mut self,
        purpose: Purpose<'_>,
        settings: &Settings,
        now: u64,
    ) -> Result<(), ApiError> {
        self.renew(purpose, "", settings, now)?;
        self.text = randomness::opaque()?;
        Ok(())
    }

    /// Returns the error for an attempt at a code that the caller may not use; the attempt counts.
    pub(crate) fn refuse(&mut self, given: &str, settings: &Settings, now: u64) -> ApiError {
        let text = self.text.clone();
        let spent = self.spend(given, settings, now);
        self.text = text;
        spent.err().unwrap_or_else(mismatch)
    }

    /// True if the code has expired and no request or attempt counts any more.
    pub(crate) fn is_over(&self, now: u64) -> bool {
        let counts = |times: &[u64]| times.iter().any(|time| now < time.saturating_add(HOUR));
        now >= self.expires && !counts(&self.asked) && !counts(&self.tried)
    }

    /// Uses the code up if `given` is right; returns the attribute that it was sent to.
    pub(crate) fn spend(
        &mut self,
        given: &str,
        settings: &Settings,
        now: u64,
    ) -> Result<String, ApiError> {
        count(&mut self.tried, settings.code_tries_per_hour, now)?;
        if self.text.is_empty() || now >= self.expires {
            return Err(expired());
        }
        if !bool::from(self.text.as_bytes().ct_eq(given.as_bytes())) {
            return Err(mismatch());
        }
        self.text.clear();
        Ok(std::mem::take(&mut self.attribute))
    }
}

fn count(times: &mut Vec<u64>, limit: u32, now: u64) -> Result<(), ApiError> {
    times.retain(|time| now < time.saturating_add(HOUR));
    if u32::try_from(times.len()).is_ok_and(|count| count < limit) {
        times.push(now);
        return Ok(());
    }
    Err(ApiError::new(
        "LimitExceededException",
        "Attempt limit exceeded, please try after some time.",
    ))
}

/// Reports a wrong code.
pub(crate) fn mismatch() -> ApiError {
    ApiError::new("CodeMismatchException", "Invalid verification code provided, please try again.")
}

/// Reports a code that has expired, was used or never existed.
pub(crate) fn expired() -> ApiError {
    ApiError::new("ExpiredCodeException", "Invalid code provided, please request a code again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(now: u64) -> (Code, String, Settings) {
        let settings = Settings::default();
        let mut code = Code::default();
        let text = code.renew(Purpose::Password, "email", &settings, now).unwrap();
        (code, text, settings)
    }

    #[test]
    fn code_is_used_once() {
        let (mut code, text, settings) = sent(0);
        assert_eq!(code.spend(&text, &settings, 1), Ok("email".to_owned()));
        assert_eq!(code.spend(&text, &settings, 1), Err(expired()));
    }

    #[test]
    fn code_is_rejected_after_its_expiry() {
        let (mut code, text, settings) = sent(0);
        assert_eq!(code.spend(&text, &settings, 3_600), Err(expired()));
        assert!(code.spend(&text, &settings, 3_599).is_ok());
    }

    #[test]
    fn sixteenth_attempt_in_an_hour_is_not_judged() {
        let (mut code, text, settings) = sent(0);
        for _ in 0..15 {
            assert_eq!(code.spend("nonsense", &settings, 1), Err(mismatch()));
        }
        let error = code.spend(&text, &settings, 2).unwrap_err();
        assert_eq!(error.kind, "LimitExceededException");
    }
}
