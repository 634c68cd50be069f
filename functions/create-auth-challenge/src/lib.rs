#![doc = include_str!("../README.md")]

pub mod plan;
pub mod settings;

use lifeguard_cognito_events::challenge::{ChallengeResult, CreateAnswer, CreateRequest};
use lifeguard_cognito_events::{Envelope, OutOfScope, TriggerSource};
use lifeguard_runtime::{Answer, Dimension, Failure, Metric, Reply};
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::client_policy::ClientPolicy;
use lifeguard_sign_in::history::Round;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
use lifeguard_sign_in::redirect::RedirectUri;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::ticket::{ASK_FOR_METHOD, Ticket, ask_for_method, mark, session_tag};
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge};
use serde_json::Value;
use thiserror::Error;

use crate::plan::{Named, Plan, plan};
use crate::settings::Settings;

/// Time and random bytes of one invocation.
#[derive(Clone, Copy)]
pub struct ClockAndRandomness {
    /// Now, in seconds since 1970.
    pub now: u64,
    /// A new challenge's id.
    pub id: [u8; 16],
    /// A new session's nonce.
    pub nonce: [u8; 16],
}

/// A challenge outside the range of its layout: after the year 2106.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the challenge does not fit its layout")]
pub struct OutOfRange;

/// A row that gives neither a new challenge nor one to join, which its layout does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the row gives no challenge")]
pub struct NoChallenge;

/// Metrics that the function's log lines count in.
pub const METRICS: [Metric; 1] = [Metric {
    name: "MailsIssued",
    by: &[&[Dimension::Client], &[Dimension::Client, Dimension::Method]],
}];

/// Issues or repeats one challenge.
///
/// # Errors
/// A refusal if the client names no method or redirect that it may use; a fault if the event is
/// malformed or not one of this function, or if the table did not answer.
pub async fn handle(
    settings: &Settings,
    challenges: &impl Challenges,
    event: Value,
    fresh: ClockAndRandomness,
) -> Answer {
    let event = Envelope::open(event)?;
    let policy = &settings.policy;
    policy.scope.admit(&event, &[TriggerSource::CreateAuthChallengeAuthentication])?;
    let client = event.client().ok_or(OutOfScope::Client)?;
    let client_policy = policy.clients.get(client).ok_or(OutOfScope::Client)?;
    let request: CreateRequest = event.request()?;
    let rounds = request.session.iter();
    let history: Vec<Round> = rounds
        .map(|round| Round::from_reported(round.as_ref().map(ChallengeResult::parts)))
        .collect();
    let named = Named {
        method: request.client_metadata.get("signInMethod"),
        redirect: request.client_metadata.get("redirectUri"),
    };
    match plan(client_policy, &history, named).map_err(Failure::refused)? {
        Plan::AskForMethod => {
            let text = ask_for_method(&fresh.nonce);
            let shown = [("challenge", ASK_FOR_METHOD.to_owned())];
            Ok(Reply::new(event.seal(&answer(shown, text))?, "asked-for-method"))
        }
        Plan::Repeat(ticket) => {
            let reply = Reply::new(event.seal(&round(&ticket)?)?, "repeated");
            Ok(reply.with_method(ticket.asked.name()))
        }
        Plan::Issue { asked, redirect, nonce } => {
            let user = user(&request);
            let user_name = event.user_name()?;
            let nonce = nonce.unwrap_or(fresh.nonce);
            let new = NewChallenge {
                row: row(policy.scope.pool(), client, client_policy, user_name),
                id: fresh.id,
                now: fresh.now,
                key_version: policy.key_version,
                client: client.to_owned(),
                session: session_tag(&nonce),
                outgoing: outgoing(user, &request, user_name, redirect.as_ref()),
                user,
            };
            let issued = challenges.issue(&new).await?;
            let (word, metrics) = entry(&issued);
            let is_blank = issued == Issued::Unanswerable;
            let sealed = event.seal(&round(&issued.ticket(&new, nonce, asked))?)?;
            let reply = Reply::new(sealed, word).with_method(asked.name()).counted_in(metrics);
            Ok(if is_blank { reply.with_fault(&NoChallenge) } else { reply })
        }
    }
}

/// Returns the word for the log and the metrics of what was issued.
const fn entry(issued: &Issued) -> (&'static str, &'static [Metric]) {
    match issued {
        Issued::Fresh(_) => ("issued", &METRICS),
        Issued::Again(_) => ("issued-again", &[]),
        Issued::Joined(_) => ("joined", &[]),
        Issued::Unanswerable => ("blank", &[]),
    }
}

fn user(request: &CreateRequest) -> Existence {
    if request.user_not_found { Existence::Unknown } else { Existence::Known }
}

fn row(pool: &str, client: &str, policy: &ClientPolicy, user_name: &str) -> RowKey {
    RowKey::new(pool, Factor::for_mail(policy.password), client, user_name)
}

/// Returns the note of a message, which goes to a verified address of a known user or is not sent.
/// The redirect is in the note either way: it says nothing about the user.
fn outgoing(
    user: Existence,
    request: &CreateRequest,
    user_name: &str,
    redirect: Option<&RedirectUri>,
) -> Outgoing {
    let attributes = &request.user_attributes;
    let verified = attributes.is_true("email_verified");
    let redirect = redirect.map(RedirectUri::as_str).unwrap_or_default().to_owned();
    match (user, attributes.get("email"), attributes.get("sub")) {
        (Existence::Known, Some(email), Some(sub)) if verified => Outgoing {
            delivery: Delivery::Send,
            destination: email.to_owned(),
            sub: sub.to_owned(),
            language: Language::from_locale(attributes.get("locale").unwrap_or_default()),
            user_name: user_name.to_owned(),
            redirect,
        },
        (Existence::Known | Existence::Unknown, _, _) => {
            Outgoing { redirect, ..Outgoing::without_recipient() }
        }
    }
}

/// The parameters of a round with a challenge: the method that the session asked for, whatever
/// mail it joined, and the session's mark, which the mail that it caused shows as well.
fn round(ticket: &Ticket) -> Result<CreateAnswer, OutOfRange> {
    let text = ticket.encode().ok_or(OutOfRange)?;
    let mark = mark(&session_tag(&ticket.nonce));
    Ok(answer([("challenge", ticket.asked.name().to_owned()), ("mark", mark)], text))
}

/// The client sees the parameters in `shown`, and nothing of the user.
fn answer<const N: usize>(shown: [(&'static str, String); N], ticket: String) -> CreateAnswer {
    CreateAnswer {
        public_challenge_parameters: shown.into(),
        private_challenge_parameters: [("challenge", ticket.clone())].into(),
        challenge_metadata: ticket,
    }
}
