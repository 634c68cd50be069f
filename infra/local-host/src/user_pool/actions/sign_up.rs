//! `SignUp`, `ConfirmSignUp`, `ResendConfirmationCode`.

use serde_json::{Value, json};

use crate::user_pool::Host;
use crate::user_pool::code::{self, Purpose};
use crate::user_pool::error::ApiError;
use crate::user_pool::input::{Input, Texts};
use crate::user_pool::message::{self, Notice};
use crate::user_pool::password::{self, Password};
use crate::user_pool::state::Pool;
use crate::user_pool::trigger::{Request, Scene, Trigger};
use crate::user_pool::user::{Status, User};
use crate::user_pool::{attribute, chance};

/// The name and sub of somebody new; where addresses are names, the address becomes an attribute.
pub(super) fn name_anew(
    pool: &Pool,
    typed: &str,
    attributes: &mut Texts,
) -> Result<(String, String), ApiError> {
    let sub = chance::uuid()?;
    if pool.has_own_names() {
        for (alias, looks, form) in [
            ("email", attribute::is_email(typed), "email"),
            (
                "phone_number",
                attribute::is_phone_number(typed),
                "phone number",
            ),
        ] {
            if pool.aliases_by(alias) && looks {
                return Err(ApiError::invalid(format!(
                    "Username cannot be of {form} format, since user pool is configured for \
                     {form} alias."
                )));
            }
        }
        return Ok((typed.to_owned(), sub));
    }
    let by = if pool.names_by("email") && attribute::is_email(typed) {
        "email"
    } else if pool.names_by("phone_number") && attribute::is_phone_number(typed) {
        "phone_number"
    } else {
        return Err(ApiError::invalid(
            match (pool.names_by("email"), pool.names_by("phone_number")) {
                (true, true) => "Username should be either an email or a phone number.",
                (true, false) => "Username should be an email.",
                _ => "Username should be a phone number.",
            },
        ));
    };
    attributes.insert(by.to_owned(), typed.to_owned());
    Ok((sub.clone(), sub))
}

/// Whether somebody has this name already; an alias is not told before confirmation.
pub(super) fn check_free(pool: &Pool, name: &str, attributes: &Texts) -> Result<(), ApiError> {
    let taken = |message| Err(ApiError::new("UsernameExistsException", message));
    if pool
        .users
        .values()
        .any(|user| pool.same_name(&user.name, name))
    {
        return taken("User already exists");
    }
    for (by, message) in [
        ("email", "An account with the given email already exists."),
        (
            "phone_number",
            "An account with the given phone_number already exists.",
        ),
    ] {
        let holder = attributes
            .get(by)
            .and_then(|address| pool.address_holder(by, address, name));
        if pool.names_by(by) && holder.is_some() {
            return taken(message);
        }
    }
    Ok(())
}

/// Gives a verified alias to one user; refuses, or takes it from its holder.
pub(super) fn claim_alias(
    pool: &mut Pool,
    attribute: &str,
    user: &str,
    force: bool,
) -> Result<(), ApiError> {
    if !pool.aliases_by(attribute) {
        return Ok(());
    }
    let Some(value) = pool.user(user)?.attributes.get(attribute) else {
        return Ok(());
    };
    let Some(holder) = pool.alias_holder(attribute, value, user) else {
        return Ok(());
    };
    if !force {
        return Err(alias_taken(attribute));
    }
    let holder = holder.name.clone();
    pool.user_mut(&holder)?.set_verified(attribute, false);
    Ok(())
}

