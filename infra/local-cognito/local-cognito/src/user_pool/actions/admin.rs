//! What an administrator does with one user.

use serde_json::{Value, json};

use super::confirmation::check_unconfirmed;
use super::name::{check_free, free_aliases, name_anew};
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, constraint};
use crate::user_pool::Host;
use crate::user_pool::attribute;
use crate::user_pool::message::Notice;
use crate::user_pool::password::{self, Password};
use crate::user_pool::state::Pool;
use crate::user_pool::trigger::Scene;
use crate::user_pool::user::{Status, User};

const DAY: u64 = 24 * 60 * 60;

impl Host {
    /// The pool and the real name of the user that an input is about.
    pub(super) fn subject(&self, input: &Input) -> Result<(String, String), ApiError> {
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        let user = pool.find(input.required("Username")?).ok_or_else(ApiError::no_such_user)?;
        Ok((pool.id.clone(), user.name.clone()))
    }

    fn change(
        &self,
        input: &Input,
        change: impl FnOnce(&mut User) -> Result<(), ApiError>,
    ) -> Result<Value, ApiError> {
        let (pool, name) = self.subject(input)?;
        let now = self.clock.now();
        let mut state = self.state();
        let user = state.pool_mut(&pool)?.user_mut(&name)?;
        change(user)?;
        user.modified = now;
        Ok(json!({}))
    }

    pub(super) async fn admin_create_user(&self, input: &Input) -> Result<Value, ApiError> {
        let typed = input.required("Username")?;
        let mut attributes = input.pairs("UserAttributes")?.unwrap_or_default();
        let given = input.text("TemporaryPassword")?;
        let quiet = match input.text("MessageAction")? {
            None => false,
            Some("SUPPRESS") => true,
            Some("RESEND") => return self.invite_again(input).await,
            Some(other) => {
                return Err(constraint(
                    &format!("'{other}'"),
                    "messageAction",
                    "Member must satisfy enum value set: [RESEND, SUPPRESS]",
                ));
            }
        };
        let (pool_id, mut user, secret) = {
            let state = self.state();
            let pool = state.pool(input.required("UserPoolId")?)?;
            let (name, sub) = name_anew(pool, typed, &mut attributes)?;
            attribute::check(pool, &attributes)?;
            check_free(pool, &name, &attributes)?;
            let secret = match given {
                Some(secret) => {
                    password::check_policy(pool, secret)?;
                    Some(secret.to_owned())
                }
                None if pool.allows_no_password() => None,
                None => Some(password::temporary(pool)?),
            };
            let status =
                if secret.is_some() { Status::ForceChangePassword } else { Status::Confirmed };
            let user = User::new(name, sub, attributes, status, self.clock.now());
            (pool.id.clone(), user, secret)
        };
        let name = user.name.clone();
        let scene = Scene { pool: &pool_id, client: None, user_name: &name };
        self.pre_sign_up_by_admin(&scene, &user.attributes, input).await?;
        let shown = {
            let mut state = self.state();
            let pool = state.pool_mut(&pool_id)?;
            check_free(pool, &name, &user.attributes)?;
            free_aliases(pool, &user, input.flag("ForceAliasCreation")?)?;
            if let Some(secret) = &secret {
                user.password = Some(self.temporary_password(pool, &name, secret)?);
            }
            let shown = user.describe(|_| true);
            pool.users.insert(name.clone(), user);
            shown
        };
        if let (false, Some(secret)) = (quiet, &secret) {
            self.invite(&scene, secret, input).await?;
        }
        Ok(json!({"User": shown}))
    }

    async fn invite_again(&self, input: &Input) -> Result<Value, ApiError> {
        let (pool_id, name) = self.subject(input)?;
        let (secret, shown) = {
            let mut state = self.state();
            let pool = state.pool_mut(&pool_id)?;
            if pool.user(&name)?.status != Status::ForceChangePassword {
                return Err(ApiError::new(
                    "UnsupportedUserStateException",
                    "Resend not possible. User status is not FORCE_CHANGE_PASSWORD",
                ));
            }
            let secret = match input.text("TemporaryPassword")? {
                Some(secret) => secret.to_owned(),
                None => password::temporary(pool)?,
            };
            password::check_policy(pool, &secret)?;
            let stored = self.temporary_password(pool, &name, &secret)?;
            let user = pool.user_mut(&name)?;
            user.password = Some(stored);
            (secret, user.describe(|_| true))
        };
        let scene = Scene { pool: &pool_id, client: None, user_name: &name };
        self.invite(&scene, &secret, input).await?;
        Ok(json!({"User": shown}))
    }

