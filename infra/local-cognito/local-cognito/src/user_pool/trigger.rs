//! Triggers: which function, with which event, how often, and what its failure reads like.

mod answer;
mod event;

use serde_json::{Map, Value};

pub(crate) use self::answer::unrecognizable;
pub(crate) use self::event::{Request, Scene};
use super::Host;
use super::state::Pool;
use crate::aws_api::ApiError;
use crate::functions::Outcome;
use crate::invocation::invoke;

/// The triggers of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    PreSignUp,
    PostConfirmation,
    PreAuthentication,
    PostAuthentication,
    DefineAuthChallenge,
    CreateAuthChallenge,
    VerifyAuthChallengeResponse,
    PreTokenGeneration,
    UserMigration,
    CustomMessage,
    CustomEmailSender,
    CustomSmsSender,
}

/// A function as a pool names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hook {
    trigger: Trigger,
    function: String,
    version: Version,
}

/// The version of a trigger's event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    Two,
    Three,
}

impl Trigger {
    /// The name in `LambdaConfig`, which is also the one in error texts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PreSignUp => "PreSignUp",
            Self::PostConfirmation => "PostConfirmation",
            Self::PreAuthentication => "PreAuthentication",
            Self::PostAuthentication => "PostAuthentication",
            Self::DefineAuthChallenge => "DefineAuthChallenge",
            Self::CreateAuthChallenge => "CreateAuthChallenge",
            Self::VerifyAuthChallengeResponse => "VerifyAuthChallengeResponse",
            Self::PreTokenGeneration => "PreTokenGeneration",
            Self::UserMigration => "UserMigration",
            Self::CustomMessage => "CustomMessage",
            Self::CustomEmailSender => "CustomEmailSender",
            Self::CustomSmsSender => "CustomSMSSender",
        }
    }

    /// What `triggerSource` starts with.
    fn source(self) -> &'static str {
        match self {
            Self::PreTokenGeneration => "TokenGeneration",
            other => other.name(),
        }
    }
}

impl Version {
    /// The `version` of the event.
    fn event(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::One => "",
            Self::Two => "V2_0",
            Self::Three => "V3_0",
        }
    }
}

impl Hook {
    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// The trigger's name in error texts.
    fn token(&self) -> String {
        format!("{}{}", self.trigger.name(), self.version.suffix())
    }
}

impl Pool {
    /// The function of a trigger, if one is configured.
    pub(crate) fn hook(&self, trigger: Trigger) -> Option<Hook> {
        let configured = self.setting(&["LambdaConfig"])?;
        let detailed = match trigger {
            Trigger::PreTokenGeneration => configured.get("PreTokenGenerationConfig"),
            other => configured.get(other.name()).filter(|hook| hook.is_object()),
        };
        let arn = detailed
            .and_then(|hook| hook.get("LambdaArn"))
            .or_else(|| configured.get(trigger.name()))?
            .as_str()?;
        let version = match (trigger, detailed.and_then(|hook| hook.get("LambdaVersion"))) {
            (Trigger::PreTokenGeneration, Some(version)) if version == "V2_0" => Version::Two,
            (Trigger::PreTokenGeneration, Some(version)) if version == "V3_0" => Version::Three,
            _ => Version::One,
        };
        Some(Hook { trigger, function: function_name(arn).to_owned(), version })
    }
}

/// The function's name in an ARN, which an alias may follow.
fn function_name(arn: &str) -> &str {
    match arn.split_once(":function:") {
        Some((_, name)) => name.split(':').next().unwrap_or(name),
        None => arn.rsplit(':').next().unwrap_or(arn),
    }
}

impl Host {
    pub(crate) fn hook(&self, pool: &str, trigger: Trigger) -> Result<Option<Hook>, ApiError> {
        Ok(self.state().pool(pool)?.hook(trigger))
    }

    /// Fires a trigger if the pool has a function for it; the answer is its `response`.
    pub(crate) async fn fire(
        &self,
        scene: &Scene<'_>,
        trigger: Trigger,
        occasion: &str,
        request: Request,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        let Some(hook) = self.hook(scene.pool, trigger)? else {
            return Ok(None);
        };
        self.invoke(&hook, scene, occasion, request).await.map(Some)
    }

    /// Invokes the function of a trigger and judges what it answers.
    pub(crate) async fn invoke(
        &self,
        hook: &Hook,
        scene: &Scene<'_>,
        occasion: &str,
        request: Request,
    ) -> Result<Map<String, Value>, ApiError> {
        let open = &self.settings.uncertain;
        let event = self.event(hook, scene, occasion, request);
        for _ in 0..open.attempts.max(1) {
            let limit = self.settings.trigger_limit;
            match invoke(&self.functions, &self.journal, &hook.function, &event, limit).await {
                Outcome::Answered(payload) => {
                    return answer::judge(hook, &event, &payload, open);
                }
                Outcome::Failed { error_message, .. } => {
                    return Err(ApiError::new(
                        "UserLambdaValidationException",
                        format!("{} failed with error {error_message}.", hook.token()),
                    ));
                }
                Outcome::Refused(reason) => {
                    return Err(ApiError::new(
                        "UnexpectedLambdaException",
                        format!("{} invocation failed due to error {reason}.", hook.token()),
                    ));
                }
                Outcome::CallerTimedOut => {}
            }
        }
        Err(ApiError::new(
            &open.time_out_kind,
            format!(
                "{} invocation failed due to error Socket timeout while invoking Lambda function.",
                hook.token()
            ),
        ))
    }

    /// Invokes a custom sender, whose result nobody waits for.
    pub(crate) fn send_to(&self, hook: &Hook, scene: &Scene<'_>, occasion: &str, request: Request) {
        let event = self.event(hook, scene, occasion, request);
        let (functions, journal) = (self.functions.clone(), self.journal.clone());
        let (function, limit) = (hook.function.clone(), self.settings.trigger_limit);
        tokio::spawn(async move {
            invoke(&functions, &journal, &function, &event, limit).await;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_by_its_arn_with_or_without_an_alias() {
        for (arn, name) in [
            ("arn:aws:lambda:eu-west-1:1:function:pre-sign-up", "pre-sign-up"),
            ("arn:aws:lambda:eu-west-1:1:function:pre-sign-up:live", "pre-sign-up"),
            ("pre-sign-up", "pre-sign-up"),
        ] {
            assert_eq!(function_name(arn), name);
        }
    }
}
