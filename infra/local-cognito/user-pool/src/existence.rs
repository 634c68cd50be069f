//! Answers that do not tell an unknown user from a known one (`PreventUserExistenceErrors`).
//!
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html>

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::address;
use super::code::Code;
use super::pool::Pool;
use super::settings::HiddenDelivery;
use local_cognito_aws_emulation::{ApiError, randomness};

/// Returns the user id that SRP shows for a name without a user: the same for one name and pool.
pub(crate) fn fake_user_id(pool: &mut Pool, name: &str) -> Result<String, ApiError> {
    let digest = derive(pool, "id", name)?;
    Ok(randomness::stable_uuid(*digest.first_chunk().ok_or_else(ApiError::internal)?))
}

/// Returns the salt that SRP shows for a name without a password: the same for one name and pool.
pub(crate) fn fake_salt(pool: &mut Pool, name: &str) -> Result<[u8; 16], ApiError> {
    let digest = derive(pool, "salt", name)?;
    digest.first_chunk().copied().ok_or_else(ApiError::internal)
}

/// Returns the recovery code of a name without a user.
pub(crate) fn simulated_recovery<'a>(pool: &'a mut Pool, name: &str, now: u64) -> &'a mut Code {
    pool.simulated_recoveries.entry(pool.config.folded(name), |code| code.is_over(now))
}

/// Returns the sign-up code of a name without a user.
pub(crate) fn simulated_sign_up<'a>(pool: &'a mut Pool, name: &str, now: u64) -> &'a mut Code {
    pool.simulated_sign_ups.entry(pool.config.folded(name), |code| code.is_over(now))
}

/// Returns the answer about a message to a user that the client may not learn of; `refusal` is the
/// error of a known user in a state without a message.
pub(crate) fn hidden_delivery(
    pool: &mut Pool,
    how: HiddenDelivery,
    name: &str,
    refusal: ApiError,
) -> Result<Value, ApiError> {
    match how {
        HiddenDelivery::Simulated => simulated_delivery(pool, name),
        HiddenDelivery::Refused => Err(refusal),
    }
}

/// Reports an unknown name to a client that may learn of it, outside of a sign-in.
pub(crate) fn not_found() -> ApiError {
    ApiError::new("UserNotFoundException", "Username/client id combination not found.")
}

/// Returns the `CodeDeliveryDetails` of a message that is not sent: the medium follows the form of
/// the name, or else the addresses that the pool verifies.
fn simulated_delivery(pool: &mut Pool, name: &str) -> Result<Value, ApiError> {
    let by_phone = address::is_phone_number(name)
        || !address::is_email(name)
            && pool.config.auto_verifies("phone_number")
            && !pool.config.auto_verifies("email");
    let address = match (by_phone, address::is_phone_number(name)) {
        (true, false) => fake_phone_number(pool, name)?,
        (true, true) | (false, _) => name.to_owned(),
    };
    let attribute = if by_phone { "phone_number" } else { "email" };
    Ok(json!({"CodeDeliveryDetails": address::delivery_details(attribute, &address)}))
}

fn fake_phone_number(pool: &mut Pool, name: &str) -> Result<String, ApiError> {
    let digest = derive(pool, "phone", name)?;
    Ok(digest.iter().take(11).map(|byte| char::from(b'0' + byte % 10)).collect())
}

/// Derives bytes that depend on the pool's key, the purpose and the name alone (RFC 5054, 2.5.1.3).
fn derive(pool: &mut Pool, purpose: &str, name: &str) -> Result<[u8; 32], ApiError> {
    let key = match pool.existence_key {
        Some(key) => key,
        None => *pool.existence_key.insert(randomness::bytes()?),
    };
    let mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| ApiError::internal())?;
    let mac = mac.chain_update(purpose).chain_update([0]).chain_update(pool.config.folded(name));
    Ok(mac.finalize().into_bytes().into())
}
