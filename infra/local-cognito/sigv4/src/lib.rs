#![doc = include_str!("../README.md")]

mod authorization;
mod claim;
mod judgement;
mod key;
mod request;
mod signing;
mod verifier;

pub use local_cognito_aws_emulation::SignatureError;

pub use self::authorization::credential_scope;
pub use self::claim::{Claim, OLD_MEMBERS, SIGNATURE_MEMBERS};
pub use self::key::{ADMINISTRATOR, Caller, FUNCTION_TOKEN, Key, LOCAL_SECRET};
pub use self::signing::{SigningKey, Unsigned, sign, sign_call};
pub use self::verifier::Verifier;
