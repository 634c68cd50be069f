//! The next step of a sign-in, from its history alone.
//!
//! A closed automaton: tokens follow only an accepting history of the client's policy, and
//! everything unknown fails.
//!
//! ```text
//! password first:  SRP_A ✓ → PASSWORD_VERIFIER ✓ → (MFA ✓)? → challenge
//! two rounds:      ask for the method ✗ → challenge
//!                  ask for the method ✓ → tokens, where a link may be answered at once
//! one round:       challenge
//! challenge:       (✗ → the same challenge again)* → ✓ → tokens
//! ```

use crate::client_policy::{ClientPolicy, PasswordRule};
use crate::history::{Round, Step};
use crate::ticket::Ticket;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Cognito asks for the password by SRP.
    AskForPassword,
    /// Our create function is called.
    Challenge,
    /// The sign-in is complete.
    IssueTokens,
    /// The sign-in has failed.
    Fail,
}

/// Whether the name belongs to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// A user of the pool.
    Known,
    /// Nobody: walks the steps of a known user who answers wrong, and never reaches tokens.
    Unknown,
}

/// Whether the client would take another round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It would.
    GoOn,
    /// It had nothing but the answer it gave, such as a link: a further round becomes the end.
    NothingMore,
}

/// The next step after this history.
///
/// What the client wishes can end a sign-in and never complete it: tokens depend on the history
/// and the settings alone.
#[must_use]
pub fn next_step(policy: &ClientPolicy, person: Person, wish: Wish, history: &[Round]) -> NextStep {
    let step = match after_password(policy.password, history) {
        Prefix::Missing => NextStep::Fail,
        Prefix::Begun => NextStep::AskForPassword,
        Prefix::Passed(rounds) => after_prefix(policy, rounds),
    };
    match (step, person, wish) {
        (NextStep::IssueTokens, Person::Unknown, _) => NextStep::Fail,
        (NextStep::Challenge, _, Wish::NothingMore) => NextStep::Fail,
        (step, _, _) => step,
    }
}

/// How far a required password has been proved.
enum Prefix<'a> {
    /// Not at all, or wrongly.
    Missing,
    /// SRP has begun.
    Begun,
    /// It has been, or none is required; the rest of the history is ours.
    Passed(&'a [Round]),
}

fn after_password(rule: PasswordRule, history: &[Round]) -> Prefix<'_> {
    match (rule, history) {
        (PasswordRule::Never, rest) => Prefix::Passed(rest),
        (_, [Round { step: Step::SrpA, right: true }]) => Prefix::Begun,
        (
            PasswordRule::FirstWithMfa,
            [
                Round { step: Step::SrpA, right: true },
                Round { step: Step::Password, right: true },
                Round { step: Step::Mfa, right: true },
                rest @ ..,
            ]
            | [
                Round { step: Step::SrpA, right: true },
                Round { step: Step::Password, right: true },
                rest @ ..,
            ],
        )
        | (
            PasswordRule::First,
            [
                Round { step: Step::SrpA, right: true },
                Round { step: Step::Password, right: true },
                rest @ ..,
            ],
        ) => Prefix::Passed(rest),
        (PasswordRule::First | PasswordRule::FirstWithMfa, _) => Prefix::Missing,
    }
}

fn after_prefix(policy: &ClientPolicy, rounds: &[Round]) -> NextStep {
    match (policy.default_method, rounds) {
        (_, []) => NextStep::Challenge,
        (Some(_), answers) => after_answers(policy.answers, None, answers),
        (None, [Round { step: Step::AskForMethod(nonce), right: false }, answers @ ..]) => {
            after_answers(policy.answers, Some(nonce), answers)
        }
        (None, [Round { step: Step::AskForMethod(_), right: true }])
            if policy.takes_links_at_once() =>
        {
            NextStep::IssueTokens
        }
        (None, _) => NextStep::Fail,
    }
}

/// Every round must be the same challenge of the same session, every one but the last wrong.
fn after_answers(most: u8, nonce: Option<&[u8; 16]>, rounds: &[Round]) -> NextStep {
    let Some((last, earlier)) = rounds.split_last() else { return NextStep::Challenge };
    let Step::Challenge(ticket) = &last.step else { return NextStep::Fail };
    let closed = earlier.iter().all(|round| !round.right && repeats(round, ticket))
        && nonce.is_none_or(|nonce| *nonce == ticket.nonce);
    let (given, most) = (rounds.len(), usize::from(most));
    match last.right {
        true if closed && given <= most => NextStep::IssueTokens,
        false if closed && given < most => NextStep::Challenge,
        true | false => NextStep::Fail,
    }
}

fn repeats(round: &Round, ticket: &Ticket) -> bool {
    matches!(&round.step, Step::Challenge(other) if **other == *ticket)
}
