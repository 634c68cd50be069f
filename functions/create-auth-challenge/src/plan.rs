//! Plans the challenge of a round.

use std::fmt;

use lifeguard_runtime::Refusal;
use lifeguard_sign_in::client_policy::{ClientPolicy, Method};
use lifeguard_sign_in::history::{Round, Step};
use lifeguard_sign_in::redirect::RedirectUri;
use lifeguard_sign_in::ticket::Ticket;

/// Plan of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// First of two rounds: ask the client for its method.
    AskForMethod,
    /// Issue a challenge.
    Issue {
        /// The method that the session asked for.
        asked: Method,
        /// The page that the link of the mail leads to; every mail of a client with links has one,
        /// so that a session which joins it by the other method finds its link.
        redirect: Option<RedirectUri>,
        /// The session's nonce, if an earlier round gave it one.
        nonce: Option<[u8; 16]>,
    },
    /// After a wrong answer: the challenge stays, and nothing is sent.
    Repeat(Ticket),
}

/// Reason for a round without a challenge. It depends on the client's request alone, never on the
/// user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanRefusal {
    /// `signInMethod` is absent, unknown, or not one of the client's.
    MethodNotOffered,
    /// `redirectUri` is absent or matches none of the client's; the value is not repeated.
    InvalidRedirect,
}

impl fmt::Display for PlanRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MethodNotOffered => f.write_str("This sign-in method is not offered"),
            Self::InvalidRedirect => f.write_str("Invalid redirectUri"),
        }
    }
}

impl Refusal for PlanRefusal {
    fn code(self) -> &'static str {
        match self {
            Self::MethodNotOffered => "MethodNotOffered",
            Self::InvalidRedirect => "InvalidRedirect",
        }
    }
}

/// Method and redirect that the client sent with its last answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Named<'a> {
    /// `signInMethod`.
    pub method: Option<&'a str>,
    /// `redirectUri`.
    pub redirect: Option<&'a str>,
}

/// Plans a round from the history and what the client named with its last answer.
///
/// # Errors
/// [`PlanRefusal`] if the client has to name a method or a redirect and names none it may use.
pub fn plan(
    policy: &ClientPolicy,
    history: &[Round],
    named: Named<'_>,
) -> Result<Plan, PlanRefusal> {
    match (history.last().map(|round| &round.step), policy.default_method) {
        (Some(Step::Challenge(ticket)), _) => Ok(Plan::Repeat((**ticket).clone())),
        (_, Some(asked)) => {
            Ok(Plan::Issue { asked, redirect: usual_redirect(policy), nonce: None })
        }
        (Some(Step::AskForMethod(nonce)), None) => issue(policy, named, *nonce),
        (_, None) => Ok(Plan::AskForMethod),
    }
}

fn issue(policy: &ClientPolicy, named: Named<'_>, nonce: [u8; 16]) -> Result<Plan, PlanRefusal> {
    let asked = named
        .method
        .and_then(Method::parse)
        .filter(|method| policy.methods.contains(method))
        .ok_or(PlanRefusal::MethodNotOffered)?;
    let redirect = match asked {
        Method::EmailOtp => usual_redirect(policy),
        Method::MagicLink => {
            let admitted = named.redirect.and_then(|uri| policy.redirects.admit(uri));
            Some(admitted.ok_or(PlanRefusal::InvalidRedirect)?)
        }
    };
    Ok(Plan::Issue { asked, redirect, nonce: Some(nonce) })
}

/// The page that links of this client lead to where the request names none.
fn usual_redirect(policy: &ClientPolicy) -> Option<RedirectUri> {
    let links = policy.methods.contains(&Method::MagicLink);
    policy.default_redirect.clone().filter(|_| links)
}

