//! Views and answers of the three challenge triggers.
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::attributes::{Attributes, lenient};

/// One round of a sign-in as Cognito reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChallengeResult {
    /// Name of the challenge, such as `CUSTOM_CHALLENGE` or `PASSWORD_VERIFIER`.
    #[serde(deserialize_with = "lenient")]
    pub challenge_name: Option<String>,
    /// True if the user passed it; anything but `true` reads as false.
    #[serde(deserialize_with = "lenient")]
    pub challenge_result: bool,
    /// Metadata that our create function wrote; `null` for challenges of Cognito itself.
    #[serde(deserialize_with = "lenient")]
    pub challenge_metadata: Option<String>,
}

impl ChallengeResult {
    /// Name, result and metadata.
    #[must_use]
    pub fn parts(&self) -> (Option<&str>, bool, Option<&str>) {
        (self.challenge_name.as_deref(), self.challenge_result, self.challenge_metadata.as_deref())
    }
}

/// Request of the define function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DefineRequest {
    /// The rounds so far, oldest first; a `null` entry stays one.
    #[serde(default, deserialize_with = "rounds")]
    pub session: Vec<Option<ChallengeResult>>,
    /// Metadata that the client sent with its answer; the first call has none.
    #[serde(default)]
    pub client_metadata: Attributes,
    /// True for an unknown user.
    #[serde(default, deserialize_with = "unless_false")]
    pub user_not_found: bool,
}

/// Request of the create function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateRequest {
    /// The user's attributes; empty for an unknown user.
    #[serde(default)]
    pub user_attributes: Attributes,
    /// The rounds so far, oldest first; a `null` entry stays one.
    #[serde(default, deserialize_with = "rounds")]
    pub session: Vec<Option<ChallengeResult>>,
    /// Metadata that the client sent with its answer; the first call has none.
    #[serde(default)]
    pub client_metadata: Attributes,
    /// True for an unknown user.
    #[serde(default, deserialize_with = "unless_false")]
    pub user_not_found: bool,
}

/// Request of the verify function.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyRequest {
    /// The user's attributes; empty for an unknown user.
    #[serde(default)]
    pub user_attributes: Attributes,
    /// Parameters that our create function kept for this round; the client never sees them.
    #[serde(default)]
    pub private_challenge_parameters: Attributes,
    /// Answer of the client; anything but text reads as the empty answer.
    #[serde(default, deserialize_with = "lenient")]
    pub challenge_answer: String,
    /// True for an unknown user.
    #[serde(default, deserialize_with = "unless_false")]
    pub user_not_found: bool,
}

/// The define function's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DefineAnswer {
    /// The next challenge's name, if there is one.
    pub challenge_name: Option<&'static str>,
    /// True if the sign-in is complete.
    pub issue_tokens: bool,
    /// True if the sign-in has failed.
    pub fail_authentication: bool,
}

/// The create function's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAnswer {
    /// Parameters for the client.
    pub public_challenge_parameters: BTreeMap<&'static str, String>,
    /// Parameters for the verify function alone.
    pub private_challenge_parameters: BTreeMap<&'static str, String>,
    /// Metadata of this round in the history; the client never sees it.
    pub challenge_metadata: String,
}

/// The verify function's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyAnswer {
    /// True if the answer is right.
    pub answer_correct: bool,
}

/// Reads the history round by round: a malformed round becomes `None`, which no policy accepts.
fn rounds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Option<ChallengeResult>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(rounds) => {
            rounds.into_iter().map(|round| ChallengeResult::deserialize(round).ok()).collect()
        }
        _ => vec![None],
    })
}

/// Reads a flag that only an absent value, `null` or `false` clears.
fn unless_false<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(!matches!(Value::deserialize(deserializer)?, Value::Null | Value::Bool(false)))
}

#[cfg(test)]
mod tests {
    use super::{DefineRequest, VerifyRequest};
    use serde_json::json;

    #[test]
    fn odd_shapes_read_as_the_weakest_claim() {
        let request: DefineRequest = serde_json::from_value(json!({
            "session": [null, {"challengeName": null, "challengeResult": "true"}, "SRP_A"],
            "clientMetadata": null,
            "userNotFound": null,
        }))
        .unwrap();
        assert_eq!(request.session[0], None);
        let odd = request.session[1].clone().unwrap();
        assert!(!odd.challenge_result && odd.challenge_name.is_none());
        assert_eq!(request.session[2], None);
        assert!(!request.user_not_found);
    }

    #[test]
    fn a_history_that_is_no_list_holds_one_unusable_round() {
        let request: DefineRequest =
            serde_json::from_value(json!({"session": "none", "userNotFound": "no"})).unwrap();
        assert_eq!(request.session, [None]);
        assert!(request.user_not_found);
    }

    #[test]
    fn an_answer_that_is_not_text_is_empty() {
        let request: VerifyRequest =
            serde_json::from_value(json!({"challengeAnswer": {"a": 1}})).unwrap();
        assert_eq!(request.challenge_answer, "");
    }
}
