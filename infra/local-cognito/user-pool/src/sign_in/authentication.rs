//! The steps that every sign-in shares: pre authentication, post authentication, tokens.

use std::sync::Arc;

use serde_json::{Value, json};

use super::attempt::{Attempt, Origin};
use crate::registry::PoolRegistry;
use crate::session::SessionUser;
use crate::settings::Settings;
use crate::token_issuer::{Issuance, TokenIssuer};
use crate::trigger::{EventRequest, Trigger, TriggerRunner};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::Texts;

/// Runs the authentication triggers and issues tokens; cloning shares it.
#[derive(Clone)]
pub(crate) struct Authentication {
    pub(crate) settings: Arc<Settings>,
    pub(crate) pools: PoolRegistry,
    pub(crate) triggers: TriggerRunner,
    pub(crate) tokens: TokenIssuer,
}

impl Authentication {
    /// Returns an event's request about an enabled user, or about an unknown one.
    pub(crate) fn request_about(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
    ) -> Result<EventRequest, ApiError> {
        if let SessionUser::Known(name) = user {
            self.pools.lock().pool(&attempt.pool)?.user(name)?.check_enabled()?;
        }
        self.request_about_any(attempt, user)
    }

    /// Runs pre authentication, for a disabled user too.
    pub(crate) async fn pre_authentication(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
    ) -> Result<(), ApiError> {
        let request = self.request_about_any(attempt, user)?;
        let request = request.with("validationData", json!(attempt.metadata));
        let context = attempt.context(user.event_name());
        let (trigger, occasion) = (Trigger::PreAuthentication, "Authentication");
        self.triggers.fire(&context, trigger, occasion, request).await.map(drop)
    }

    /// Runs post authentication and issues tokens.
    pub(crate) async fn complete(
        &self,
        attempt: &Attempt,
        user: &str,
        occasion: &str,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let options = &self.settings.uncertain;
        if occasion != "NewPasswordChallenge" || options.post_authentication_after_new_password {
            let mut request = self.request_about(attempt, &SessionUser::Known(user.to_owned()))?;
            if let Some(used) = options.new_device_used {
                request = request.with("newDeviceUsed", json!(used));
            }
            let request = request.with_metadata(metadata);
            let (trigger, context) = (Trigger::PostAuthentication, attempt.context(user));
            self.triggers.fire(&context, trigger, "Authentication", request).await?;
        }
        let (occasion, nonce) = match &attempt.origin {
            Origin::Api => (occasion, None),
            Origin::ManagedLogin { nonce } => ("HostedAuth", nonce.as_deref()),
        };
        let (pool, client) = (&attempt.pool, &attempt.client.id);
        self.tokens.sign_in(&Issuance { pool, client, occasion, metadata, nonce }, user).await
    }

    fn request_about_any(
        &self,
        attempt: &Attempt,
        user: &SessionUser,
    ) -> Result<EventRequest, ApiError> {
        let state = self.pools.lock();
        let pool = state.pool(&attempt.pool)?;
        Ok(match user {
            SessionUser::Known(name) => EventRequest::about(&pool.config, pool.user(name)?),
            SessionUser::Unknown { .. } => EventRequest::with_attributes(&Texts::new()),
        }
        .with_user_not_found(matches!(user, SessionUser::Unknown { .. })))
    }
}

/// Reports an unconfirmed user.
pub(crate) fn unconfirmed() -> ApiError {
    ApiError::new("UserNotConfirmedException", "User is not confirmed.")
}
