//! The next step of a sign-in, from its history alone.
//!
//! A closed automaton: tokens follow only an accepting history of the client's policy, and
//! everything unknown fails.
//!
//! ```text
//! password first:  SRP_A ✓ → PASSWORD_VERIFIER ✓ → (MFA ✓)? → challenge
//! two rounds:      ask for the method ✗ → challenge
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

/// The next step after this history.
#[must_use]
pub fn next_step(policy: &ClientPolicy, person: Person, history: &[Round]) -> NextStep {
    let asks_for_method = policy.default_method.is_none();
    match (after_password(policy.password, history), person) {
        (Prefix::Missing, _) => NextStep::Fail,
        (Prefix::Begun, _) => NextStep::AskForPassword,
        (Prefix::Passed(rest), Person::Known) => {
            after_prefix(policy.answers, asks_for_method, rest)
        }
        (Prefix::Passed(rest), Person::Unknown) => {
            match after_prefix(policy.answers, asks_for_method, rest) {
                NextStep::Challenge => NextStep::Challenge,
                NextStep::AskForPassword | NextStep::IssueTokens | NextStep::Fail => NextStep::Fail,
            }
        }
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

fn after_prefix(answers: u8, asks_for_method: bool, rounds: &[Round]) -> NextStep {
    match (asks_for_method, rounds) {
        (_, []) => NextStep::Challenge,
        (true, [Round { step: Step::AskForMethod, right: false }, answers_given @ ..]) => {
            after_answers(answers, answers_given)
        }
        (true, _) => NextStep::Fail,
        (false, answers_given) => after_answers(answers, answers_given),
    }
}

/// Every round must be the same challenge, every one but the last wrong.
fn after_answers(answers: u8, rounds: &[Round]) -> NextStep {
    let Some((last, earlier)) = rounds.split_last() else {
        return NextStep::Challenge;
    };
    let Step::Challenge(ticket) = &last.step else {
        return NextStep::Fail;
    };
    let closed = earlier.iter().all(|round| !round.right && repeats(round, ticket));
    let given = rounds.len();
    match (closed && given <= usize::from(answers), last.right) {
        (true, true) => NextStep::IssueTokens,
        (true, false) if given < usize::from(answers) => NextStep::Challenge,
        _ => NextStep::Fail,
    }
}

fn repeats(round: &Round, ticket: &Ticket) -> bool {
    matches!(&round.step, Step::Challenge(other) if **other == *ticket)
}
