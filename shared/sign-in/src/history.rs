//! The rounds of a sign-in, read from what Cognito reports.

use crate::ticket::{Ticket, asked_for_method};

/// Kind of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// SRP, first half: proves nothing yet.
    SrpA,
    /// SRP, second half: the password.
    Password,
    /// A second factor that Cognito itself asked for after the password.
    Mfa,
    /// Our first of two rounds, which asks for the method; with the session's nonce.
    AskForMethod([u8; 16]),
    /// A challenge of ours.
    Challenge(Box<Ticket>),
    /// Anything else; no policy accepts it.
    Foreign,
}

/// One round and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Kind of the round.
    pub step: Step,
    /// True if it was passed.
    pub right: bool,
}

/// A round as Cognito reports it: the challenge's name, its result, and the metadata that our
/// create function wrote.
pub type Reported<'a> = (Option<&'a str>, bool, Option<&'a str>);

impl Round {
    /// Reads a round; one that Cognito reports as `null` or in a shape we do not know is foreign.
    #[must_use]
    pub fn from_reported(reported: Option<Reported<'_>>) -> Self {
        let (name, right, metadata) = reported.unwrap_or_default();
        let step = match (name, metadata) {
            (Some("SRP_A"), None) => Step::SrpA,
            (Some("PASSWORD_VERIFIER"), None) => Step::Password,
            (Some("SMS_MFA" | "EMAIL_OTP" | "SOFTWARE_TOKEN_MFA"), None) => Step::Mfa,
            (Some("CUSTOM_CHALLENGE"), Some(text)) => custom(text),
            _ => Step::Foreign,
        };
        Self { step, right }
    }
}

fn custom(metadata: &str) -> Step {
    let asked = asked_for_method(metadata).map(Step::AskForMethod);
    let challenge = || Ticket::decode(metadata).map(|ticket| Step::Challenge(Box::new(ticket)));
    asked.or_else(challenge).unwrap_or(Step::Foreign)
}
