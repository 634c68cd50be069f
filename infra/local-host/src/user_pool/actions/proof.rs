//! The password proof: SRP on its own, or ahead of custom challenges.

use serde_json::{Value, json};

use super::sign_in::Attempt;
use crate::aws_api::input::{Texts, parameter};
use crate::aws_api::{ApiError, chance};
use crate::user_pool::Host;
use crate::user_pool::password::Password;
use crate::user_pool::session::{Round, Step, Who};
use crate::user_pool::srp::Exchange;

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
                user.check_enabled()?;
                Who::Known(user.name)
            }
            None if attempt.client.hides_users() => self.made_up(attempt, typed)?,
            None => return Err(ApiError::no_such_user()),
        };
        self.pre_authentication(attempt, &who).await?;
        let exchange = self.exchange(attempt, &who, public)?;
        self.demand_proof(attempt, who, exchange, None)
    }

    /// Begins a password proof; without a password nothing will fit.
    pub(super) fn exchange(
        &self,
        attempt: &Attempt,
        who: &Who,
        public: &str,
    ) -> Result<Exchange, ApiError> {
        let state = self.state();
        let stored = match who {
            Who::Known(name) => state.pool(&attempt.pool)?.user(name)?.password.clone(),
            Who::Unknown { .. } => None,
        };
        let password = match stored {
            Some(password) => password,
            None => {
                let mut unfit = Password::new(&attempt.pool, "", "")?;
                unfit.hash = chance::bytes()?;
                unfit
            }
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
        let session = self.state().pool_mut(&attempt.pool)?.open_session(
            &attempt.client.id,
            who,
            Step::Password { exchange, custom },
            self.clock.now(),
        )?;
        Ok(json!({
            "ChallengeName": "PASSWORD_VERIFIER",
            "Session": session,
            "ChallengeParameters": parameters,
        }))
    }

    /// The proof's arithmetic, off the asynchronous threads.
    pub(super) async fn judge_proof(
        &self,
        attempt: &Attempt,
        exchange: Exchange,
        block: &str,
        timestamp: &str,
        signature: &str,
    ) -> Result<bool, ApiError> {
        let (pool, block) = (attempt.pool.clone(), block.to_owned());
        let (timestamp, signature) = (timestamp.to_owned(), signature.to_owned());
        tokio::task::spawn_blocking(move || {
            exchange.is_proved(&pool, &block, &timestamp, &signature)
        })
        .await
        .map_err(|_| ApiError::internal())
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
