#![doc = include_str!("../README.md")]

pub mod question;
pub mod settings;

use lifeguard_aws::{CodeKeys, KeySource};
use lifeguard_cognito_events::challenge::{VerifyAnswer, VerifyRequest};
use lifeguard_cognito_events::{Envelope, OutOfScope, TriggerSource};
use lifeguard_runtime::{Answer, CALLS_LIMIT, Dimension, Metric, Reply};
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::code::Addressee;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_in::verdict::{Facts, Verdict, judge, judge_link};
use lifeguard_store::challenges::{Challenges, count};
use serde_json::Value;
use thiserror::Error;
use tokio::time::Instant;

use crate::question::{Kind, Question, RoundQuestion, question};
use crate::settings::Settings;

/// The round's private parameters are not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the private challenge parameters hold no challenge of ours")]
pub struct ForeignChallenge;

/// The key of a challenge is not in the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the secret has no key of version {0}")]
pub struct NoKey(u16);

const BY_CLIENT_AND_METHOD: &[Dimension] = &[Dimension::Client, Dimension::Method];

/// Metrics of a right answer.
pub const RIGHT: [Metric; 2] = [
    Metric { name: "RightAnswers", by: &[&[]] },
    Metric { name: "MailsAnswered", by: &[&[Dimension::Client], BY_CLIENT_AND_METHOD] },
];

/// Metric of a wrong answer.
pub const WRONGLY_ANSWERED: [Metric; 1] =
    [Metric { name: "WrongAnswers", by: &[&[], BY_CLIENT_AND_METHOD] }];

const WRONG: VerifyAnswer = VerifyAnswer { answer_correct: false };

/// Judges one answer.
///
/// # Errors
/// A fault if the event is malformed or none of ours, or if the code key cannot be read.
pub async fn handle<Source: KeySource>(
    settings: &Settings,
    challenges: &impl Challenges,
    keys: &CodeKeys<Source>,
    event: Value,
    now: u64,
) -> Answer {
    let event = Envelope::open(event)?;
    let policy = &settings.policy;
    policy.scope.admit(&event, &[TriggerSource::VerifyAuthChallengeResponseAuthentication])?;
    let client = event.client().ok_or(OutOfScope::Client)?;
    let client_policy = policy.clients.get(client).ok_or(OutOfScope::Client)?;
    let request: VerifyRequest = event.request()?;
    let kept = request.private_challenge_parameters.get("challenge").unwrap_or_default();
    let answer = Secret::new(request.challenge_answer.clone());
    let Some(round) = RoundQuestion::parse(kept) else {
        return Ok(Reply::despite(event.seal(&WRONG)?, &ForeignChallenge));
    };
    let Some(question) = question(round, client_policy, &answer) else {
        return Ok(Reply::new(event.seal(&WRONG)?, "nothing-to-judge"));
    };
    let Question { challenge, nonce, asked, kind } = question;
    let started = Instant::now();
    let key = keys.key(challenge.key_version, now).await?;
    if key.is_none() && kind == Kind::Code {
        // The challenge is ours and its key is gone: no answer could be right, and none is a guess.
        return Ok(Reply::despite(event.seal(&WRONG)?, &NoKey(challenge.key_version)));
    }
    let pool = policy.scope.pool();
    let user_name = event.user_name()?;
    let facts = Facts {
        challenge: &challenge,
        nonce: &nonce,
        asked,
        policy: client_policy,
        key: key.as_ref(),
        addressee: addressee(&request, pool, client),
        answer: &answer,
        now,
    };
    let row = RowKey::new(pool, Factor::for_mail(client_policy.password), client, user_name);
    let judgement = match kind {
        Kind::Code => judge(row, facts),
        Kind::Link => judge_link(row, facts, user_name),
    };
    let left = CALLS_LIMIT.saturating_sub(started.elapsed());
    match tokio::time::timeout(left, count(challenges, &judgement)).await {
        Ok(Ok(counted)) => {
            let answer = VerifyAnswer { answer_correct: counted == Some(Verdict::Right) };
            let (word, metrics) = entry(counted);
            let reply = Reply::new(event.seal(&answer)?, word).counted_in(metrics);
            // A link of a session that named no method yet is a link all the same.
            let method = asked.unwrap_or(Method::MagicLink);
            Ok(reply.with_method(method.name()))
        }
        // It is unknown if it was written. The same answer given again within 30 s gets the
        // true verdict, so the session stays usable.
        Ok(Err(fault)) => Ok(Reply::despite(event.seal(&WRONG)?, &fault)),
        Err(late) => Ok(Reply::despite(event.seal(&WRONG)?, &late)),
    }
}

/// Returns the word for the log and the metrics of a verdict.
const fn entry(counted: Option<Verdict>) -> (&'static str, &'static [Metric]) {
    match counted {
        Some(Verdict::Right) => ("right", &RIGHT),
        Some(Verdict::Late | Verdict::Wrong) => ("wrong", &WRONGLY_ANSWERED),
        None => ("not-counted", &[]),
    }
}

/// Returns the recipient that a code must be for: a known user at an address that is verified now.
fn addressee<'a>(
    request: &'a VerifyRequest,
    pool: &'a str,
    client: &'a str,
) -> Option<Addressee<'a>> {
    let attributes = &request.user_attributes;
    let verified = attributes.is_true("email_verified") && !request.user_not_found;
    let (sub, destination) = (attributes.get("sub")?, attributes.get("email")?);
    verified.then_some(Addressee { pool, client, sub, destination })
}
