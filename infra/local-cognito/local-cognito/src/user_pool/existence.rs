//! Answers that do not tell an unknown user from a known one (`PreventUserExistenceErrors`).
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html>

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::attribute;
use super::code::Code;
use super::message;
use super::settings::HiddenDelivery;
use super::state::Pool;
use crate::aws_api::{ApiError, chance};

impl Pool {
    /// The user id that SRP shows for a name without a user: the same for one name and pool.
    pub(crate) fn fake_user_id(&mut self, name: &str) -> Result<String, ApiError> {
        let digest = self.derive("id", name)?;
        Ok(chance::stable_uuid(*digest.first_chunk().ok_or_else(ApiError::internal)?))
    }

    /// The salt that SRP shows for a name without a password: the same for one name and pool.
    pub(crate) fn fake_salt(&mut self, name: &str) -> Result<[u8; 16], ApiError> {
        let digest = self.derive("salt", name)?;
        digest.first_chunk().copied().ok_or_else(ApiError::internal)
    }

    /// The recovery code of a name without a user.
    pub(crate) fn simulated_recovery(&mut self, name: &str, now: u64) -> &mut Code {
        self.simulated_recoveries.retain(|_, code| !code.is_over(now));
        self.simulated_recoveries.entry(self.folded(name)).or_default()
    }

    /// The sign-up code of a name without a user.
    pub(crate) fn simulated_sign_up(&mut self, name: &str, now: u64) -> &mut Code {
        self.simulated_sign_ups.retain(|_, code| !code.is_over(now));
        self.simulated_sign_ups.entry(self.folded(name)).or_default()
    }

    /// `CodeDeliveryDetails` of a message that is not sent: the medium follows the form of the name,
    /// or else what the pool verifies.
    pub(crate) fn simulated_delivery(&mut self, name: &str) -> Result<Value, ApiError> {
        let by_phone = attribute::is_phone_number(name)
            || !attribute::is_email(name)
                && self.auto_verifies("phone_number")
                && !self.auto_verifies("email");
        let address = match (by_phone, attribute::is_phone_number(name)) {
            (true, false) => self.fake_phone_number(name)?,
            (true, true) | (false, _) => name.to_owned(),
        };
        let attribute = if by_phone { "phone_number" } else { "email" };
        Ok(json!({"CodeDeliveryDetails": message::details(attribute, &address)}))
    }

    fn fake_phone_number(&mut self, name: &str) -> Result<String, ApiError> {
        let digest = self.derive("phone", name)?;
        Ok(digest.iter().take(11).map(|byte| char::from(b'0' + byte % 10)).collect())
    }

    /// Bytes that depend on the pool's key, the purpose and the name alone (RFC 5054, 2.5.1.3).
    fn derive(&mut self, purpose: &str, name: &str) -> Result<[u8; 32], ApiError> {
        let key = match self.existence_key {
            Some(key) => key,
            None => *self.existence_key.insert(chance::bytes()?),
        };
        let mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| ApiError::internal())?;
        let mac = mac.chain_update(purpose).chain_update([0]).chain_update(self.folded(name));
        Ok(mac.finalize().into_bytes().into())
    }
}

/// The answer about a message to a user that the client may not learn of; `refusal` is what a known
/// user hears in a state without a message.
pub(crate) fn hidden_delivery(
    pool: &mut Pool,
    how: HiddenDelivery,
    name: &str,
    refusal: ApiError,
) -> Result<Value, ApiError> {
    match how {
        HiddenDelivery::Simulated => pool.simulated_delivery(name),
        HiddenDelivery::Refused => Err(refusal),
    }
}

/// Reports an unknown name to a client that may learn of it, outside of a sign-in.
pub(crate) fn not_found() -> ApiError {
    ApiError::new("UserNotFoundException", "Username/client id combination not found.")
}
