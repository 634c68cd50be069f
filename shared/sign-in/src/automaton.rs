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

/// Next step of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Cognito asks for the password by SRP.
    AskForPassword,
    /// Our create function is called.
    Challenge,
    /// The sign-in is complete.
    IssueTokens,
    /// The sign-in has failed, for this reason.
    Fail(Reason),
}

/// The reason for which a sign-in failed: for the log, and for nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The sign-in began with a password, and the client's policy has none.
    PasswordNotConfigured,
    /// The client's policy demands a password first, and the sign-in did not begin with it.
    PasswordMissing,
    /// The password was wrong.
    WrongPassword,
    /// Cognito asked for a second factor, and the client's policy has none, or none more.
    MfaNotConfigured,
    /// The second factor was wrong.
    WrongMfa,
    /// A link was answered at once, and the client's policy binds links to their session.
    LinkNotConfigured,
    /// A round that this protocol does not know, such as `NEW_PASSWORD_REQUIRED` or a device's.
    UnknownRound,
    /// A round of this protocol in a place that it may not have.
    UnexpectedRound,
    /// The rounds do not repeat one challenge.
    AnotherChallenge,
    /// The challenge belongs to another session than the round that asked for the method.
    AnotherSession,
    /// Every answer that a session may give was wrong.
    AnswersUsedUp,
    /// The client had nothing but the answer it gave, and the answer was wrong.
    NoFurtherAnswer,
    /// The answers were right, and the user is unknown.
    UnknownUser,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::PasswordNotConfigured,
        Self::PasswordMissing,
        Self::WrongPassword,
        Self::MfaNotConfigured,
        Self::WrongMfa,
        Self::LinkNotConfigured,
        Self::UnknownRound,
        Self::UnexpectedRound,
        Self::AnotherChallenge,
        Self::AnotherSession,
        Self::AnswersUsedUp,
        Self::NoFurtherAnswer,
        Self::UnknownUser,
    ];

    /// Returns the fixed word for the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PasswordNotConfigured => "PasswordNotConfigured",
            Self::PasswordMissing => "PasswordMissing",
            Self::WrongPassword => "WrongPassword",
            Self::MfaNotConfigured => "MfaNotConfigured",
            Self::WrongMfa => "WrongMfa",
            Self::LinkNotConfigured => "LinkNotConfigured",
            Self::UnknownRound => "UnknownRound",
            Self::UnexpectedRound => "UnexpectedRound",
            Self::AnotherChallenge => "AnotherChallenge",
            Self::AnotherSession => "AnotherSession",
            Self::AnswersUsedUp => "AnswersUsedUp",
            Self::NoFurtherAnswer => "NoFurtherAnswer",
            Self::UnknownUser => "UnknownUser",
        }
    }
}

/// Existence of the user of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// A user of the pool.
    Known,
    /// An unknown user: walks the steps of a known user who answers wrong, and never reaches
    /// tokens.
    Unknown,
}

/// Intent of the client about further rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientIntent {
    /// It takes another round.
    Continue,
    /// It has no answer but the one it gave, such as a link: a further round becomes a failure.
    Finish,
}

/// Decides the next step after this history.
///
/// The intent of the client can end a sign-in and never complete it: tokens depend on the history
/// and the settings alone.
#[must_use]
pub fn next_step(
    policy: &ClientPolicy,
    user: Existence,
    intent: ClientIntent,
    history: &[Round],
) -> NextStep {
    let step = match after_password(policy.password, history) {
        PasswordProgress::Failed(reason) => NextStep::Fail(reason),
        PasswordProgress::Begun => NextStep::AskForPassword,
        PasswordProgress::Passed(rounds) => after_prefix(policy, rounds),
    };
    match (step, user, intent) {
        (NextStep::IssueTokens, Existence::Unknown, _) => NextStep::Fail(Reason::UnknownUser),
        (NextStep::Challenge, _, ClientIntent::Finish) => NextStep::Fail(Reason::NoFurtherAnswer),
        (step, _, _) => step,
    }
}

