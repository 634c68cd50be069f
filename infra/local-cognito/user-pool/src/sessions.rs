//! The challenge sessions of a pool: issued, checked and used once.
//!
//! A password proof may name its session by the secret block instead, as published SRP clients do.

use super::client::Client;
use super::pool::Pool;
use super::session::{ChallengeName, Session, SessionState, SessionUser, Step};
use super::settings::Uncertain;
use local_cognito_aws_emulation::{ApiError, randomness};

/// The claim of a response to a session; all of it must match.
#[derive(Clone, Copy)]
pub(crate) struct SessionClaim<'a> {
    pub(crate) client: &'a str,
    pub(crate) challenge: ChallengeName,
    /// The `USERNAME` of the response.
    pub(crate) user: &'a str,
}

/// Issues a session and returns its text.
pub(crate) fn issue(
    pool: &mut Pool,
    client: &str,
    user: SessionUser,
    step: Step,
    now: u64,
) -> Result<String, ApiError> {
    let text = randomness::opaque()?;
    let client = client.to_owned();
    let session = Session { client, user, step, issued: now, state: SessionState::Open };
    pool.sessions.add(text.clone(), session, now);
    Ok(text)
}

/// Takes the session of this text for its one use.
///
/// # Errors
/// As [`check`].
pub(crate) fn take(
    pool: &mut Pool,
    text: &str,
    claim: &SessionClaim<'_>,
    now: u64,
) -> Result<Session, ApiError> {
    let session = check(pool, text, claim, now)?.clone();
    pool.sessions.close(text, SessionState::Used);
    Ok(session)
}

/// Returns the session of this text, which stays open.
///
/// # Errors
/// `NotAuthorizedException` with the text for the fault of the session.
pub(crate) fn check<'a>(
    pool: &'a Pool,
    text: &str,
    claim: &SessionClaim<'_>,
    now: u64,
) -> Result<&'a Session, ApiError> {
    let session = pool.sessions.get(text).filter(|session| session.client == claim.client);
    let session = session.ok_or_else(invalid)?;
    match session.state {
        SessionState::Used => {
            Err(ApiError::refused("Invalid session for the user, session can only be used once."))
        }
        SessionState::Failed => Err(invalid()),
        SessionState::Open if is_expired(pool, session, now) => {
            Err(ApiError::refused("Invalid session for the user, session is expired."))
        }
        SessionState::Open if !is_claimed(pool, session, claim) => Err(invalid()),
        SessionState::Open => Ok(session),
    }
}

/// Takes the session of a password proof that names it by its secret block alone.
///
/// # Errors
/// The answer to a wrong password for any fault of the block; `InvalidParameterException` where the
/// options demand `Session`.
pub(crate) fn take_by_secret_block(
    pool: &mut Pool,
    block: &str,
    claim: &SessionClaim<'_>,
    options: &Uncertain,
    now: u64,
) -> Result<Session, ApiError> {
    let (text, session) = pool
        .sessions
        .find_by_block(block)
        .filter(|(_, session)| {
            session.state == SessionState::Open
                && session.client == claim.client
                && !is_expired(pool, session, now)
                && is_claimed(pool, session, claim)
        })
        .ok_or_else(ApiError::incorrect)?;
    if session.step.is_custom() && options.custom_proof_needs_session {
        return Err(session_missing());
    }
    let (text, session) = (text.to_owned(), session.clone());
    if options.secret_block_used_once || session.step.is_custom() {
        pool.sessions.close(&text, SessionState::Used);
    }
    Ok(session)
}

/// Marks a session as failed, after its use ended in a trigger's error.
pub(crate) fn mark_failed(pool: &mut Pool, text: &str) {
    pool.sessions.close(text, SessionState::Failed);
}

/// Reports a response that must name its session by `Session` and does not.
pub(crate) fn session_missing() -> ApiError {
    ApiError::invalid("Missing required parameter Session")
}

fn is_expired(pool: &Pool, session: &Session, now: u64) -> bool {
    let life = pool.client(&session.client).map_or(0, Client::session_life);
    now > session.issued.saturating_add(life)
}

/// True if the session waits for this challenge of this user.
fn is_claimed(pool: &Pool, session: &Session, claim: &SessionClaim<'_>) -> bool {
    let same_user = match &session.user {
        SessionUser::Known(name) => {
            pool.find_user(claim.user).is_some_and(|user| user.name == *name)
        }
        // A known user may answer under the typed name, so an unknown one may as well.
        SessionUser::Unknown { typed, event, shown } => {
            [typed, event, shown].into_iter().any(|name| pool.config.same_name(name, claim.user))
        }
    };
    same_user && session.step.challenge() == claim.challenge
}

fn invalid() -> ApiError {
    ApiError::refused("Invalid session for the user.")
}
