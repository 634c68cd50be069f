//! Challenge sessions: opaque, single use, bound to a user and a client, short-lived.

use serde::{Deserialize, Serialize};

use super::srp::Exchange;
use super::state::Pool;
use crate::aws_api::input::Texts;
use crate::aws_api::{ApiError, chance};

/// How long an ended session is remembered, so that its reuse gets the right text.
const REMEMBERED: u64 = 60 * 60;

/// One issued session and everything that the next round needs.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) client: String,
    pub(crate) who: Who,
    pub(crate) step: Step,
    issued: u64,
    end: End,
}

/// Whom a sign-in is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Who {
    /// A user of the pool.
    Known(String),
    /// Nobody: the name that was typed, the name in trigger events, and the one the client sees.
    Unknown { typed: String, event: String, shown: String },
}

/// What the session waits for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Step {
    NewPassword,
    Custom {
        history: Vec<Round>,
        /// The metadata of the challenge that is open.
        metadata: Option<String>,
        private: Option<Texts>,
    },
    Password {
        exchange: Exchange,
        /// The history of a custom sign-in that began with SRP.
        custom: Option<Vec<Round>>,
    },
}

/// One entry of the `session` array of the challenge triggers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Round {
    pub(crate) challenge_name: String,
    pub(crate) challenge_result: bool,
    pub(crate) challenge_metadata: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum End {
    Open,
    Used,
    Burnt,
}

impl Who {
    /// The `userName` of trigger events.
    pub(crate) fn event_name(&self) -> &str {
        match self {
            Self::Known(name) => name,
            Self::Unknown { event, .. } => event,
        }
    }

    /// The `USERNAME` of challenges.
    pub(crate) fn shown_name(&self) -> &str {
        match self {
            Self::Known(name) => name,
            Self::Unknown { shown, .. } => shown,
        }
    }
}

impl Step {
    /// The name of the challenge that is open.
    pub(crate) fn challenge(&self) -> &'static str {
        match self {
            Self::NewPassword => "NEW_PASSWORD_REQUIRED",
            Self::Custom { .. } => "CUSTOM_CHALLENGE",
            Self::Password { .. } => "PASSWORD_VERIFIER",
        }
    }
}

impl Pool {
    /// Issues a session; the answer is its text.
    pub(crate) fn open_session(
        &mut self,
        client: &str,
        who: Who,
        step: Step,
        now: u64,
    ) -> Result<String, ApiError> {
        self.sessions.retain(|_, session| now < session.issued.saturating_add(REMEMBERED));
        let text = chance::opaque()?;
        let session = Session { client: client.to_owned(), who, step, issued: now, end: End::Open };
        self.sessions.insert(text.clone(), session);
        Ok(text)
    }

    /// Takes a session for its one use.
    pub(crate) fn take_session(
        &mut self,
        text: &str,
        client: &str,
        challenge: &str,
        user: &str,
        now: u64,
    ) -> Result<Session, ApiError> {
        let life = self.client(client)?.session_life();
        let found = self.find(user).map(|user| user.name.clone());
        let session = self.sessions.get(text).ok_or_else(invalid)?;
        if session.client != client {
            return Err(invalid());
        }
        match session.end {
            End::Used => {
                return Err(ApiError::refused(
                    "Invalid session for the user, session can only be used once.",
                ));
            }
            End::Burnt => return Err(invalid()),
            End::Open => {}
        }
        if now > session.issued.saturating_add(life) {
            return Err(ApiError::refused("Invalid session for the user, session is expired."));
        }
        let same_user = match &session.who {
            Who::Known(name) => found.as_ref() == Some(name),
            // Somebody may answer under the name that was typed, so nobody may as well.
            Who::Unknown { typed, event, shown } => {
                [typed, event, shown].into_iter().any(|name| self.same_name(name, user))
            }
        };
        if !same_user || session.step.challenge() != challenge {
            return Err(invalid());
        }
        let session = self.sessions.get_mut(text).ok_or_else(invalid)?;
        session.end = End::Used;
        Ok(session.clone())
    }

    /// Marks a session whose use ended in a trigger's error.
    pub(crate) fn burn_session(&mut self, text: &str) {
        if let Some(session) = self.sessions.get_mut(text) {
            session.end = End::Burnt;
        }
    }
}

fn invalid() -> ApiError {
    ApiError::refused("Invalid session for the user.")
}
