//! The attributes of users: changes, and the codes that verify addresses.

use std::sync::Arc;

use serde_json::{Value, json};

use super::code::{Code, Purpose};
use super::message_sender::{MessageSender, Notification};
use super::pool::Pool;
use super::registry::PoolRegistry;
use super::schema;
use super::settings::Settings;
use super::trigger::EventContext;
use super::user_names::{alias_taken, check_addresses};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;

/// Changes the attributes of users; cloning shares it.
#[derive(Clone)]
pub(crate) struct UserAttributes {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) messages: MessageSender,
}

impl UserAttributes {
    /// Stores attributes and sends a code to each address that is new and not verified with it;
    /// returns the delivery details.
    pub(crate) async fn store(
        &self,
        context: &EventContext<'_>,
        attributes: Texts,
        metadata: Option<&Texts>,
    ) -> Result<Vec<Value>, ApiError> {
        let codes = {
            let mut state = self.pools.lock();
            self.store_in(state.pool_mut(context.pool)?, context.user_name, attributes)?
        };
        let mut deliveries = Vec::new();
        for (attribute, code) in codes {
            let (context, occasion) = (*context, "UpdateUserAttribute");
            let message = Notification { context, occasion, attribute, code: &code, metadata };
            deliveries.push(self.messages.send(&message).await?);
        }
        Ok(deliveries)
    }

    /// Sends a code to an address of the user.
    pub(crate) async fn send_code(
        &self,
        context: &EventContext<'_>,
        attribute: &str,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let purpose = Purpose::Attribute(attribute);
        let code = {
            let mut state = self.pools.lock();
            let user = state.pool_mut(context.pool)?.user_mut(context.user_name)?;
            let is_held = matches!(attribute, "email" | "phone_number")
                && user.attributes.contains_key(attribute);
            if !is_held {
                return Err(ApiError::invalid(format!(
                    "User does not have attribute {attribute} to verify."
                )));
            }
            let code = user.codes.entry(purpose.key()).or_default();
            code.renew(purpose, attribute, &self.settings, self.clock.now())?
        };
        let (context, occasion) = (*context, "VerifyUserAttribute");
        let message = Notification { context, occasion, attribute, code: &code, metadata };
        self.messages.send(&message).await
    }

    /// Verifies an address with a code.
    pub(crate) fn verify(
        &self,
        context: &EventContext<'_>,
        attribute: &str,
        given: &str,
    ) -> Result<Value, ApiError> {
        let mut state = self.pools.lock();
        let pool = state.pool_mut(context.pool)?;
        let held = pool.user(context.user_name)?.attributes.get(attribute);
        let taken = held.is_some_and(|value| {
            pool.config.aliases_by(attribute)
                && pool.alias_holder(attribute, value, context.user_name).is_some()
        });
        if taken {
            return Err(alias_taken(attribute));
        }
        let user = pool.user_mut(context.user_name)?;
        let code = user.codes.entry(Purpose::Attribute(attribute).key()).or_default();
        let attribute = code.spend(given, &self.settings, self.clock.now())?;
        user.verify(&attribute);
        user.modified = self.clock.now();
        Ok(json!({}))
    }

    /// Stores attributes and returns the codes to send, each with its attribute.
    fn store_in(
        &self,
        pool: &mut Pool,
        name: &str,
        attributes: Texts,
    ) -> Result<Vec<(&'static str, String)>, ApiError> {
        let now = self.clock.now();
        schema::check(&pool.config, &attributes)?;
        schema::check_mutable(&pool.config, &attributes)?;
        check_addresses(pool, name, &attributes)?;
        let mut codes = Vec::new();
        for attribute in ["email", "phone_number"] {
            let is_auto_verified = pool.config.auto_verifies(attribute);
            let user = pool.user_mut(name)?;
            let Some(value) = attributes.get(attribute) else {
                continue;
            };
            if attributes.contains_key(&format!("{attribute}_verified"))
                || user.attributes.get(attribute) == Some(value)
            {
                continue;
            }
            user.set_verified(attribute, false);
            if is_auto_verified {
                let purpose = Purpose::Attribute(attribute);
                let mut code = Code::default();
                let text = code.renew(purpose, attribute, &self.settings, now)?;
                user.codes.insert(purpose.key(), code);
                codes.push((attribute, text));
            }
        }
        let user = pool.user_mut(name)?;
        user.attributes.extend(attributes);
        user.modified = now;
        Ok(codes)
    }
}
