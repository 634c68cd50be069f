//! What the holder of an access token may do with the own account.

use serde_json::{Value, json};

use super::name::alias_taken;
use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, Texts};
use crate::user_pool::Host;
use crate::user_pool::attribute;
use crate::user_pool::code::{Code, Purpose};
use crate::user_pool::message::Notice;
use crate::user_pool::state::Pool;
use crate::user_pool::token::Bearer;
use crate::user_pool::trigger::Scene;

impl Bearer {
    fn scene(&self) -> Scene<'_> {
        Scene { pool: &self.pool, client: Some(&self.client), user_name: &self.user }
    }
}

impl Host {
    fn bearer(&self, input: &Input) -> Result<Bearer, ApiError> {
        self.authorize(input.required("AccessToken")?)
    }

    pub(super) fn get_user(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.bearer(input)?;
        let state = self.state();
        let pool = state.pool(&bearer.pool)?;
        let client = pool.client(&bearer.client)?;
        let user = pool.user(&bearer.user)?;
        Ok(json!({
            "Username": user.name,
            "UserAttributes": user.list_attributes(|name| name == "sub" || client.may_read(name)),
        }))
    }

    pub(super) async fn update_attributes(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.bearer(input)?;
        let attributes = input.pairs("UserAttributes")?.unwrap_or_default();
        let metadata = input.metadata()?;
        {
            let state = self.state();
            let client = state.pool(&bearer.pool)?.client(&bearer.client)?;
            attribute::check_writable(client, &attributes)?;
        }
        self.store_attributes(&bearer.scene(), attributes, metadata.as_ref()).await
    }

    /// Stores attributes and sends a code to each address that is new and not verified with it.
    pub(super) async fn store_attributes(
        &self,
        scene: &Scene<'_>,
        attributes: Texts,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let codes = {
            let now = self.clock.now();
            let mut state = self.state();
            let pool = state.pool_mut(scene.pool)?;
            attribute::check(pool, &attributes)?;
            attribute::check_mutable(pool, &attributes)?;
            check_addresses(pool, scene.user_name, &attributes)?;
            let auto: Vec<&str> = ["email", "phone_number"]
                .into_iter()
                .filter(|attribute| pool.auto_verifies(attribute))
                .collect();
            let user = pool.user_mut(scene.user_name)?;
            let mut codes = Vec::new();
            for attribute in ["email", "phone_number"] {
                let Some(value) = attributes.get(attribute) else {
                    continue;
                };
                if attributes.contains_key(&format!("{attribute}_verified"))
                    || user.attributes.get(attribute) == Some(value)
                {
                    continue;
                }
                user.set_verified(attribute, false);
                if auto.contains(&attribute) {
                    let purpose = Purpose::Attribute(attribute);
                    let mut code = Code::default();
                    let text = code.renew(purpose, attribute, &self.settings, now)?;
                    user.codes.insert(purpose.key(), code);
                    codes.push((attribute, text));
                }
            }
            user.attributes.extend(attributes);
            user.modified = now;
            codes
        };
        let mut deliveries = Vec::new();
        for (attribute, code) in codes {
            let notice = Notice {
                scene: *scene,
                occasion: "UpdateUserAttribute",
                attribute,
                code: &code,
                metadata,
            };
            deliveries.push(self.notify(&notice).await?);
        }
        Ok(json!({"CodeDeliveryDetailsList": deliveries}))
    }

    pub(super) fn delete_attributes(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.bearer(input)?;
        let names = input.list("UserAttributeNames")?.unwrap_or_default();
        let mut state = self.state();
        let pool = state.pool_mut(&bearer.pool)?;
        let named: Texts = names.iter().map(|name| (name.clone(), String::new())).collect();
        attribute::check_writable(pool.client(&bearer.client)?, &named)?;
        attribute::check_deletable(pool, &names)?;
        let user = pool.user_mut(&bearer.user)?;
        user.forget(&names);
        user.modified = self.clock.now();
        Ok(json!({}))
    }

    pub(super) async fn attribute_code(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.bearer(input)?;
        let attribute = input.required("AttributeName")?;
        let metadata = input.metadata()?;
        let purpose = Purpose::Attribute(attribute);
        let code = {
            let mut state = self.state();
            let user = state.pool_mut(&bearer.pool)?.user_mut(&bearer.user)?;
            let held = matches!(attribute, "email" | "phone_number")
                && user.attributes.contains_key(attribute);
            if !held {
                return Err(ApiError::invalid(format!(
                    "User does not have attribute {attribute} to verify."
                )));
            }
            let code = user.codes.entry(purpose.key()).or_default();
            code.renew(purpose, attribute, &self.settings, self.clock.now())?
        };
        let notice = Notice {
            scene: bearer.scene(),
            occasion: "VerifyUserAttribute",
            attribute,
            code: &code,
            metadata: metadata.as_ref(),
        };
        let delivery = self.notify(&notice).await?;
        Ok(json!({"CodeDeliveryDetails": delivery}))
    }

    pub(super) fn verify_attribute(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.bearer(input)?;
        let attribute = input.required("AttributeName")?;
        let given = input.required("Code")?;
        let mut state = self.state();
        let pool = state.pool_mut(&bearer.pool)?;
        let held = pool.user(&bearer.user)?.attributes.get(attribute);
        let taken = held.is_some_and(|value| {
            pool.aliases_by(attribute)
                && pool.alias_holder(attribute, value, &bearer.user).is_some()
        });
        if taken {
            return Err(alias_taken(attribute));
        }
        let user = pool.user_mut(&bearer.user)?;
        let code = user.codes.entry(Purpose::Attribute(attribute).key()).or_default();
        let attribute = code.spend(given, &self.settings, self.clock.now())?;
        user.verify(&attribute);
        user.modified = self.clock.now();
        Ok(json!({}))
    }

    pub(super) fn global_sign_out(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.bearer(input)?;
        self.state().pool_mut(&bearer.pool)?.revoke_all(&bearer.user);
        Ok(json!({}))
    }

    pub(super) fn delete_user(&self, input: &Input) -> Result<Value, ApiError> {
        let bearer = self.bearer(input)?;
        let mut state = self.state();
        state.pool_mut(&bearer.pool)?.delete_user(&bearer.user);
        Ok(json!({}))
    }
}

/// Checks that no address is taken that may belong to one user only.
pub(super) fn check_addresses(pool: &Pool, user: &str, attributes: &Texts) -> Result<(), ApiError> {
    for (attribute, value) in attributes {
        let taken = pool.names_by(attribute)
            && pool.address_holder(attribute, value, user).is_some()
            || attribute == "preferred_username"
                && pool.aliases_by(attribute)
                && pool.alias_holder(attribute, value, user).is_some();
        let verified = attributes
            .get(&format!("{attribute}_verified"))
            .is_some_and(|verified| attribute::is_true(verified));
        let alias_taken_now = verified
            && pool.aliases_by(attribute)
            && pool.alias_holder(attribute, value, user).is_some();
        if taken || alias_taken_now {
            return Err(alias_taken(attribute));
        }
    }
    Ok(())
}
