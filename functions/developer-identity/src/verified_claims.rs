//! The claims of a token after the check of its signature (RFC 7519, section 4).
//!
//! A claim that is present must have the type of the standard; `null` is not one of them.

use serde_json::{Map, Value};

use crate::token_refusal::TokenRefusal;

/// Greatest lead of the issuer's clock, in seconds.
const LEEWAY: u64 = 60;

/// Claims of a token after the check of its signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VerifiedClaims<'a>(&'a Map<String, Value>);

/// A point in time in seconds since 1970; a fraction lies between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NumericDate {
    before: u64,
    after: u64,
}

impl NumericDate {
    /// Parses a number, which may have a fraction (RFC 7519, section 2); times before 1970 are invalid.
    fn parse(value: &Value) -> Option<Self> {
        let number = value.as_number()?;
        if let Some(whole) = number.as_u64() {
            return Some(Self { before: whole, after: whole });
        }
        let seconds = number.as_f64().filter(|seconds| *seconds >= 0.0)?;
        // Rust cuts off what does not fit.
        Some(Self { before: seconds.floor() as u64, after: seconds.ceil() as u64 })
    }
}

impl<'a> VerifiedClaims<'a> {
    /// Wraps the claims of a token after the check of its signature.
    pub(crate) const fn new(claims: &'a Map<String, Value>) -> Self {
        Self(claims)
    }

