//! The password proof of SRP: its challenge and its judgement.

use std::sync::Arc;

use serde_json::{Value, json};

use super::attempt::Attempt;
use crate::password::Password;
use crate::registry::PoolRegistry;
use crate::session::{Round, SessionUser, Step};
use crate::settings::Settings;
use crate::srp::{Exchange, Proof};
use crate::{existence, sessions};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;

/// Demands and judges password proofs; cloning shares it.
#[derive(Clone)]
pub(crate) struct PasswordProofs {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
}

impl PasswordProofs {
    /// Begins a password proof. Without a password no proof is right, and the salt stays the same.
    pub(crate) fn begin(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
        public: &str,
    ) -> Result<Exchange, ApiError> {
        let mut state = self.pools.lock();
        let pool = state.pool_mut(&attempt.pool)?;
        let (stored, name) = match user {
            SessionUser::Known(name) => (pool.user(name)?.password.clone(), name),
            SessionUser::Unknown { typed, .. } => (None, typed),
        };
        let password = match stored {
            Some(password) => password,
            None => Password::without_text(existence::fake_salt(pool, name)?)?,
        };
        Exchange::begin(user.shown_name(), public, &password)
    }

    /// Opens the challenge of a password proof.
    pub(crate) fn demand(
        &self,
        attempt: &Attempt,
        user: SessionUser,
        exchange: Exchange,
        custom: Option<Vec<Round>>,
    ) -> Result<Value, ApiError> {
        let parameters = exchange.parameters();
        let shown = custom.is_some() || self.settings.uncertain.session_beside_secret_block;
        let session = sessions::issue(
            self.pools.lock().pool_mut(&attempt.pool)?,
            &attempt.client.id,
            user,
            Step::Password { exchange, custom },
            self.clock.now(),
        )?;
        let mut answer = json!({
            "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeParameters": parameters,
        });
        if let Some(members) = answer.as_object_mut().filter(|_| shown) {
            members.insert("Session".to_owned(), session.into());
        }
        Ok(answer)
    }

    /// True if the proof is right, and right for the current password of the user.
    pub(crate) async fn judge(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
        exchange: Exchange,
        proof: Proof,
    ) -> Result<bool, ApiError> {
        let current = match user {
            SessionUser::Known(name) => {
                let state = self.pools.lock();
                let stored = &state.pool(&attempt.pool)?.user(name)?.password;
                stored.as_ref().is_some_and(|password| exchange.is_for(password))
            }
            SessionUser::Unknown { .. } => false,
        };
        let pool = attempt.pool.clone();
        // The arithmetic is too long for the asynchronous threads.
        let proved = tokio::task::spawn_blocking(move || exchange.is_proved(&pool, &proof)).await;
        Ok(proved.map_err(|_| ApiError::internal())? && current)
    }
}
