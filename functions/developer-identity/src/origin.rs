//! The origin secret: CloudFront's proof that a request came through it and its firewall.

use lifeguard_sign_in::encode::hexadecimal;
use lifeguard_sign_in::secret::Secret;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::request::header;

/// Header with the origin secret, which CloudFront adds to each request in place of a viewer's.
const ORIGIN_SECRET: &str = "x-lifeguard-origin-secret";

/// Relation of a request to the operator's CloudFront distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// No hash is configured: requests come straight to API Gateway.
    Unguarded,
    /// The request has a secret with one of the configured hashes.
    Proved,
    /// The request went around the distribution, and must be refused.
    Bypassed,
}

impl Origin {
    /// Judges the headers of an event by the SHA-256 hashes, in hexadecimal, of the secrets.
    pub(crate) fn from_event(event: &Value, hashes: &[String]) -> Self {
        let secret = header(event.get("headers"), ORIGIN_SECRET);
        match hashes {
            [] => Self::Unguarded,
            hashes if secret.is_some_and(|secret| is_right(secret, hashes)) => Self::Proved,
            _ => Self::Bypassed,
        }
    }
}

/// True for a secret with one of these hashes. Each of them is compared, and each in constant time.
fn is_right(secret: &str, hashes: &[String]) -> bool {
    let given = Secret::new(hexadecimal(&Sha256::digest(secret)));
    hashes.iter().fold(false, |right, hash| given.matches(&Secret::new(hash.clone())) | right)
}

#[cfg(test)]
mod tests {
    use super::{Origin, is_right};
    use proptest::prelude::proptest;
    use serde_json::{Value, json};

    /// SHA-256 of `current secret` and of `previous secret`.
    const CURRENT: &str = "622d6f256e92fff743b08c18e33910db942c917f5b905514e8c8be0c86ab4198";
    const PREVIOUS: &str = "a762291ddf2bd9706af9c53a8d6e3339a3790f7cea203a140a7f7cb83fe04176";

    #[track_caller]
    fn check(headers: Value, hashes: &[&str], expected: Origin) {
        let hashes: Vec<String> = hashes.iter().map(|hash| (*hash).to_owned()).collect();
        let event = json!({"headers": headers});
        assert_eq!(Origin::from_event(&event, &hashes), expected, "{event}");
    }

    fn secret(secret: &str) -> Value {
        json!({"x-lifeguard-origin-secret": secret})
    }

    #[test]
    fn current_and_previous_secret_prove_the_origin() {
        for given in ["current secret", "previous secret"] {
            check(secret(given), &[CURRENT, PREVIOUS], Origin::Proved);
            check(secret(given), &[PREVIOUS, CURRENT], Origin::Proved);
            check(secret(given), &[], Origin::Unguarded);
        }
        check(json!({"X-Lifeguard-Origin-Secret": "current secret"}), &[CURRENT], Origin::Proved);
        check(secret("previous secret"), &[CURRENT], Origin::Bypassed);
    }

    /// The attack: a caller finds the API behind the distribution and guesses, or sends what it may
    /// know.
    #[test]
    fn t49_request_without_the_secret_went_around() {
        for given in [
            "",
            " ",
            "wrong",
            "current secret ",
            "Current secret",
            "current secret,current secret",
            "current secret, x",
            "x,current secret",
            CURRENT,
            PREVIOUS,
        ] {
            check(secret(given), &[CURRENT, PREVIOUS], Origin::Bypassed);
        }
        for headers in [
            Value::Null,
            json!({}),
            json!([]),
            json!({"x-lifeguard-origin-secret": null}),
            json!({"x-lifeguard-origin-secret": ["current secret"]}),
            json!({"x-lifeguard-origin-secre": "current secret"}),
            json!({"cloudfront-viewer-address": "198.51.100.10:1", "via": "2.0 cloudfront"}),
        ] {
            check(headers.clone(), &[CURRENT], Origin::Bypassed);
            check(headers, &[], Origin::Unguarded);
        }
    }

    proptest! {
        #[test]
        fn any_other_text_is_no_secret(text: String) {
            assert_eq!(is_right(&text, &[CURRENT.to_owned()]), text == "current secret");
        }
    }
}
