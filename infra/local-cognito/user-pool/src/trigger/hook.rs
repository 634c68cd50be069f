//! The triggers of a pool and the functions that its `LambdaConfig` names.

use crate::config::PoolConfig;

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

/// The function that a pool's `LambdaConfig` names for a trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hook {
    pub(super) trigger: Trigger,
    pub(super) function: String,
    pub(crate) version: Version,
}

/// The version of a trigger's event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    Two,
    Three,
}

impl Trigger {
    /// Returns the name in `LambdaConfig`, which is also the one in error texts.
    pub(super) fn name(self) -> &'static str {
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

    /// Returns the start of `triggerSource`.
    pub(super) fn source(self) -> &'static str {
        match self {
            Self::PreTokenGeneration => "TokenGeneration",
            other => other.name(),
        }
    }
}

impl Version {
    /// Returns the `version` of the event.
    pub(super) fn event(self) -> &'static str {
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
    /// Returns the function of a trigger, if the pool has one.
    pub(crate) fn find(config: &PoolConfig, trigger: Trigger) -> Option<Self> {
        let configured = config.setting(&["LambdaConfig"])?;
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
        Some(Self { trigger, function: function_name(arn).to_owned(), version })
    }

    /// Returns the trigger's name in error texts.
    pub(super) fn error_name(&self) -> String {
        format!("{}{}", self.trigger.name(), self.version.suffix())
    }
}

/// The function's name in an ARN, which an alias may follow.
fn function_name(arn: &str) -> &str {
    match arn.split_once(":function:") {
        Some((_, name)) => name.split(':').next().unwrap_or(name),
        None => arn.rsplit(':').next().unwrap_or(arn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_is_named_by_its_arn_with_or_without_an_alias() {
        for (arn, name) in [
            ("arn:aws:lambda:eu-west-1:1:function:pre-sign-up", "pre-sign-up"),
            ("arn:aws:lambda:eu-west-1:1:function:pre-sign-up:live", "pre-sign-up"),
            ("pre-sign-up", "pre-sign-up"),
        ] {
            assert_eq!(function_name(arn), name);
        }
    }
}
