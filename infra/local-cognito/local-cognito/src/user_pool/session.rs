//! Challenge sessions: opaque, bound to a user and a client, short-lived, single use.
//!
//! A password proof may name its session by the secret block instead, as published SRP clients do.

use serde::{Deserialize, Serialize};

use super::client::Client;
use super::settings::Uncertain;
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

/// A response's claim to a session; all of it must fit.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) client: &'a str,
    pub(crate) challenge: &'a str,
    /// The `USERNAME` of the response.
    pub(crate) user: &'a str,
}

/// The user of a sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Who {
    /// A user of the pool.
    Known(String),
    /// An unknown user: the typed name, the name in trigger events, and the one the client sees.
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

    fn has_secret_block(&self, block: &str) -> bool {
        matches!(self, Self::Password { exchange, .. } if exchange.has_secret_block(block))
    }

    /// True for a round of a custom sign-in.
    fn is_custom(&self) -> bool {
        matches!(self, Self::Custom { .. } | Self::Password { custom: Some(_), .. })
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

    /// Takes the session of this text for its one use.
    ///
    /// # Errors
    /// As [`Pool::check_session`].
    pub(crate) fn take_session(
        &mut self,
        text: &str,
        claim: &Claim<'_>,
        now: u64,
    ) -> Result<Session, ApiError> {
        self.check_session(text, claim, now)?;
        let session = self.sessions.get_mut(text).ok_or_else(invalid)?;
        session.end = End::Used;
        Ok(session.clone())
    }

    /// Returns the session of this text, which stays open.
    ///
    /// # Errors
    /// `NotAuthorizedException` with the text for what is wrong about the session.
    pub(crate) fn check_session(
        &self,
        text: &str,
        claim: &Claim<'_>,
        now: u64,
    ) -> Result<&Session, ApiError> {
        let session = self.sessions.get(text).filter(|session| session.client == claim.client);
        let session = session.ok_or_else(invalid)?;
        match session.end {
            End::Used => Err(ApiError::refused(
                "Invalid session for the user, session can only be used once.",
            )),
            End::Burnt => Err(invalid()),
            End::Open if self.is_expired(session, now) => {
                Err(ApiError::refused("Invalid session for the user, session is expired."))
            }
            End::Open if !self.fits(session, claim) => Err(invalid()),
            End::Open => Ok(session),
        }
    }

    /// Takes the session of a password proof that names it by its secret block alone.
    ///
    /// # Errors
    /// The answer to a wrong password, whatever is wrong about the block;
    /// `InvalidParameterException` where the options demand `Session`.
    pub(crate) fn take_session_of_block(
        &mut self,
        block: &str,
        claim: &Claim<'_>,
        open: &Uncertain,
        now: u64,
    ) -> Result<Session, ApiError> {
        let (text, session) = self
            .sessions
            .iter()
            .find(|(_, session)| session.step.has_secret_block(block))
            .filter(|(_, session)| {
                session.end == End::Open
                    && session.client == claim.client
                    && !self.is_expired(session, now)
                    && self.fits(session, claim)
            })
            .ok_or_else(ApiError::incorrect)?;
        if session.step.is_custom() && open.custom_proof_needs_session {
            return Err(session_missing());
        }
        let (text, session) = (text.clone(), session.clone());
        if (open.secret_block_used_once || session.step.is_custom())
            && let Some(used) = self.sessions.get_mut(&text)
        {
            used.end = End::Used;
        }
        Ok(session)
    }

    fn is_expired(&self, session: &Session, now: u64) -> bool {
        let life = self.client(&session.client).map_or(0, Client::session_life);
        now > session.issued.saturating_add(life)
    }

    /// True if the session waits for this challenge of this user.
    fn fits(&self, session: &Session, claim: &Claim<'_>) -> bool {
        let same_user = match &session.who {
            Who::Known(name) => self.find(claim.user).is_some_and(|user| user.name == *name),
            // A known user may answer under the typed name, so an unknown one may as well.
            Who::Unknown { typed, event, shown } => {
                [typed, event, shown].into_iter().any(|name| self.same_name(name, claim.user))
            }
        };
        same_user && session.step.challenge() == claim.challenge
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

/// Reports a response that must name its session by `Session` and does not.
pub(crate) fn session_missing() -> ApiError {
    ApiError::invalid("Missing required parameter Session")
}