pub(super) fn alias_taken(attribute: &str) -> ApiError {
    let noun = match attribute {
        "phone_number" => "phone number",
        other => other,
    };
    ApiError::new(
        "AliasExistsException",
        format!("An account with the {noun} already exists."),
    )
}

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
                return Err(ApiError::refused(
                    "SignUp is not permitted for this user pool",
                ));
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
        let scene = Scene {
            pool: &pool_id,
            client: Some(client_id),
            user_name: &name,
        };
        let wishes = self
            .pre_sign_up(&scene, "SignUp", &attributes, input)
            .await?;
        free?;
        let wishes = Wishes {
            confirm: wishes.confirm,
            email: self.checked_wish(wishes.email, "email", &attributes)?,
            phone: self.checked_wish(wishes.phone, "phone_number", &attributes)?,
        };
        let status = if wishes.confirm {
            Status::Confirmed
        } else {
            Status::Unconfirmed
        };
        let mut user = User::new(
            name.clone(),
            sub.clone(),
            attributes,
            status,
            self.clock.now(),
        );
        if let Some(password) = new_password {
            user.password = Some(Password::new(&pool_id, &name, password)?);
        }
        self.store(&pool_id, user, &wishes)?;
        let mut answer = json!({"UserConfirmed": wishes.confirm, "UserSub": sub});
        if wishes.confirm {
            self.post_confirmation(&scene, "ConfirmSignUp", metadata.as_ref())
                .await?;
        } else if let Some(delivery) = self
            .send_sign_up_code(&scene, "SignUp", metadata.as_ref())
            .await?
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
        let response = self
            .fire(scene, Trigger::PreSignUp, occasion, request)
            .await?
            .unwrap_or_default();
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
        self.pre_sign_up(scene, "AdminCreateUser", attributes, input)
            .await
            .map(drop)
    }

    fn checked_wish(
        &self,
        wish: bool,
        attribute: &str,
        attributes: &Texts,
    ) -> Result<bool, ApiError> {
        let held = attributes
            .get(attribute)
            .is_some_and(|value| !value.is_empty());
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

    /// Sends a code that confirms a sign-up, if the pool says where to.
    async fn send_sign_up_code(
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
            (
                attribute,
                code.renew(Purpose::SignUp, attribute, &self.settings, now)?,
            )
        };
        let notice = Notice {
            scene: *scene,
            occasion,
            attribute,
            code: &code,
            metadata,
        };
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
        self.fire(scene, Trigger::PostConfirmation, occasion, request)
            .await
            .map(drop)
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
                return Err(if client.hides_users() {
                    code::expired()
                } else {
                    ApiError::no_such_user()
                });
            };
            self.confirm_with_code(state.pool_mut(&pool_id)?, &name, given, force)?;
            (pool_id, name)
        };
        let scene = Scene {
            pool: &pool_id,
            client: Some(client_id),
            user_name: &name,
        };
        self.post_confirmation(&scene, "ConfirmSignUp", metadata.as_ref())
            .await?;
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
            let state = self.state();
            let (pool, client) = state.client(client_id)?;
            let user = pool.find(typed);
            let known = user.map_or(typed, |user| &user.name);
            client.check_secret_hash(input.text("SecretHash")?, &[typed, known])?;
            let Some(user) = user else {
                return simulated_delivery(client.hides_users(), typed);
            };
            if user.status != Status::Unconfirmed {
                return Err(ApiError::invalid("User is already confirmed."));
            }
            (pool.id.clone(), user.name.clone())
        };
        let scene = Scene {
            pool: &pool_id,
            client: Some(client_id),
            user_name: &name,
        };
        match self
            .send_sign_up_code(&scene, "ResendCode", metadata.as_ref())
            .await?
        {
            Some(delivery) => Ok(json!({"CodeDeliveryDetails": delivery})),
            None => Err(ApiError::invalid("Auto verification not turned on.")),
        }
    }
}

/// The answer about somebody who does not exist.
pub(super) fn simulated_delivery(hides: bool, typed: &str) -> Result<Value, ApiError> {
    if !hides {
        return Err(ApiError::no_such_user());
    }
    let attribute = if attribute::is_phone_number(typed) {
        "phone_number"
    } else {
        "email"
    };
    Ok(json!({"CodeDeliveryDetails": message::details(attribute, typed)}))
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
