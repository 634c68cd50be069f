#![doc = include_str!("../README.md")]

pub mod settings;

use lifeguard_cognito_events::challenge::{ChallengeResult, DefineAnswer, DefineRequest};
use lifeguard_cognito_events::{Envelope, OutOfScope, TriggerSource};
use lifeguard_runtime::{Answer, Reply};
use lifeguard_sign_in::automaton::{ClientIntent, Existence, NextStep, next_step};
use lifeguard_sign_in::history::Round;
use serde_json::Value;

use crate::settings::Settings;

/// Decides the next step of one sign-in.
///
/// # Errors
/// A fault if the event is malformed or none of ours.
pub fn handle(settings: &Settings, event: Value) -> Answer {
    let event = Envelope::open(event)?;
    let policy = &settings.policy;
    policy.scope.admit(&event, &[TriggerSource::DefineAuthChallengeAuthentication])?;
    let client = event.client().and_then(|id| policy.clients.get(id)).ok_or(OutOfScope::Client)?;
    let request: DefineRequest = event.request()?;
    let rounds = request.session.iter();
    let history: Vec<Round> = rounds
        .map(|round| Round::from_reported(round.as_ref().map(ChallengeResult::parts)))
        .collect();
    let user = if request.user_not_found { Existence::Unknown } else { Existence::Known };
    // A client that already has a link wants no further message, whatever became of its answer.
    let intent = match request.client_metadata.get("alreadyHaveMagicLink") {
        Some("yes") => ClientIntent::Finish,
        Some(_) | None => ClientIntent::Continue,
    };
    let step = next_step(client, user, intent, &history);
    Ok(Reply::new(event.seal(&answer(step))?, word(step)).with_code(code(step)))
}

fn answer(step: NextStep) -> DefineAnswer {
    DefineAnswer {
        challenge_name: match step {
            NextStep::AskForPassword => Some("PASSWORD_VERIFIER"),
            NextStep::Challenge => Some("CUSTOM_CHALLENGE"),
            NextStep::IssueTokens | NextStep::Fail(_) => None,
        },
        issue_tokens: step == NextStep::IssueTokens,
        fail_authentication: matches!(step, NextStep::Fail(_)),
    }
}

const fn word(step: NextStep) -> &'static str {
    match step {
        NextStep::AskForPassword => "password",
        NextStep::Challenge => "challenge",
        NextStep::IssueTokens => "tokens",
        NextStep::Fail(_) => "failed",
    }
}

/// The reason of a failure for the log; the reply does not tell it.
const fn code(step: NextStep) -> &'static str {
    match step {
        NextStep::AskForPassword | NextStep::Challenge | NextStep::IssueTokens => "",
        NextStep::Fail(reason) => reason.code(),
    }
}
