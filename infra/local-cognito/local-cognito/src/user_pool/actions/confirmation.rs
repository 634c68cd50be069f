//! `ConfirmSignUp`, `ResendConfirmationCode` and what follows a confirmation.

use serde_json::{Value, json};

use super::name::claim_alias;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, Texts};
use crate::user_pool::Host;
use crate::user_pool::code::{self, Purpose};
use crate::user_pool::existence::{hidden_delivery, not_found};
use crate::user_pool::message::Notice;
use crate::user_pool::state::Pool;
use crate::user_pool::trigger::{Request, Scene, Trigger};
use crate::user_pool::user::{Status, User};

impl Host {
    /// Sends a code that confirms a sign-up, if the pool says where to.
    pub(super) async fn send_sign_up_code(
        &self,
        scene: &Scene<'_>,
        occasion: &str,
        metadata: Option<&Texts>,
    ) -> Result<Option<Value>, ApiError> {
        let (attribute, code) = {
            let now = self.clock.now();
            let mut state = self.state();
            let pool = state.pool_mut(scene.pool)?;
            let Some(attribute) = pool.confirmation_address(pool.user(scene.user_name)?) else {
                return Ok(None);
            };
            let user = pool.user_mut(scene.user_name)?;
            let code = user.codes.entry(Purpose::SignUp.key()).or_default();
            (attribute, code.renew(Purpose::SignUp, attribute, &self.settings, now)?)
        };
        let notice = Notice { scene: *scene, occasion, attribute, code: &code, metadata };
        self.notify(&notice).await.map(Some)
    }

    pub(super) async fn post_confirmation(
        &self,
        scene: &Scene<'_>,
        occasion: &str,
        metadata: Option<&Texts>,
    ) -> Result<(), ApiError> {
        let request = {
            let state = self.state();
            let pool = state.pool(scene.pool)?;
            let user = pool.user(scene.user_name)?;
            Request::about(&pool.event_attributes(user)).with_metadata(metadata)
        };
        self.fire(scene, Trigger::PostConfirmation, occasion, request).await.map(drop)
    }

    pub(super) async fn confirm_sign_up(&self, input: &Input) -> Result<Value, ApiError> {
        let client_id = input.required("ClientId")?;
        let typed = input.required("Username")?;
        let given = input.required("ConfirmationCode")?;
        let force = input.flag("ForceAliasCreation")?;
        let metadata = input.metadata()?;
        let (pool_id, name) = {
            let mut state = self.state();
            let (pool, client) = state.client(client_id)?;
            let pool_id = pool.id.clone();
            let found = pool.find(typed).map(|user| user.name.clone());
            let names = [typed, found.as_deref().unwrap_or(typed)];
            client.check_secret_hash(input.text("SecretHash")?, &names)?;
            let Some(name) = found else {
                return Err(if client.hides_users() { code::expired() } else { not_found() });
            };
            self.confirm_with_code(state.pool_mut(&pool_id)?, &name, given, force)?;
            (pool_id, name)
        };
        let scene = Scene { pool: &pool_id, client: Some(client_id), user_name: &name };
        self.post_confirmation(&scene, "ConfirmSignUp", metadata.as_ref()).await?;
        Ok(json!({}))
    }

    fn confirm_with_code(
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
            // A refusal here leaves the code alive, so that it can be sent again with force.
            claim_alias(pool, attribute, name, force)?;
        }
        let user = pool.user_mut(name)?;
        user.codes.insert(key, code);
        user.verify(&verdict?);
        user.status = Status::Confirmed;
        user.modified = self.clock.now();
        Ok(())
    }

    pub(super) async fn resend_code(&self, input: &Input) -> Result<Value, ApiError> {
        let client_id = input.required("ClientId")?;
        let typed = input.required("Username")?;
        let metadata = input.metadata()?;
        let (pool_id, name) = {
            let mut state = self.state();
            let (pool, client) = state.client(client_id)?;
            let user = pool.find(typed);
            let known = user.map_or(typed, |user| &user.name);
            client.check_secret_hash(input.text("SecretHash")?, &[typed, known])?;
            let (pool_id, hides) = (pool.id.clone(), client.hides_users());
            let found = match user {
                None => Err(not_found()),
                Some(user) => user.check_enabled().map(|()| (user.name.clone(), user.status)),
            };
            match found {
                Ok((name, Status::Unconfirmed)) => (pool_id, name),
                Ok(_) => return Err(already_confirmed()),
                Err(_) if hides => {
                    let known = user.map(|user| user.name.clone());
                    let pool = state.pool_mut(&pool_id)?;
                    return self.hide_resent_code(pool, typed, known.as_deref());
                }
                Err(told) => return Err(told),
            }
        };
        let scene = Scene { pool: &pool_id, client: Some(client_id), user_name: &name };
        match self.send_sign_up_code(&scene, "ResendCode", metadata.as_ref()).await? {
            Some(delivery) => Ok(json!({"CodeDeliveryDetails": delivery})),
            None => Err(unverified_pool()),
        }
    }

    /// Answers as if a code had been sent to a user that the client may not learn of, and counts it.
    fn hide_resent_code(
        &self,
        pool: &mut Pool,
        typed: &str,
        known: Option<&str>,
    ) -> Result<Value, ApiError> {
        let (how, now) = (self.settings.uncertain.hidden_delivery, self.clock.now());
        if !["email", "phone_number"].into_iter().any(|attribute| pool.auto_verifies(attribute)) {
            return Err(unverified_pool());
        }
        let delivery = hidden_delivery(pool, how, typed, already_confirmed())?;
        let code = match known {
            Some(name) => pool.user_mut(name)?.codes.entry(Purpose::SignUp.key()).or_default(),
            None => pool.simulated_sign_up(typed, now),
        };
        code.simulate(Purpose::SignUp, &self.settings, now)?;
        Ok(delivery)
    }
}

/// Reports a pool that sends no codes for sign-ups.
fn unverified_pool() -> ApiError {
    ApiError::invalid("Auto verification not turned on.")
}

fn already_confirmed() -> ApiError {
    ApiError::invalid("User is already confirmed.")
}

pub(super) fn check_unconfirmed(user: &User) -> Result<(), ApiError> {
    if user.status == Status::Unconfirmed {
        Ok(())
    } else {
        Err(ApiError::refused(format!(
            "User cannot be confirmed. Current status is {}",
            user.status.name()
        )))
    }
}
