//! One challenge session: opaque, bound to a user and a client, short-lived, single use.

use serde::{Deserialize, Serialize};

use super::srp::Exchange;
use local_cognito_aws_emulation::input::Texts;

/// One issued session and all data that the next round needs.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) client: String,
    #[serde(rename = "who")]
    pub(crate) user: SessionUser,
    pub(crate) step: Step,
    pub(crate) issued: u64,
    #[serde(rename = "end")]
    pub(crate) state: SessionState,
}

/// The user of a sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum SessionUser {
    /// A user of the pool.
    Known(String),
    /// An unknown user: the typed name, the name in trigger events, and the one the client sees.
    Unknown { typed: String, event: String, shown: String },
}

/// The challenge that a session waits for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Step {
    NewPassword,
    Custom(OpenChallenge),
    Password {
        exchange: Exchange,
        /// The history of a custom sign-in that began with SRP.
        custom: Option<Vec<Round>>,
    },
}

/// An open challenge of a custom sign-in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct OpenChallenge {
    pub(crate) history: Vec<Round>,
    /// The metadata of the challenge.
    pub(crate) metadata: Option<String>,
    pub(crate) private: Option<Texts>,
}

/// Name of a challenge that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ChallengeName {
    CustomChallenge,
    NewPasswordRequired,
    PasswordVerifier,
}

/// One entry of the `session` array of the challenge triggers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Round {
    challenge_name: String,
    challenge_result: bool,
    challenge_metadata: Option<String>,
}

/// State of a session's one use.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SessionState {
    Open,
    Used,
    /// The use ended in a trigger's error.
    #[serde(rename = "Burnt")]
    Failed,
}

impl SessionUser {
    /// Returns the `userName` of trigger events.
    pub(crate) fn event_name(&self) -> &str {
        match self {
            Self::Known(name) => name,
            Self::Unknown { event, .. } => event,
        }
    }

    /// Returns the `USERNAME` of challenges.
    pub(crate) fn shown_name(&self) -> &str {
        match self {
            Self::Known(name) => name,
            Self::Unknown { shown, .. } => shown,
        }
    }

    /// True for a user of the pool of this name.
    pub(crate) fn is_known_as(&self, name: &str) -> bool {
        matches!(self, Self::Known(known) if known == name)
    }
}

impl Step {
    /// Returns the name of the challenge that is open.
    pub(crate) fn challenge(&self) -> ChallengeName {
        match self {
            Self::NewPassword => ChallengeName::NewPasswordRequired,
            Self::Custom(_) => ChallengeName::CustomChallenge,
            Self::Password { .. } => ChallengeName::PasswordVerifier,
        }
    }

    /// Returns the secret block of a password proof.
    pub(crate) fn secret_block(&self) -> Option<&str> {
        match self {
            Self::Password { exchange, .. } => Some(exchange.secret_block()),
            Self::NewPassword | Self::Custom(_) => None,
        }
    }

    /// True for a round of a custom sign-in.
    pub(crate) fn is_custom(&self) -> bool {
        matches!(self, Self::Custom(_) | Self::Password { custom: Some(_), .. })
    }
}

impl Round {
    /// Returns the entry of a challenge with its result.
    pub(crate) fn new(name: &str, result: bool, metadata: Option<String>) -> Self {
        Self {
            challenge_name: name.to_owned(),
            challenge_result: result,
            challenge_metadata: metadata,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(stored: &Value) {
        let session: Session = serde_json::from_value(stored.clone()).unwrap();
        assert_eq!(serde_json::to_value(session).unwrap(), *stored);
    }

    #[test]
    fn session_is_saved_in_the_form_of_earlier_snapshots() {
        let history = json!([
            {"challengeName": "SRP_A", "challengeResult": true, "challengeMetadata": null},
        ]);
        let custom = json!({"history": history, "metadata": "m", "private": {"answer": "42"}});
        let unknown = json!({"typed": "noor", "event": "e", "shown": "s"});
        for (who, step, end) in [
            (json!({"Known": "noor"}), json!("NewPassword"), "Open"),
            (json!({"Known": "noor"}), json!({"Custom": custom}), "Used"),
            (json!({"Unknown": unknown}), json!({"Custom": custom}), "Burnt"),
        ] {
            check(&json!({"client": "c", "who": who, "step": step, "issued": 1, "end": end}));
        }
    }
}