#[cfg(test)]
mod tests {
    use super::{Named, Plan, PlanRefusal, plan};
    use lifeguard_sign_in::client_policy::{ClientPolicy, LinkBinding, Method, PasswordRule};
    use lifeguard_sign_in::history::Round;
    use lifeguard_sign_in::redirect::Redirects;
    use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket, ask_for_method};

    const APP: &str = "https://app.example.com/signin";

    fn ticket() -> Ticket {
        let challenge =
            Challenge { id: [1; 16], number: 1, issued: 1_800_000_000, life: 600, key_version: 1 };
        Ticket { challenge, nonce: [2; 16], origin: Origin::Caused, asked: Method::EmailOtp }
    }

    fn policy(default_method: Option<Method>) -> ClientPolicy {
        let redirects = Redirects::parse([APP]).unwrap();
        ClientPolicy {
            methods: [Method::EmailOtp, Method::MagicLink].into(),
            default_method,
            password: PasswordRule::Never,
            answers: 5,
            digits: 8,
            link_binding: LinkBinding::SameSession,
            default_redirect: redirects.admit(APP),
            redirects,
        }
    }

    #[track_caller]
    fn check(
        default_method: Option<Method>,
        metadata: &[&str],
        (method, redirect): (Option<&str>, Option<&str>),
        expected: Result<Plan, PlanRefusal>,
    ) {
        let history: Vec<Round> = metadata
            .iter()
            .map(|text| Round::from_reported(Some((Some("CUSTOM_CHALLENGE"), false, Some(text)))))
            .collect();
        assert_eq!(plan(&policy(default_method), &history, Named { method, redirect }), expected);
    }

    fn page() -> Option<lifeguard_sign_in::redirect::RedirectUri> {
        Redirects::parse([APP]).unwrap().admit(APP)
    }

    #[test]
    fn one_round_issues_at_once() {
        let text = ticket().encode().unwrap();
        let issue = |asked| Plan::Issue { asked, redirect: page(), nonce: None };
        let code = issue(Method::EmailOtp);
        check(Some(Method::EmailOtp), &[], (None, None), Ok(code.clone()));
        check(Some(Method::EmailOtp), &[], (Some("FAX"), Some("x")), Ok(code));
        check(Some(Method::MagicLink), &[], (None, None), Ok(issue(Method::MagicLink)));
        check(Some(Method::EmailOtp), &[&text, &text], (None, None), Ok(Plan::Repeat(ticket())));
    }

    #[test]
    fn client_without_links_gets_none_in_its_mails() {
        let mut policy = policy(Some(Method::EmailOtp));
        policy.methods = [Method::EmailOtp].into();
        let issue = Plan::Issue { asked: Method::EmailOtp, redirect: None, nonce: None };
        assert_eq!(plan(&policy, &[], Named::default()), Ok(issue));
    }

    #[test]
    fn two_rounds_ask_first_and_keep_the_nonce() {
        let ask = ask_for_method(&[2; 16]);
        let text = ticket().encode().unwrap();
        let issue = |asked, redirect: &str| Plan::Issue {
            asked,
            redirect: Redirects::parse([APP]).unwrap().admit(redirect),
            nonce: Some([2; 16]),
        };
        let below = "https://app.example.com/signin/now?a=b";
        let no_method = Err(PlanRefusal::MethodNotOffered);
        let no_redirect = Err(PlanRefusal::InvalidRedirect);
        check(None, &[], (Some("EMAIL_OTP"), None), Ok(Plan::AskForMethod));
        check(None, &[&ask], (Some("EMAIL_OTP"), None), Ok(issue(Method::EmailOtp, APP)));
        check(None, &[&ask], (Some("EMAIL_OTP"), Some(below)), Ok(issue(Method::EmailOtp, APP)));
        check(None, &[&ask], (Some("FAX"), None), no_method.clone());
        check(None, &[&ask], (None, None), no_method);
        check(
            None,
            &[&ask],
            (Some("MAGIC_LINK"), Some(below)),
            Ok(issue(Method::MagicLink, below)),
        );
        check(
            None,
            &[&ask],
            (Some("MAGIC_LINK"), Some("https://evil.example")),
            no_redirect.clone(),
        );
        check(None, &[&ask], (Some("MAGIC_LINK"), None), no_redirect);
        check(None, &[&ask, &text], (Some("FAX"), None), Ok(Plan::Repeat(ticket())));
    }
}
