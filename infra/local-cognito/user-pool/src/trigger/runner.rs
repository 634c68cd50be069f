//! The trigger runner: invokes the function of a trigger and judges its answer.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::answer;
use super::event::{self, EventContext, EventRequest};
use super::hook::{Hook, Trigger};
use crate::registry::PoolRegistry;
use crate::settings::Settings;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::functions::{Functions, Outcome};
use local_cognito_aws_emulation::invocation::invoke;
use local_cognito_aws_emulation::journal::Journal;

/// Invokes the functions of all pools; cloning shares them.
#[derive(Clone)]
pub(crate) struct TriggerRunner {
    pub(crate) settings: Arc<Settings>,
    pub(crate) pools: PoolRegistry,
    pub(crate) functions: Functions,
    pub(crate) journal: Journal,
}

impl TriggerRunner {
    /// Returns the function of a trigger, if the pool has one.
    pub(crate) fn hook(&self, pool: &str, trigger: Trigger) -> Result<Option<Hook>, ApiError> {
        Ok(Hook::find(&self.pools.lock().pool(pool)?.config, trigger))
    }

    /// Invokes the function of a trigger, if the pool has one, and returns its `response`.
    pub(crate) async fn fire(
        &self,
        context: &EventContext<'_>,
        trigger: Trigger,
        occasion: &str,
        request: EventRequest,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        let Some(hook) = self.hook(context.pool, trigger)? else {
            return Ok(None);
        };
        self.invoke(&hook, context, occasion, request).await.map(Some)
    }

    /// Invokes the function of a trigger and returns the `response` of its answer.
    ///
    /// # Errors
    /// The error that a client gets for a failure of the function, for an invocation that is
    /// refused or runs into the time limit, or for an answer that the service does not accept.
    pub(crate) async fn invoke(
        &self,
        hook: &Hook,
        context: &EventContext<'_>,
        occasion: &str,
        request: EventRequest,
    ) -> Result<Map<String, Value>, ApiError> {
        let options = &self.settings.uncertain;
        let event = event::build(hook, context, occasion, request, &self.settings.region);
        for _ in 0..options.attempts.max(1) {
            let limit = self.settings.trigger_limit;
            match invoke(&self.functions, &self.journal, &hook.function, &event, limit).await {
                Outcome::Returned(payload) => {
                    return answer::judge(hook, &event, &payload, options);
                }
                Outcome::Failed { error_message, .. } => {
                    return Err(ApiError::new(
                        "UserLambdaValidationException",
                        format!("{} failed with error {error_message}.", hook.error_name()),
                    ));
                }
                Outcome::Refused(reason) => {
                    return Err(ApiError::new(
                        "UnexpectedLambdaException",
                        format!("{} invocation failed due to error {reason}.", hook.error_name()),
                    ));
                }
                Outcome::CallerTimedOut => {}
            }
        }
        Err(ApiError::new(
            &options.time_out_kind,
            format!(
                "{} invocation failed due to error Socket timeout while invoking Lambda function.",
                hook.error_name()
            ),
        ))
    }

    /// Invokes a custom sender without waiting for its result.
    pub(crate) fn send(
        &self,
        hook: &Hook,
        context: &EventContext<'_>,
        occasion: &str,
        request: EventRequest,
    ) {
        let event = event::build(hook, context, occasion, request, &self.settings.region);
        let (functions, journal) = (self.functions.clone(), self.journal.clone());
        let (function, limit) = (hook.function.clone(), self.settings.trigger_limit);
        tokio::spawn(async move {
            invoke(&functions, &journal, &function, &event, limit).await;
        });
    }

    /// True for an error that a trigger caused.
    pub(crate) fn is_cause_of(&self, error: &ApiError) -> bool {
        matches!(
            error.kind.as_str(),
            "UserLambdaValidationException"
                | "UnexpectedLambdaException"
                | "InvalidLambdaResponseException"
        ) || error.kind == self.settings.uncertain.time_out_kind
    }
}