    /// Returns all claims.
    pub(crate) const fn as_map(&self) -> &'a Map<String, Value> {
        self.0
    }

    /// Returns a text, if the claim is present.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, TokenRefusal> {
        let text = |value: &'a Value| value.as_str().ok_or(TokenRefusal::MalformedClaim);
        self.0.get(name).map(text).transpose()
    }

    /// Returns a time in whole seconds since 1970, if the claim is present; a fraction is cut off.
    pub(crate) fn seconds(&self, name: &str) -> Result<Option<u64>, TokenRefusal> {
        Ok(self.time(name)?.map(|time| time.before))
    }

    /// Returns `sub`, which has from one to `most` bytes.
    pub(crate) fn subject(&self, most: usize) -> Result<&'a str, TokenRefusal> {
        let subject = self.text("sub")?.ok_or(TokenRefusal::MissingClaim)?;
        let is_sized = (1..=most).contains(&subject.len());
        is_sized.then_some(subject).ok_or(TokenRefusal::WrongSubject)
    }

    /// Returns the parties that `aud` names: one text, or a list of texts.
    pub(crate) fn audiences(&self) -> Result<Vec<&'a str>, TokenRefusal> {
        match self.0.get("aud") {
            None => Err(TokenRefusal::MissingClaim),
            Some(Value::String(audience)) => Ok(vec![audience]),
            Some(Value::Array(audiences)) => {
                let texts: Option<_> = audiences.iter().map(Value::as_str).collect();
                texts.ok_or(TokenRefusal::MalformedClaim)
            }
            Some(_) => Err(TokenRefusal::MalformedClaim),
        }
    }

    /// Checks `exp`, `iat` and `nbf`, and returns when the token expires, in seconds since 1970.
    /// `max_age` is the greatest age in seconds, if there is one. Fractions count so that the token
    /// is never accepted for longer than it states.
    pub(crate) fn check_times(&self, now: u64, max_age: Option<u64>) -> Result<u64, TokenRefusal> {
        let needed = |name| self.time(name)?.ok_or(TokenRefusal::MissingClaim);
        let (expires, issued) = (needed("exp")?.before, needed("iat")?);
        let not_before = self.time("nbf")?;
        let ahead = now.saturating_add(LEEWAY);
        let is_stale = |age| now > issued.before.saturating_add(age);
        if now >= expires {
            Err(TokenRefusal::ExpiredToken)
        } else if issued.after > ahead || not_before.is_some_and(|time| time.after > ahead) {
            Err(TokenRefusal::FutureToken)
        } else if max_age.is_some_and(is_stale) {
            Err(TokenRefusal::StaleToken)
        } else {
            Ok(expires)
        }
    }

    fn time(&self, name: &str) -> Result<Option<NumericDate>, TokenRefusal> {
        let time = |value| NumericDate::parse(value).ok_or(TokenRefusal::MalformedClaim);
        self.0.get(name).map(time).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::VerifiedClaims;
    use crate::token_refusal::TokenRefusal::{
        self, ExpiredToken, FutureToken, MalformedClaim, MissingClaim, StaleToken, WrongSubject,
    };
    use serde_json::{Value, json};

    const NOW: u64 = 1_800_000_000;

    #[track_caller]
    fn check_times(changes: &Value, expected: Result<u64, TokenRefusal>) {
        let mut claims = json!({"exp": NOW + 300, "iat": NOW - 10});
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let claims = claims.as_object().unwrap();
        assert_eq!(VerifiedClaims::new(claims).check_times(NOW, Some(300)), expected, "{changes}");
    }

    #[test]
    fn t67_times_are_whole_or_fractional_seconds() {
        let (now, good) = (NOW as f64, Ok(NOW + 300));
        for changes in [
            json!({}),
            json!({"iat": NOW - 300}),
            json!({"iat": NOW + 60}),
            json!({"iat": now - 299.5}),
            json!({"iat": now + 59.5}),
            json!({"nbf": 0}),
            json!({"nbf": NOW + 60}),
            json!({"nbf": now + 59.25}),
            json!({"exp": now + 300.75}),
        ] {
            check_times(&changes, good);
        }
        check_times(&json!({"exp": now + 1.5}), Ok(NOW + 1));
        check_times(&json!({"exp": 4e9}), Ok(4_000_000_000));
        check_times(&json!({"exp": 1e300}), Ok(u64::MAX));
        for exp in [json!(NOW), json!(NOW - 1), json!(0), json!(now + 0.5), json!(0.1)] {
            check_times(&json!({ "exp": exp }), Err(ExpiredToken));
        }
        for name in ["iat", "nbf"] {
            for time in [json!(NOW + 61), json!(now + 60.5), json!(u64::MAX), json!(1e300)] {
                check_times(&json!({ name: time }), Err(FutureToken));
            }
        }
        for iat in [json!(NOW - 301), json!(now - 300.5), json!(0)] {
            check_times(&json!({ "iat": iat }), Err(StaleToken));
        }
    }

    #[test]
    fn t67_times_of_other_type_are_refused() {
        for name in ["exp", "iat", "nbf"] {
            for value in [
                json!("1800000000"),
                json!(-1),
                json!(-0.5),
                json!(true),
                json!(null),
                json!([NOW]),
                json!({}),
            ] {
                check_times(&json!({ name: value }), Err(MalformedClaim));
            }
        }
        for name in ["exp", "iat"] {
            let mut claims = json!({"exp": NOW + 300, "iat": NOW});
            claims.as_object_mut().unwrap().remove(name);
            let claims = claims.as_object().unwrap();
            let times = VerifiedClaims::new(claims).check_times(NOW, None);
            assert_eq!(times, Err(MissingClaim), "{name}");
        }
    }

    #[test]
    fn t67_audience_is_text_or_list_of_texts() {
        for (aud, expected) in [
            (json!("one"), Ok(vec!["one"])),
            (json!(["one"]), Ok(vec!["one"])),
            (json!(["one", "two"]), Ok(vec!["one", "two"])),
            (json!([]), Ok(vec![])),
            (json!(["one", 1]), Err(MalformedClaim)),
            (json!([["one"]]), Err(MalformedClaim)),
            (json!({"one": 1}), Err(MalformedClaim)),
            (json!(1), Err(MalformedClaim)),
            (json!(null), Err(MalformedClaim)),
        ] {
            let claims = json!({ "aud": aud });
            let claims = claims.as_object().unwrap();
            assert_eq!(VerifiedClaims::new(claims).audiences(), expected, "{aud}");
        }
        let none = serde_json::Map::new();
        assert_eq!(VerifiedClaims::new(&none).audiences(), Err(MissingClaim));
    }

    #[test]
    fn t67_subject_is_text_of_bounded_length() {
        for (sub, expected) in [
            (json!("x"), Ok("x")),
            (json!("system:serviceaccount:a:b"), Ok("system:serviceaccount:a:b")),
            (json!(""), Err(WrongSubject)),
            (json!("x".repeat(256)), Err(WrongSubject)),
            (json!(17), Err(MalformedClaim)),
            (json!(null), Err(MalformedClaim)),
            (json!(["x"]), Err(MalformedClaim)),
        ] {
            let claims = json!({ "sub": sub });
            let claims = claims.as_object().unwrap();
            assert_eq!(VerifiedClaims::new(claims).subject(255), expected, "{sub}");
        }
    }
}
