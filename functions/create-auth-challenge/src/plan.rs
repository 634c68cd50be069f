//! Which challenge a round gets.

use std::fmt;

use runtime::Refusal;
use sign_in::client_policy::{ClientPolicy, Method};
use sign_in::history::{Round, Step};
use sign_in::ticket::Ticket;

/// What to do in this round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// First of two rounds: ask the client for its method.
    AskForMethod,
    /// Issue a challenge.
    Issue(Method),
    /// After a wrong answer: the challenge stays, and nothing is sent.
    Repeat(Ticket),
}

/// Why there is no challenge. It depends on what the client sent alone, never on the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanRefusal {
    /// `signInMethod` is absent, unknown, or not one of the client's.
    MethodNotOffered,
}

impl fmt::Display for PlanRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MethodNotOffered => f.write_str("This sign-in method is not offered"),
        }
    }
}

impl Refusal for PlanRefusal {
    fn code(self) -> &'static str {
        match self {
            Self::MethodNotOffered => "MethodNotOffered",
        }
    }
}

/// Plans a round from the history and the method that the client named with its last answer.
///
/// # Errors
/// [`PlanRefusal`] if the client has to name a method and names none it may use.
pub fn plan(
    policy: &ClientPolicy,
    history: &[Round],
    named: Option<&str>,
) -> Result<Plan, PlanRefusal> {
    match (history.last().map(|round| &round.step), policy.default_method) {
        (Some(Step::Challenge(ticket)), _) => Ok(Plan::Repeat((**ticket).clone())),
        (_, Some(method)) => Ok(Plan::Issue(method)),
        (Some(Step::AskForMethod), None) => named
            .and_then(Method::parse)
            .filter(|method| policy.methods.contains(method))
            .map(Plan::Issue)
            .ok_or(PlanRefusal::MethodNotOffered),
        (_, None) => Ok(Plan::AskForMethod),
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, PlanRefusal, plan};
    use sign_in::client_policy::{ClientPolicy, Method, PasswordRule};
    use sign_in::history::Round;
    use sign_in::ticket::{ASK_FOR_METHOD, Challenge, CodeLength, Ticket};

    fn ticket() -> Ticket {
        let challenge = Challenge {
            id: [1; 16],
            number: 1,
            issued: 1_800_000_000,
            expires: 1_800_000_300,
            key_version: 1,
            method: Method::EmailOtp,
            code_length: CodeLength::Short,
        };
        Ticket { challenge, nonce: [2; 16] }
    }

    #[track_caller]
    fn check(
        default_method: Option<Method>,
        metadata: &[&str],
        named: Option<&str>,
        expected: Result<Plan, PlanRefusal>,
    ) {
        let policy = ClientPolicy {
            methods: [Method::EmailOtp].into(),
            default_method,
            password: PasswordRule::Never,
            answers: 5,
            digits: 8,
        };
        let history: Vec<Round> = metadata
            .iter()
            .map(|text| Round::read(Some("CUSTOM_CHALLENGE"), false, Some(text)))
            .collect();
        assert_eq!(plan(&policy, &history, named), expected);
    }

    #[test]
    fn one_round_issues_at_once_and_two_rounds_ask_first() {
        let issue = || Ok(Plan::Issue(Method::EmailOtp));
        let text = ticket().encode().unwrap();
        check(Some(Method::EmailOtp), &[], None, issue());
        check(Some(Method::EmailOtp), &[], Some("FAX"), issue());
        check(None, &[], Some("EMAIL_OTP"), Ok(Plan::AskForMethod));
        check(None, &[ASK_FOR_METHOD], Some("EMAIL_OTP"), issue());
        check(None, &[ASK_FOR_METHOD], Some("FAX"), Err(PlanRefusal::MethodNotOffered));
        check(None, &[ASK_FOR_METHOD], None, Err(PlanRefusal::MethodNotOffered));
        check(None, &[ASK_FOR_METHOD, &text], Some("FAX"), Ok(Plan::Repeat(ticket())));
        check(Some(Method::EmailOtp), &[&text, &text], None, Ok(Plan::Repeat(ticket())));
    }
}
