#![doc = include_str!("../README.md")]

pub mod refusal;
pub mod settings;

use lifeguard_cognito_events::sign_up::{SignUpAnswer, SignUpRequest};
use lifeguard_cognito_events::{Envelope, OutOfScope, TriggerSource};
use lifeguard_runtime::{Answer, Failure, Refusal as _, Reply};
use lifeguard_sign_up::email::Address;
use lifeguard_sign_up::sign_up_policy::{Decision, Origin, SignUp, judge};
use serde_json::Value;

use crate::refusal::Refusal;
use crate::settings::Settings;

/// Sources of this trigger.
const SOURCES: [TriggerSource; 3] = [
    TriggerSource::PreSignUpAdminCreateUser,
    TriggerSource::PreSignUpExternalProvider,
    TriggerSource::PreSignUpSignUp,
];

/// Decides about one sign-up.
///
/// # Errors
/// A refusal if the policy denies the sign-up; a fault if the event is malformed or out of scope.
pub fn handle(settings: &Settings, event: Value) -> Answer {
    let event = Envelope::open(event)?;
    let origin = origin(settings, &event)?;
    let request: SignUpRequest = event.request()?;
    match judge(&settings.policy.sign_up, &parse(origin, &request)) {
        Decision::Admit => Ok(Reply::new(event.seal(&UNPROVED)?, "admitted")),
        Decision::AdmitDespite(denial) => {
            let reply = Reply::new(event.seal(&UNPROVED)?, "observed");
            Ok(reply.with_code(Refusal::from(denial).code()))
        }
        Decision::Refuse(denial) => Err(Failure::refused(Refusal::from(denial))),
    }
}

/// Answer to every sign-up that is admitted: nothing in it proves an address, so nothing is
/// confirmed or verified, and Cognito asks for its own code.
const UNPROVED: SignUpAnswer =
    SignUpAnswer { auto_confirm_user: false, auto_verify_email: false, auto_verify_phone: false };

/// Returns the party that creates the account; only administrators do so without an app client.
fn origin(settings: &Settings, event: &Envelope) -> Result<Origin, OutOfScope> {
    let origin = match event.source() {
        Some(TriggerSource::PreSignUpSignUp) => Origin::Person,
        Some(TriggerSource::PreSignUpExternalProvider) => Origin::Provider,
        Some(TriggerSource::PreSignUpAdminCreateUser) => Origin::Administrator,
        _ => return Err(OutOfScope::Source),
    };
    settings.policy.scope.admit(event, &SOURCES).map(|_| origin)
}

/// Reads the facts that the policy judges.
fn parse(origin: Origin, request: &SignUpRequest) -> SignUp<'_> {
    let attributes = &request.user_attributes;
    SignUp {
        origin,
        address: Address::parse(attributes.get("email").unwrap_or_default()),
        attributes: attributes.names().collect(),
    }
}
