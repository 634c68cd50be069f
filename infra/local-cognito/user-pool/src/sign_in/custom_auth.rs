//! `CUSTOM_AUTH`: define, create and verify, round by round.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::attempt::Attempt;
use super::authentication::{Authentication, unconfirmed};
use super::proof::PasswordProofs;
use crate::directory::UserDirectory;
use crate::registry::PoolRegistry;
use crate::session::{OpenChallenge, Round, SessionUser, Step};
use crate::sessions;
use crate::settings::{BothFlags, Settings, Uncertain, UndecidedDefine};
use crate::srp::Exchange;
use crate::trigger::{Trigger, TriggerRunner, unrecognizable};
use crate::user::Status;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::{Texts, parameter};

/// Runs custom sign-ins; cloning shares it.
#[derive(Clone)]
pub(crate) struct CustomAuth {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) directory: UserDirectory,
    pub(crate) triggers: TriggerRunner,
    pub(crate) authentication: Authentication,
    pub(crate) proofs: PasswordProofs,
}

/// Decision of the define trigger.
#[derive(Debug, PartialEq, Eq)]
enum Decision {
    Issue,
    Fail,
    Challenge(String),
}

impl CustomAuth {
    /// Starts a custom sign-in, perhaps with SRP ahead of the challenges.
    pub(crate) async fn start(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let hash = parameters.get("SECRET_HASH").map(String::as_str);
        let found = self.directory.find_user(&attempt.pool, &attempt.client, typed, hash)?;
        if self.triggers.hook(&attempt.pool, Trigger::DefineAuthChallenge)?.is_none() {
            return Err(not_configured());
        }
        let first = parameters.get("CHALLENGE_NAME").or_else(|| parameters.get("ChallengeName"));
        let user = match found {
            Some(user) => {
                user.check_enabled()?;
                if user.status == Status::Unconfirmed {
                    return Err(unconfirmed());
                }
                SessionUser::Known(user.name)
            }
            None if !attempt.client.hides_users() => return Err(ApiError::no_such_user()),
            None if first.is_some() => self.directory.unknown_srp_user(&attempt.pool, typed)?,
            None => self.directory.unknown_user(&attempt.pool, typed)?,
        };
        let (history, exchange) = match first {
            None => (Vec::new(), None),
            Some(name) if name == "SRP_A" => {
                let public = parameter(parameters, "SRP_A")?;
                let exchange = self.proofs.begin(attempt, &user, public)?;
                (vec![Round::new("SRP_A", true, None)], Some(exchange))
            }
            Some(_) => return Err(ApiError::invalid("CHALLENGE_NAME must be SRP_A")),
        };
        if self.settings.uncertain.pre_authentication_in_custom_auth {
            self.authentication.pre_authentication(attempt, &user).await?;
        }
        self.next_step(attempt, user, history, exchange, None).await
    }

    /// Judges the answer to a challenge by the verify trigger, and goes on.
    pub(crate) async fn answer(
        &self,
        attempt: &Attempt,
        user: SessionUser,
        challenge: OpenChallenge,
        answer: &str,
    ) -> Result<Value, ApiError> {
        let OpenChallenge { mut history, metadata, private } = challenge;
        let is_right = self.verify(attempt, &user, private.as_ref(), answer).await?;
        history.push(Round::new("CUSTOM_CHALLENGE", is_right, metadata));
        self.next_step(attempt, user, history, None, attempt.metadata.as_ref()).await
    }

    /// Goes on after a right password proof.
    pub(crate) async fn continue_after_proof(
        &self,
        attempt: &Attempt,
        user: SessionUser,
        mut history: Vec<Round>,
    ) -> Result<Value, ApiError> {
        history.push(Round::new("PASSWORD_VERIFIER", true, None));
        self.next_step(attempt, user, history, None, attempt.metadata.as_ref()).await
    }

    /// Shows a wrong password proof to the define trigger; the sign-in fails whatever it decides.
    pub(crate) async fn define_after_failure(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
        mut history: Vec<Round>,
    ) -> Result<(), ApiError> {
        history.push(Round::new("PASSWORD_VERIFIER", false, None));
        self.define(attempt, user, &history, attempt.metadata.as_ref()).await.map(drop)
    }

    /// Does the next step that the define trigger decides.
    async fn next_step(
        &self,
        attempt: &Attempt,
        user: SessionUser,
        history: Vec<Round>,
        exchange: Option<Exchange>,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        match self.define(attempt, &user, &history, metadata).await? {
            Decision::Fail => Err(ApiError::incorrect()),
            Decision::Issue => match user {
                SessionUser::Known(name) => {
                    self.authentication.complete(attempt, &name, "Authentication", metadata).await
                }
                SessionUser::Unknown { .. } => {
                    Err(ApiError::refused(&self.settings.uncertain.unknown_user_text))
                }
            },
            Decision::Challenge(name) if name == "CUSTOM_CHALLENGE" => {
                self.create(attempt, user, history, metadata).await
            }
            Decision::Challenge(name) => match exchange {
                Some(exchange) if name == "PASSWORD_VERIFIER" => {
                    self.proofs.demand(attempt, user, exchange, Some(history))
                }
                _ => Err(unrecognizable()),
            },
        }
    }

