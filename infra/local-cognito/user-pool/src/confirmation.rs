//! Confirmation of sign-ups: the code, its delivery, and the trigger afterwards.

use std::sync::Arc;

use serde_json::Value;

use super::address::ADDRESSES;
use super::code::Purpose;
use super::config::PoolConfig;
use super::message_sender::{MessageSender, Notification};
use super::pool::Pool;
use super::registry::PoolRegistry;
use super::settings::Settings;
use super::trigger::{EventContext, EventRequest, Trigger, TriggerRunner};
use super::user::{Status, User};
use super::user_names::claim_alias;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;

/// Confirms the users of all pools; cloning shares it.
#[derive(Clone)]
pub(crate) struct Confirmation {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) triggers: TriggerRunner,
    pub(crate) messages: MessageSender,
}

impl Confirmation {
    /// Sends a code that confirms a sign-up, if the pool has an address for it; returns the delivery
    /// details.
    pub(crate) async fn send_code(
        &self,
        context: &EventContext<'_>,
        occasion: &str,
        metadata: Option<&Texts>,
    ) -> Result<Option<Value>, ApiError> {
        let (attribute, code) = {
            let now = self.clock.now();
            let mut state = self.pools.lock();
            let pool = state.pool_mut(context.pool)?;
            let user = pool.user(context.user_name)?;
            let Some(attribute) = confirmation_address(&pool.config, user) else {
                return Ok(None);
            };
            let user = pool.user_mut(context.user_name)?;
            let code = user.codes.entry(Purpose::SignUp.key()).or_default();
            (attribute, code.renew(Purpose::SignUp, attribute, &self.settings, now)?)
        };
        let context = *context;
        let message = Notification { context, occasion, attribute, code: &code, metadata };
        self.messages.send(&message).await.map(Some)
    }

    /// Confirms a user with a code, which verifies its address.
    pub(crate) fn confirm_with_code(
        &self,
        pool: &mut Pool,
        name: &str,
        given: &str,
        force: bool,
    ) -> Result<(), ApiError> {
        let user = pool.user_mut(name)?;
        user.check_enabled()?;
        check_unconfirmed(user)?;
        let key = Purpose::SignUp.key();
        let mut code = user.codes.get(&key).cloned().unwrap_or_default();
        let verdict = code.spend(given, &self.settings, self.clock.now());
        if let Ok(attribute) = &verdict {
            // A refusal here leaves the code valid, so that it can be sent again with force.
            claim_alias(pool, attribute, name, force)?;
        }
        let user = pool.user_mut(name)?;
        user.codes.insert(key, code);
        user.verify(&verdict?);
        user.status = Status::Confirmed;
        user.modified = self.clock.now();
        Ok(())
    }

    /// Runs post confirmation.
    pub(crate) async fn post_confirmation(
        &self,
        context: &EventContext<'_>,
        occasion: &str,
        metadata: Option<&Texts>,
    ) -> Result<(), ApiError> {
        let request = {
            let state = self.pools.lock();
            let pool = state.pool(context.pool)?;
            let user = pool.user(context.user_name)?;
            EventRequest::about(&pool.config, user).with_metadata(metadata)
        };
        self.triggers.fire(context, Trigger::PostConfirmation, occasion, request).await.map(drop)
    }
}

/// Refuses to confirm a user who is confirmed or in another state.
pub(crate) fn check_unconfirmed(user: &User) -> Result<(), ApiError> {
    if user.status == Status::Unconfirmed {
        Ok(())
    } else {
        Err(ApiError::refused(format!(
            "User cannot be confirmed. Current status is {}",
            user.status.name()
        )))
    }
}

/// Returns the attribute with the address for a code that confirms a sign-up.
fn confirmation_address(config: &PoolConfig, user: &User) -> Option<&'static str> {
    ADDRESSES.into_iter().find(|attribute| {
        config.auto_verifies(attribute) && user.attributes.contains_key(*attribute)
    })
}
