//! `RespondToAuthChallenge`: takes the session, judges the answer, goes on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::new_password;
use super::sign_in::Attempt;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, Texts, constraint, parameter};
use crate::user_pool::Host;
use crate::user_pool::attribute;
use crate::user_pool::password;
use crate::user_pool::session::{Claim, Round, Session, Step, session_missing};
use crate::user_pool::srp::{Proof, Timestamp};

/// What a client answered, complete before its session is spent.
enum Response<'a> {
    Answer(&'a str),
    NewPassword { password: &'a str, attributes: Texts },
    Proof(Proof),
}

impl Host {
    pub(super) async fn respond(&self, input: &Input) -> Result<Value, ApiError> {
        let attempt = self.attempt(input)?;
        self.respond_to(&attempt, input).await
    }

    pub(super) async fn respond_as_admin(&self, input: &Input) -> Result<Value, ApiError> {
        let attempt = self.admin_attempt(input)?;
        self.respond_to(&attempt, input).await
    }

    async fn respond_to(&self, attempt: &Attempt, input: &Input) -> Result<Value, ApiError> {
        let challenge = input.required("ChallengeName")?;
        let responses = input.texts("ChallengeResponses")?.unwrap_or_default();
        if responses.is_empty() {
            return Err(ApiError::invalid("Missing required parameter challenge responses."));
        }
        let user = parameter(&responses, "USERNAME")?;
        let text = input.text("Session")?;
        self.knocking(attempt, &responses, user)?;
        let response = self.response(attempt, challenge, &responses)?;
        let claim = Claim { client: &attempt.client.id, challenge, user };
        let (open, now) = (&self.settings.uncertain, self.clock.now());
        let session = {
            let mut state = self.state();
            let pool = state.pool_mut(&attempt.pool)?;
            match (text, &response) {
                (Some(text), _) => {
                    if let Response::NewPassword { attributes, .. } = &response {
                        new_password::check(
                            pool,
                            pool.check_session(text, &claim, now)?,
                            attributes,
                        )?;
                    }
                    pool.take_session(text, &claim, now)?
                }
                (None, Response::Proof(proof)) => {
                    pool.take_session_of_block(&proof.block, &claim, open, now)?
                }
                (None, Response::Answer(_) | Response::NewPassword { .. }) => {
                    return Err(session_missing());
                }
            }
        };
        let outcome = self.go_on(attempt, session, response).await;
        if let Some(text) = text
            && outcome.as_ref().is_err_and(|error| self.is_of_trigger(error))
        {
            self.state().pool_mut(&attempt.pool)?.burn_session(text);
        }
        outcome
    }

    fn is_of_trigger(&self, error: &ApiError) -> bool {
        matches!(
            error.kind.as_str(),
            "UserLambdaValidationException"
                | "UnexpectedLambdaException"
                | "InvalidLambdaResponseException"
        ) || error.kind == self.settings.uncertain.time_out_kind
    }

    fn response<'a>(
        &self,
        attempt: &Attempt,
        challenge: &str,
        responses: &'a Texts,
    ) -> Result<Response<'a>, ApiError> {
        match challenge {
            "CUSTOM_CHALLENGE" if self.settings.uncertain.verify_without_answer => {
                Ok(Response::Answer(responses.get("ANSWER").map_or("", String::as_str)))
            }
            "CUSTOM_CHALLENGE" => Ok(Response::Answer(parameter(responses, "ANSWER")?)),
            "NEW_PASSWORD_REQUIRED" => {
                let password = parameter(responses, "NEW_PASSWORD")?;
                let attributes = new_password::attributes(responses);
                let state = self.state();
                let pool = state.pool(&attempt.pool)?;
                password::check_policy(pool, password)?;
                attribute::check_writable(&attempt.client, &attributes)?;
                attribute::check(pool, &attributes)?;
                Ok(Response::NewPassword { password, attributes })
            }
            "PASSWORD_VERIFIER" => {
                let timestamp = parameter(responses, "TIMESTAMP")?;
                let signature = parameter(responses, "PASSWORD_CLAIM_SIGNATURE")?;
                let block = parameter(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?.to_owned();
                let timestamp = Timestamp::parse(timestamp)?;
                let signature = STANDARD.decode(signature).map_err(|_| {
                    ApiError::invalid(
                        "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.",
                    )
                })?;
                Ok(Response::Proof(Proof { block, timestamp, signature }))
            }
            other => Err(constraint(
                &format!("'{other}'"),
                "challengeName",
                "Member must satisfy enum value set: [CUSTOM_CHALLENGE, NEW_PASSWORD_REQUIRED, \
                 PASSWORD_VERIFIER]",
            )),
        }
    }

    async fn go_on(
        &self,
        attempt: &Attempt,
        session: Session,
        response: Response<'_>,
    ) -> Result<Value, ApiError> {
        match (session.step, response) {
            (Step::Custom { mut history, metadata, private }, Response::Answer(answer)) => {
                let right = self.verify(attempt, &session.who, private.as_ref(), answer).await?;
                history.push(Round::of("CUSTOM_CHALLENGE", right, metadata));
                let metadata = attempt.metadata.as_ref();
                self.next_step(attempt, session.who, history, None, metadata).await
            }
            (Step::NewPassword, Response::NewPassword { password, attributes }) => {
                let name = session.who.event_name();
                self.set_first_password(attempt, name, password, attributes)?;
                let metadata = attempt.metadata.as_ref();
                self.complete(attempt, name, "NewPasswordChallenge", metadata).await
            }
            (Step::Password { exchange, custom }, Response::Proof(proof)) => {
                let proved = self.judge_proof(attempt, &session.who, exchange, proof).await?;
                self.after_proof(attempt, session.who, proved, custom).await
            }
            _ => Err(ApiError::internal()),
        }
    }
}
