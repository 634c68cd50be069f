//! `CUSTOM_AUTH`: define, create and verify, round by round.

use serde_json::{Map, Value, json};

use super::sign_in::{Attempt, unconfirmed};
use crate::aws_api::ApiError;
use crate::aws_api::input::{Texts, parameter};
use crate::user_pool::Host;
use crate::user_pool::session::{Round, Step, Who};
use crate::user_pool::settings::{BothFlags, UndecidedDefine};
use crate::user_pool::srp::Exchange;
use crate::user_pool::trigger::{Trigger, unrecognizable};
use crate::user_pool::user::Status;

/// What define decided.
enum Decision {
    Issue,
    Fail,
    Challenge(String),
}

impl Round {
    pub(super) fn of(name: &str, result: bool, metadata: Option<String>) -> Self {
        Self {
            challenge_name: name.to_owned(),
            challenge_result: result,
            challenge_metadata: metadata,
        }
    }
}

impl Host {
    pub(super) async fn by_challenges(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let user = self.knocking(attempt, parameters, typed)?;
        if self.hook(&attempt.pool, Trigger::DefineAuthChallenge)?.is_none() {
            return Err(not_configured());
        }
        let first = parameters.get("CHALLENGE_NAME").or_else(|| parameters.get("ChallengeName"));
        let who = match user {
            Some(user) => {
                user.check_enabled()?;
                if user.status == Status::Unconfirmed {
                    return Err(unconfirmed());
                }
                Who::Known(user.name)
            }
            None if !attempt.client.hides_users() => return Err(ApiError::no_such_user()),
            None if first.is_some() => self.unknown_user_of_srp(attempt, typed)?,
            None => self.unknown_user(attempt, typed)?,
        };
        let (history, exchange) = match first {
            None => (Vec::new(), None),
            Some(name) if name == "SRP_A" => {
                let public = parameter(parameters, "SRP_A")?;
                let exchange = self.exchange(attempt, &who, public)?;
                (vec![Round::of("SRP_A", true, None)], Some(exchange))
            }
            Some(_) => return Err(ApiError::invalid("CHALLENGE_NAME must be SRP_A")),
        };
        if self.settings.uncertain.pre_authentication_in_custom_auth {
            self.pre_authentication(attempt, &who).await?;
        }
        self.next_step(attempt, who, history, exchange, None).await
    }

    /// Asks define what comes next, and does it.
    pub(super) async fn next_step(
        &self,
        attempt: &Attempt,
        who: Who,
        history: Vec<Round>,
        exchange: Option<Exchange>,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        match self.define(attempt, &who, &history, metadata).await? {
            Decision::Fail => Err(ApiError::incorrect()),
            Decision::Issue => match who {
                Who::Known(name) => self.complete(attempt, &name, "Authentication", metadata).await,
                Who::Unknown { .. } => {
                    Err(ApiError::refused(&self.settings.uncertain.unknown_user_text))
                }
            },
            Decision::Challenge(name) if name == "CUSTOM_CHALLENGE" => {
                self.create(attempt, who, history, metadata).await
            }
            Decision::Challenge(name) => match exchange {
                Some(exchange) if name == "PASSWORD_VERIFIER" => {
                    self.demand_proof(attempt, who, exchange, Some(history))
                }
                _ => Err(unrecognizable()),
            },
        }
    }

    async fn define(
        &self,
        attempt: &Attempt,
        who: &Who,
        history: &[Round],
        metadata: Option<&Texts>,
    ) -> Result<Decision, ApiError> {
        let request =
            self.about(attempt, who)?.with("session", json!(history)).with_metadata(metadata);
        let scene = attempt.scene(who.event_name());
        let response = self
            .fire(&scene, Trigger::DefineAuthChallenge, "Authentication", request)
            .await?
            .ok_or_else(not_configured)?;
        self.decision(&response)
    }

    /// Lets define see a history that ends in failure whatever it says.
    pub(super) async fn define_in_vain(
        &self,
        attempt: &Attempt,
        who: &Who,
        history: &[Round],
    ) -> Result<(), ApiError> {
        self.define(attempt, who, history, attempt.metadata.as_ref()).await.map(drop)
    }

    fn decision(&self, response: &Map<String, Value>) -> Result<Decision, ApiError> {
        let flag = |name: &str| response.get(name) == Some(&Value::Bool(true));
        let open = &self.settings.uncertain;
        let challenge =
            response.get("challengeName").and_then(Value::as_str).filter(|name| !name.is_empty());
        match (flag("issueTokens"), flag("failAuthentication"), challenge) {
            (true, true, _) => Ok(match open.both_flags {
                BothFlags::FailWins => Decision::Fail,
                BothFlags::IssueWins => Decision::Issue,
            }),
            (true, false, _) => Ok(Decision::Issue),
            (false, true, _) => Ok(Decision::Fail),
            (false, false, Some(name)) => Ok(Decision::Challenge(name.to_owned())),
            (false, false, None) => match open.undecided_define {
                UndecidedDefine::Unrecognizable => Err(unrecognizable()),
                UndecidedDefine::Fails => Ok(Decision::Fail),
            },
        }
    }

    async fn create(
        &self,
        attempt: &Attempt,
        who: Who,
        history: Vec<Round>,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let request = self
            .about(attempt, &who)?
            .with("challengeName", json!("CUSTOM_CHALLENGE"))
            .with("session", json!(history))
            .with_metadata(metadata);
        let scene = attempt.scene(who.event_name());
        let response = self
            .fire(&scene, Trigger::CreateAuthChallenge, "Authentication", request)
            .await?
            .ok_or_else(not_configured)?;
        let mut shown = texts(&response, "publicChallengeParameters").unwrap_or_default();
        shown.insert("USERNAME".to_owned(), who.shown_name().to_owned());
        let step = Step::Custom {
            history,
            metadata: response
                .get("challengeMetadata")
                .and_then(Value::as_str)
                .map(ToOwned::to_owned),
            private: texts(&response, "privateChallengeParameters"),
        };
        let session = self.state().pool_mut(&attempt.pool)?.open_session(
            &attempt.client.id,
            who,
            step,
            self.clock.now(),
        )?;
        Ok(json!({
            "ChallengeName": "CUSTOM_CHALLENGE",
            "Session": session,
            "ChallengeParameters": shown,
        }))
    }

    /// Whether an answer is right, as verify sees it.
    pub(super) async fn verify(
        &self,
        attempt: &Attempt,
        who: &Who,
        private: Option<&Texts>,
        answer: &str,
    ) -> Result<bool, ApiError> {
        let request = self
            .about(attempt, who)?
            .with("privateChallengeParameters", json!(private))
            .with("challengeAnswer", json!(answer))
            .with_metadata(attempt.metadata.as_ref());
        let scene = attempt.scene(who.event_name());
        let response = self
            .fire(&scene, Trigger::VerifyAuthChallengeResponse, "Authentication", request)
            .await?
            .ok_or_else(not_configured)?;
        Ok(response.get("answerCorrect") == Some(&Value::Bool(true)))
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