    async fn define(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
        history: &[Round],
        metadata: Option<&Texts>,
    ) -> Result<Decision, ApiError> {
        let request = self
            .authentication
            .request_about(attempt, user)?
            .with("session", json!(history))
            .with_metadata(metadata);
        let (trigger, context) = (Trigger::DefineAuthChallenge, attempt.context(user.event_name()));
        let response = self
            .triggers
            .fire(&context, trigger, "Authentication", request)
            .await?
            .ok_or_else(not_configured)?;
        decide(&response, &self.settings.uncertain)
    }

    async fn create(
        &self,
        attempt: &Attempt,
        user: SessionUser,
        history: Vec<Round>,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let request = self
            .authentication
            .request_about(attempt, &user)?
            .with("challengeName", json!("CUSTOM_CHALLENGE"))
            .with("session", json!(history))
            .with_metadata(metadata);
        let (trigger, context) = (Trigger::CreateAuthChallenge, attempt.context(user.event_name()));
        let response = self
            .triggers
            .fire(&context, trigger, "Authentication", request)
            .await?
            .ok_or_else(not_configured)?;
        let mut shown = texts(&response, "publicChallengeParameters").unwrap_or_default();
        shown.insert("USERNAME".to_owned(), user.shown_name().to_owned());
        let metadata = response.get("challengeMetadata").and_then(Value::as_str);
        let challenge = OpenChallenge {
            history,
            metadata: metadata.map(ToOwned::to_owned),
            private: texts(&response, "privateChallengeParameters"),
        };
        let session = sessions::issue(
            self.pools.lock().pool_mut(&attempt.pool)?,
            &attempt.client.id,
            user,
            Step::Custom(challenge),
            self.clock.now(),
        )?;
        Ok(json!({
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": session,
            "ChallengeParameters": shown,
        }))
    }

    /// True if the verify trigger says that an answer is right.
    async fn verify(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
        private: Option<&Texts>,
        answer: &str,
    ) -> Result<bool, ApiError> {
        let request = self
            .authentication
            .request_about(attempt, user)?
            .with("privateChallengeParameters", json!(private))
            .with("challengeAnswer", json!(answer))
            .with_metadata(attempt.metadata.as_ref());
        let (trigger, context) =
            (Trigger::VerifyAuthChallengeResponse, attempt.context(user.event_name()));
        let response = self
            .triggers
            .fire(&context, trigger, "Authentication", request)
            .await?
            .ok_or_else(not_configured)?;
        Ok(response.get("answerCorrect") == Some(&Value::Bool(true)))
    }
}

/// Reads the decision of the define trigger from its response.
fn decide(response: &Map<String, Value>, options: &Uncertain) -> Result<Decision, ApiError> {
    let flag = |name: &str| response.get(name) == Some(&Value::Bool(true));
    let challenge =
        response.get("challengeName").and_then(Value::as_str).filter(|name| !name.is_empty());
    match (flag("issueTokens"), flag("failAuthentication"), challenge) {
        (true, true, _) => Ok(match options.both_flags {
            BothFlags::FailWins => Decision::Fail,
            BothFlags::IssueWins => Decision::Issue,
        }),
        (true, false, _) => Ok(Decision::Issue),
        (false, true, _) => Ok(Decision::Fail),
        (false, false, Some(name)) => Ok(Decision::Challenge(name.to_owned())),
        (false, false, None) => match options.undecided_define {
            UndecidedDefine::Unrecognizable => Err(unrecognizable()),
            UndecidedDefine::Fails => Ok(Decision::Fail),
        },
    }
}

fn texts(response: &Map<String, Value>, name: &str) -> Option<Texts> {
    let map = response.get(name)?.as_object()?;
    let texts =
        map.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    Some(texts.collect())
}

fn not_configured() -> ApiError {
    ApiError::invalid("Custom auth lambda trigger is not configured for the user pool.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(response: &Value, options: &Uncertain, expected: Result<Decision, ApiError>) {
        let decision = decide(response.as_object().unwrap(), options);
        assert_eq!(decision, expected, "{response}");
    }

    #[test]
    fn decision_follows_the_flags_and_then_the_challenge() {
        let strict = Uncertain::default();
        let lenient = Uncertain {
            both_flags: BothFlags::IssueWins,
            undecided_define: UndecidedDefine::Fails,
            ..Uncertain::default()
        };
        let challenge = || Decision::Challenge("CUSTOM_CHALLENGE".to_owned());
        let named = json!({"challengeName": "CUSTOM_CHALLENGE", "issueTokens": null});
        check(&named, &strict, Ok(challenge()));
        let named = json!({"challengeName": "CUSTOM_CHALLENGE", "issueTokens": true});
        check(&named, &strict, Ok(Decision::Issue));
        check(&json!({"failAuthentication": true}), &strict, Ok(Decision::Fail));
        let both = json!({"issueTokens": true, "failAuthentication": true});
        check(&both, &strict, Ok(Decision::Fail));
        check(&both, &lenient, Ok(Decision::Issue));
        for undecided in [json!({}), json!({"challengeName": ""}), json!({"issueTokens": "yes"})] {
            check(&undecided, &strict, Err(unrecognizable()));
            check(&undecided, &lenient, Ok(Decision::Fail));
        }
    }
}
