//! The password proof: SRP on its own, or ahead of custom challenges.

use serde_json::{Value, json};

use super::first_factor::check_disclosed;
use super::sign_in::Attempt;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Texts, parameter};
use crate::user_pool::Host;
use crate::user_pool::password::Password;
use crate::user_pool::session::{Round, Step, Who};
use crate::user_pool::srp::{Exchange, Proof};

impl Host {
    pub(super) async fn by_srp(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let public = parameter(parameters, "SRP_A")?;
        let who = match self.knocking(attempt, parameters, typed)? {
            Some(user) => {
                check_disclosed(attempt, &user)?;
                self.announce(attempt, &user).await?;
                self.check_before_password(attempt, &user)?;
                Who::Known(user.name)
            }
            None if attempt.client.hides_users() => {
                let who = self.unknown_user_of_srp(attempt, typed)?;
                self.pre_authentication(attempt, &who).await?;
                who
            }
            None => return Err(ApiError::no_such_user()),
        };
        let exchange = self.exchange(attempt, &who, public)?;
        self.demand_proof(attempt, who, exchange, None)
    }

    /// Begins a password proof; without a password nothing will fit, and the salt stays the same.
    pub(super) fn exchange(
        &self,
        attempt: &Attempt,
        who: &Who,
        public: &str,
    ) -> Result<Exchange, ApiError> {
        let mut state = self.state();
        let pool = state.pool_mut(&attempt.pool)?;
        let (stored, name) = match who {
            Who::Known(name) => (pool.user(name)?.password.clone(), name),
            Who::Unknown { typed, .. } => (None, typed),
        };
        let password = match stored {
            Some(password) => password,
            None => Password::without_text(pool.fake_salt(name)?)?,
        };
        Exchange::begin(who.shown_name(), public, &password)
    }

    pub(super) fn demand_proof(
        &self,
        attempt: &Attempt,
        who: Who,
        exchange: Exchange,
        custom: Option<Vec<Round>>,
    ) -> Result<Value, ApiError> {
        let parameters = exchange.parameters();
        let shown = custom.is_some() || self.settings.uncertain.session_beside_secret_block;
        let session = self.state().pool_mut(&attempt.pool)?.open_session(
            &attempt.client.id,
            who,
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

    /// True if the proof is right, and right for the password that the user has by now.
    pub(super) async fn judge_proof(
        &self,
        attempt: &Attempt,
        who: &Who,
        exchange: Exchange,
        proof: Proof,
    ) -> Result<bool, ApiError> {
        let current = match who {
            Who::Known(name) => {
                let state = self.state();
                let stored = &state.pool(&attempt.pool)?.user(name)?.password;
                stored.as_ref().is_some_and(|password| exchange.is_for(password))
            }
            Who::Unknown { .. } => false,
        };
        let pool = attempt.pool.clone();
        // The arithmetic is too long for the asynchronous threads.
        let proved = tokio::task::spawn_blocking(move || exchange.is_proved(&pool, &proof)).await;
        Ok(proved.map_err(|_| ApiError::internal())? && current)
    }

    pub(super) async fn after_proof(
        &self,
        attempt: &Attempt,
        who: Who,
        proved: bool,
        custom: Option<Vec<Round>>,
    ) -> Result<Value, ApiError> {
        let metadata = attempt.metadata.as_ref();
        let judged = match &who {
            Who::Known(name) => self
                .check_lockout(attempt, name)
                .and_then(|()| self.judge_password(attempt, name, proved)),
            Who::Unknown { .. } => Err(ApiError::incorrect()),
        };
        match (judged, custom, &who) {
            (Ok(()), None, Who::Known(name)) => self.admit(attempt, name, metadata).await,
            (Ok(()), Some(mut history), _) => {
                history.push(Round::of("PASSWORD_VERIFIER", true, None));
                self.next_step(attempt, who, history, None, metadata).await
            }
            (Err(error), Some(mut history), _)
                if self.settings.uncertain.define_after_wrong_password =>
            {
                history.push(Round::of("PASSWORD_VERIFIER", false, None));
                self.define_in_vain(attempt, &who, &history).await?;
                Err(error)
            }
            (Err(error), _, _) => Err(error),
            (Ok(()), None, Who::Unknown { .. }) => Err(ApiError::incorrect()),
        }
    }

    fn check_lockout(&self, attempt: &Attempt, user: &str) -> Result<(), ApiError> {
        let state = self.state();
        let user = state.pool(&attempt.pool)?.user(user)?;
        user.lockout.check(self.clock.now_millis())
    }
}