    fn temporary_password(
        &self,
        pool: &Pool,
        user: &str,
        password: &str,
    ) -> Result<Password, ApiError> {
        let days = pool
            .setting(&["Policies", "PasswordPolicy", "TemporaryPasswordValidityDays"])
            .and_then(Value::as_u64)
            .unwrap_or(7);
        let mut stored = Password::new(&pool.id, user, password)?;
        stored.until = Some(self.clock.now().saturating_add(days.saturating_mul(DAY)));
        Ok(stored)
    }

    /// Sends the temporary password by the media that the input asks for; without a wish, to every
    /// address.
    async fn invite(&self, scene: &Scene<'_>, secret: &str, input: &Input) -> Result<(), ApiError> {
        let wished = input.list("DesiredDeliveryMediums")?;
        let media = wished.unwrap_or_else(|| vec!["SMS".to_owned(), "EMAIL".to_owned()]);
        let metadata = input.metadata()?;
        let open = &self.settings.uncertain;
        for medium in media {
            let attribute = if medium == "EMAIL" { "email" } else { "phone_number" };
            let held = {
                let state = self.state();
                let user = state.pool(scene.pool)?.user(scene.user_name)?;
                user.attributes.contains_key(attribute)
            };
            if !held {
                continue;
            }
            let notice = Notice {
                scene: *scene,
                occasion: "AdminCreateUser",
                attribute,
                code: secret,
                metadata: metadata
                    .as_ref()
                    .filter(|_| open.admin_create_metadata_in_custom_message),
            };
            self.notify(&notice).await?;
        }
        Ok(())
    }

    pub(super) async fn admin_confirm_sign_up(&self, input: &Input) -> Result<Value, ApiError> {
        let metadata = input.metadata()?;
        let (pool, name) = self.subject(input)?;
        self.change(input, |user| {
            check_unconfirmed(user)?;
            user.status = Status::Confirmed;
            Ok(())
        })?;
        let scene = Scene { pool: &pool, client: None, user_name: &name };
        self.post_confirmation(&scene, "ConfirmSignUp", metadata.as_ref()).await?;
        Ok(json!({}))
    }

    pub(super) fn admin_get_user(&self, input: &Input) -> Result<Value, ApiError> {
        let (pool, name) = self.subject(input)?;
        let state = self.state();
        let user = state.pool(&pool)?.user(&name)?;
        let mut shown = user.describe(|_| true);
        if let Some(shown) = shown.as_object_mut() {
            let attributes = shown.remove("Attributes").unwrap_or_default();
            shown.insert("UserAttributes".to_owned(), attributes);
        }
        Ok(shown)
    }

    pub(super) fn admin_set_password(&self, input: &Input) -> Result<Value, ApiError> {
        let new = input.required("Password")?;
        let permanent = input.flag("Permanent")?;
        let (pool_id, name) = self.subject(input)?;
        let stored = {
            let state = self.state();
            let pool = state.pool(&pool_id)?;
            password::check_policy(pool, new)?;
            if permanent {
                Password::new(&pool_id, &name, new)?
            } else {
                self.temporary_password(pool, &name, new)?
            }
        };
        self.change(input, |user| {
            user.password = Some(stored);
            user.lockout.clear();
            user.status = if permanent { Status::Confirmed } else { Status::ForceChangePassword };
            Ok(())
        })
    }

    pub(super) async fn admin_update_attributes(&self, input: &Input) -> Result<Value, ApiError> {
        let attributes = input.pairs("UserAttributes")?.unwrap_or_default();
        let metadata = input.metadata()?;
        let (pool, name) = self.subject(input)?;
        let scene = Scene { pool: &pool, client: None, user_name: &name };
        self.store_attributes(&scene, attributes, metadata.as_ref()).await?;
        Ok(json!({}))
    }

    pub(super) fn admin_delete_attributes(&self, input: &Input) -> Result<Value, ApiError> {
        let names = input.list("UserAttributeNames")?.unwrap_or_default();
        let (pool, _) = self.subject(input)?;
        attribute::check_deletable(self.state().pool(&pool)?, &names)?;
        self.change(input, |user| {
            user.forget(&names);
            Ok(())
        })
    }

    pub(super) fn admin_delete_user(&self, input: &Input) -> Result<Value, ApiError> {
        let (pool, name) = self.subject(input)?;
        self.state().pool_mut(&pool)?.delete_user(&name);
        Ok(json!({}))
    }

    pub(super) fn admin_disable_user(&self, input: &Input) -> Result<Value, ApiError> {
        self.change(input, |user| {
            user.enabled = false;
            Ok(())
        })?;
        self.admin_sign_out(input)
    }

    pub(super) fn admin_enable_user(&self, input: &Input) -> Result<Value, ApiError> {
        self.change(input, |user| {
            user.enabled = true;
            Ok(())
        })
    }

    pub(super) fn admin_sign_out(&self, input: &Input) -> Result<Value, ApiError> {
        let (pool, name) = self.subject(input)?;
        self.state().pool_mut(&pool)?.revoke_all(&name);
        Ok(json!({}))
    }
}
