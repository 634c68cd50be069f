//! Pre sign-up: decides who may register.
//!
//! Called before Cognito stores a new user: one who registers, one an administrator creates, one
//! whom an identity provider has signed in for the first time. It calls nothing.
//! A refusal is a sentence that the person reads; a fault refuses too (closed).
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html>

pub mod refusal;
pub mod settings;

use cognito_events::sign_up::{SignUpAnswer, SignUpRequest};
use cognito_events::{Envelope, OutOfScope, TriggerSource};
use runtime::{Answer, Failure, Refusal as _, Reply};
use serde_json::Value;
use sign_up::email::Address;
use sign_up::sign_up_policy::{Admission, Decision, Origin, SignUp, judge};

use crate::refusal::Refusal;
use crate::settings::Settings;

/// Decides about one sign-up.
///
/// # Errors
/// A refusal if the policy says no; a fault if the event is malformed or none of ours.
pub fn handle(settings: &Settings, event: Value) -> Answer {
    let event = Envelope::open(event)?;
    let origin = origin(settings, &event)?;
    let request: SignUpRequest = event.request()?;
    match judge(&settings.policy.sign_up, &read(origin, &request)) {
        Decision::Admit(admission) => {
            Ok(Reply::new(event.seal(&answer(admission))?, word(admission)))
        }
        Decision::AdmitDespite(denial, admission) => {
            let reply = Reply::new(event.seal(&answer(admission))?, "observed");
            Ok(reply.with_code(Refusal::from(denial).code()))
        }
        Decision::Refuse(denial) => Err(Failure::refused(Refusal::from(denial))),
    }
}

/// Who creates the account; only administrators do so without an app client.
fn origin(settings: &Settings, event: &Envelope) -> Result<Origin, OutOfScope> {
    let scope = &settings.policy.scope;
    match event.source() {
        Some(source @ TriggerSource::PreSignUpSignUp) => {
            scope.admit(event, &[source]).map(|_| Origin::Person)
        }
        Some(source @ TriggerSource::PreSignUpExternalProvider) => {
            scope.admit(event, &[source]).map(|_| Origin::Provider)
        }
        Some(source @ TriggerSource::PreSignUpAdminCreateUser) => {
            scope.admit_with_administrators(event, &[source]).map(|_| Origin::Administrator)
        }
        _ => Err(OutOfScope::Source),
    }
}

fn read(origin: Origin, request: &SignUpRequest) -> SignUp<'_> {
    let attributes = &request.user_attributes;
    SignUp {
        origin,
        address: Address::of(attributes.get("email").unwrap_or_default()),
        attributes: attributes.names().collect(),
    }
}

/// Nothing here proves an address, so nothing here verifies one.
fn answer(admission: Admission) -> SignUpAnswer {
    SignUpAnswer {
        auto_confirm_user: admission == Admission::Confirmed,
        auto_verify_email: false,
        auto_verify_phone: false,
    }
}

const fn word(admission: Admission) -> &'static str {
    match admission {
        Admission::Pending => "pending",
        Admission::Confirmed => "confirmed",
    }
}