/// Progress of a required password.
enum PasswordProgress<'a> {
    /// It is absent or wrong, or none is required.
    Failed(Reason),
    /// SRP has begun.
    Begun,
    /// It is proved, or none is required; the rest of the history is ours.
    Passed(&'a [Round]),
}

fn after_password(rule: PasswordRule, history: &[Round]) -> PasswordProgress<'_> {
    match (rule, history) {
        (PasswordRule::Never, [Round { step: Step::SrpA | Step::Password, .. }, ..]) => {
            PasswordProgress::Failed(Reason::PasswordNotConfigured)
        }
        (PasswordRule::Never, rest) => PasswordProgress::Passed(rest),
        (_, [Round { step: Step::SrpA, right: true }]) => PasswordProgress::Begun,
        (
            _,
            [
                Round { step: Step::SrpA, right: true },
                Round { step: Step::Password, right: false },
                ..,
            ],
        ) => PasswordProgress::Failed(Reason::WrongPassword),
        (
            PasswordRule::FirstWithMfa,
            [
                Round { step: Step::SrpA, right: true },
                Round { step: Step::Password, right: true },
                Round { step: Step::Mfa, right: false },
                ..,
            ],
        ) => PasswordProgress::Failed(Reason::WrongMfa),
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
        ) => PasswordProgress::Passed(rest),
        (PasswordRule::First | PasswordRule::FirstWithMfa, history) => {
            let unknown = history.iter().any(|round| round.step == Step::Foreign);
            let reason = if unknown { Reason::UnknownRound } else { Reason::PasswordMissing };
            PasswordProgress::Failed(reason)
        }
    }
}

fn after_prefix(policy: &ClientPolicy, rounds: &[Round]) -> NextStep {
    match (policy.default_method, rounds) {
        (_, []) => NextStep::Challenge,
        (Some(_), answers) => after_answers(policy.answers, None, answers),
        (None, [Round { step: Step::AskForMethod(nonce), right: false }, answers @ ..]) => {
            after_answers(policy.answers, Some(nonce), answers)
        }
        (None, [Round { step: Step::AskForMethod(_), right: true }]) => {
            if policy.takes_links_at_once() {
                NextStep::IssueTokens
            } else {
                NextStep::Fail(Reason::LinkNotConfigured)
            }
        }
        (None, rounds) => NextStep::Fail(odd_round(rounds).unwrap_or(Reason::UnexpectedRound)),
    }
}

/// Every round must be the same challenge of the same session, every one but the last wrong.
fn after_answers(most: u8, nonce: Option<&[u8; 16]>, rounds: &[Round]) -> NextStep {
    let Some((last, earlier)) = rounds.split_last() else { return NextStep::Challenge };
    let Step::Challenge(ticket) = &last.step else {
        return NextStep::Fail(odd_round(rounds).unwrap_or(Reason::UnexpectedRound));
    };
    let (given, most) = (rounds.len(), usize::from(most));
    if !earlier.iter().all(|round| !round.right && repeats(round, ticket)) {
        NextStep::Fail(odd_round(earlier).unwrap_or(Reason::AnotherChallenge))
    } else if nonce.is_some_and(|nonce| *nonce != ticket.nonce) {
        NextStep::Fail(Reason::AnotherSession)
    } else if last.right && given <= most {
        NextStep::IssueTokens
    } else if !last.right && given < most {
        NextStep::Challenge
    } else {
        NextStep::Fail(Reason::AnswersUsedUp)
    }
}

/// The reason that the first round gives which is no wrong answer to a challenge.
fn odd_round(rounds: &[Round]) -> Option<Reason> {
    rounds.iter().find_map(|round| match (&round.step, round.right) {
        (Step::Foreign, _) => Some(Reason::UnknownRound),
        (Step::Mfa, _) => Some(Reason::MfaNotConfigured),
        (Step::SrpA | Step::Password | Step::AskForMethod(_), _) | (Step::Challenge(_), true) => {
            Some(Reason::UnexpectedRound)
        }
        (Step::Challenge(_), false) => None,
    })
}

fn repeats(round: &Round, ticket: &Ticket) -> bool {
    matches!(&round.step, Step::Challenge(other) if **other == *ticket)
}
