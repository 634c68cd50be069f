//! `SignUp`: what pre sign-up wishes, and the new user.

use serde_json::{Value, json};

use super::name::{check_free, claim_alias, name_anew};
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, Texts};
use crate::user_pool::Host;
use crate::user_pool::attribute;
use crate::user_pool::password::{self, Password};
use crate::user_pool::trigger::{Request, Scene, Trigger};
use crate::user_pool::user::{Status, User};

/// What pre sign-up asks for.
struct Wishes {
    confirm: bool,
    email: bool,
    phone: bool,
}

impl Host {
    pub(super) async fn sign_up(&self, input: &Input) -> Result<Value, ApiError> {
        let client_id = input.required("ClientId")?;
        let typed = input.required("Username")?;
        let new_password = input.text("Password")?;
        let mut attributes = input.pairs("UserAttributes")?.unwrap_or_default();
        let metadata = input.metadata()?;
        let (pool_id, name, sub, free) = {
            let state = self.state();
            let (pool, client) = state.client(client_id)?;
            client.check_secret_hash(input.text("SecretHash")?, &[typed])?;
            let closed = pool.setting(&["AdminCreateUserConfig", "AllowAdminCreateUserOnly"]);
            if closed == Some(&Value::Bool(true)) {
                return Err(ApiError::refused("SignUp is not permitted for this user pool"));
            }
            match new_password {
                Some(password) => password::check_policy(pool, password)?,
                None if pool.allows_no_password() => {}
                None => drop(input.required("Password")?),
            }
            let (name, sub) = name_anew(pool, typed, &mut attributes)?;
            attribute::check_writable(client, &attributes)?;
            attribute::check(pool, &attributes)?;
            attribute::check_required(pool, &attributes)?;
            let free = check_free(pool, &name, &attributes);
            (pool.id.clone(), name, sub, free)
        };
        if !self.settings.uncertain.pre_sign_up_for_taken_name {
            free.clone()?;
        }
        let scene = Scene { pool: &pool_id, client: Some(client_id), user_name: &name };
        let wishes = self.pre_sign_up(&scene, "SignUp", &attributes, input).await?;
        free?;
        let wishes = Wishes {
            confirm: wishes.confirm,
            email: self.checked_wish(wishes.email, "email", &attributes)?,
            phone: self.checked_wish(wishes.phone, "phone_number", &attributes)?,
        };
        let status = if wishes.confirm { Status::Confirmed } else { Status::Unconfirmed };
        let mut user = User::new(name.clone(), sub.clone(), attributes, status, self.clock.now());
        if let Some(password) = new_password {
            user.password = Some(Password::new(&pool_id, &name, password)?);
        }
        self.store(&pool_id, user, &wishes)?;
        let mut answer = json!({"UserConfirmed": wishes.confirm, "UserSub": sub});
        if wishes.confirm {
            self.post_confirmation(&scene, "ConfirmSignUp", metadata.as_ref()).await?;
        } else if let Some(delivery) =
            self.send_sign_up_code(&scene, "SignUp", metadata.as_ref()).await?
            && let Some(answer) = answer.as_object_mut()
        {
            answer.insert("CodeDeliveryDetails".to_owned(), delivery);
        }
        Ok(answer)
    }

    async fn pre_sign_up(
        &self,
        scene: &Scene<'_>,
        occasion: &str,
        attributes: &Texts,
        input: &Input,
    ) -> Result<Wishes, ApiError> {
        let request = Request::about(attributes)
            .with("validationData", json!(input.pairs("ValidationData")?))
            .with_metadata(input.metadata()?.as_ref());
        let response =
            self.fire(scene, Trigger::PreSignUp, occasion, request).await?.unwrap_or_default();
        let wish = |name: &str| response.get(name) == Some(&Value::Bool(true));
        Ok(Wishes {
            confirm: wish("autoConfirmUser"),
            email: wish("autoVerifyEmail"),
            phone: wish("autoVerifyPhone"),
        })
    }

    /// Pre sign-up for a user whom an administrator creates: the wishes are ignored.
    pub(super) async fn pre_sign_up_by_admin(
        &self,
        scene: &Scene<'_>,
        attributes: &Texts,
        input: &Input,
    ) -> Result<(), ApiError> {
        self.pre_sign_up(scene, "AdminCreateUser", attributes, input).await.map(drop)
    }

    fn checked_wish(
        &self,
        wish: bool,
        attribute: &str,
        attributes: &Texts,
    ) -> Result<bool, ApiError> {
        let held = attributes.get(attribute).is_some_and(|value| !value.is_empty());
        if wish && !held {
            return Err(ApiError::new(
                &self.settings.uncertain.verified_without_address_kind,
                format!("The user has no {attribute} that could be verified automatically."),
            ));
        }
        Ok(wish)
    }

    fn store(&self, pool: &str, user: User, wishes: &Wishes) -> Result<(), ApiError> {
        let mut state = self.state();
        let pool = state.pool_mut(pool)?;
        check_free(pool, &user.name, &user.attributes)?;
        let name = user.name.clone();
        pool.users.insert(name.clone(), user);
        for (attribute, wish) in [("email", wishes.email), ("phone_number", wishes.phone)] {
            if wish {
                claim_alias(pool, attribute, &name, true)?;
                pool.user_mut(&name)?.verify(attribute);
            }
        }
        Ok(())
    }
}
