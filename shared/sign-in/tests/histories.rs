//! Every history of up to five rounds, against an accept rule that was written independently:
//! a regular expression for each shape of policy.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::thread;

use lifeguard_sign_in::automaton::{ClientIntent, Existence, NextStep, Reason, next_step};
use lifeguard_sign_in::client_policy::{ClientPolicy, LinkBinding, Method, PasswordRule};
use lifeguard_sign_in::history::Round;
use lifeguard_sign_in::redirect::Redirects;
use lifeguard_sign_in::ticket::ask_for_method;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use support::ticket;

/// One symbol: the letter stands for the round in the regular expressions, lower case for a
/// wrong answer, upper case for a right one.
struct Symbol {
    letter: u8,
    round: Round,
}

/// Every challenge name Cognito is known to send, an unknown one and `null`, and for our own
/// every class of metadata; each right and wrong.
fn alphabet() -> Vec<Symbol> {
    let (one, other) = (ticket(1), ticket(2));
    let (ask, foreign_ask) = (ask_for_method(&[2; 16]), ask_for_method(&[3; 16]));
    let custom = Some("CUSTOM_CHALLENGE");
    let names: [(u8, Option<&str>, Option<&str>); 18] = [
        (b's', Some("SRP_A"), None),
        (b'p', Some("PASSWORD_VERIFIER"), None),
        (b'm', Some("SMS_MFA"), None),
        (b'm', Some("EMAIL_OTP"), None),
        (b'm', Some("SOFTWARE_TOKEN_MFA"), None),
        (b'z', Some("DEVICE_SRP_AUTH"), None),
        (b'z', Some("DEVICE_PASSWORD_VERIFIER"), None),
        (b'z', Some("NEW_PASSWORD_REQUIRED"), None),
        (b'z', Some("ADMIN_NO_SRP_AUTH"), None),
        (b'z', Some("WEB_AUTHN"), None),
        (b'z', None, None),
        (b'z', custom, None),
        (b'z', custom, Some("OTP-1")),
        (b'z', Some("SRP_A"), Some(&ask)),
        (b'a', custom, Some(&ask)),
        (b'b', custom, Some(&foreign_ask)),
        (b'x', custom, Some(&one)),
        (b'y', custom, Some(&other)),
    ];
    names
        .iter()
        .flat_map(|(letter, name, metadata)| {
            [false, true].map(|right| Symbol {
                letter: if right { letter.to_ascii_uppercase() } else { *letter },
                round: Round::from_reported(Some((*name, right, *metadata))),
            })
        })
        .collect()
}

/// A regular expression for whole words, walked letter by letter.
struct Rule(dense::DFA<Vec<u32>>);

impl Rule {
    fn new(expression: &str) -> Self {
        Self(dense::DFA::new(&format!("^(?:{expression})$")).unwrap())
    }

    fn start(&self) -> StateID {
        self.0.start_state(&start::Config::new().anchored(regex_automata::Anchored::Yes)).unwrap()
    }

    fn after(&self, state: StateID, letter: u8) -> StateID {
        self.0.next_state(state, letter)
    }

    fn matches(&self, state: StateID) -> bool {
        self.0.is_match_state(self.0.next_eoi_state(state))
    }

    fn matches_word(&self, word: &[u8]) -> bool {
        self.matches(word.iter().fold(self.start(), |state, letter| self.after(state, *letter)))
    }
}

/// A policy and what the standard says of it, in two expressions.
struct Shape {
    name: &'static str,
    policy: ClientPolicy,
    accepts: Rule,
    goes_on: Rule,
}

fn shape(
    name: &'static str,
    password: PasswordRule,
    default_method: Option<Method>,
    answers: u8,
    accepts: &str,
    goes_on: &str,
) -> Shape {
    Shape {
        name,
        policy: ClientPolicy {
            methods: [Method::EmailOtp].into(),
            default_method,
            password,
            answers,
            digits: 8,
            link_binding: LinkBinding::SameSession,
            redirects: Redirects::default(),
            default_redirect: None,
        },
        accepts: Rule::new(accepts),
        goes_on: Rule::new(goes_on),
    }
}

fn shapes() -> [Shape; 7] {
    use PasswordRule::{First, FirstWithMfa, Never};
    let method = Some(Method::EmailOtp);
    [
        shape("one round", Never, method, 5, "x{0,4}X|y{0,4}Y", "x{0,4}|y{0,4}"),
        shape("one round of 3", Never, method, 3, "x{0,2}X|y{0,2}Y", "x{0,2}|y{0,2}"),
        shape("two rounds", Never, None, 5, "a(?:x{0,4}X|y{0,4}Y)", "|[ab]|a(?:x{0,4}|y{0,4})"),
        any_browser(),
        shape("password", First, method, 5, "SP(?:x{0,4}X|y{0,4}Y)", "S|SP(?:x{0,4}|y{0,4})"),
        shape(
            "password, two rounds",
            First,
            None,
            5,
            "SPa(?:x{0,4}X|y{0,4}Y)",
            "S|SP|SP[ab]|SPa(?:x{0,4}|y{0,4})",
        ),
        shape(
            "password and MFA",
            FirstWithMfa,
            method,
            5,
            "SPM?(?:x{0,4}X|y{0,4}Y)",
            "S|SPM?(?:x{0,4}|y{0,4})",
        ),
    ]
}

/// Links that are answered in any browser, so also in the round that asks for the method.
fn any_browser() -> Shape {
    let accepts = "[AB]|a(?:x{0,4}X|y{0,4}Y)";
    let goes_on = "|[ab]|a(?:x{0,4}|y{0,4})";
    let mut shape = shape("any browser", PasswordRule::Never, None, 5, accepts, goes_on);
    shape.policy.methods.insert(Method::MagicLink);
    shape.policy.link_binding = LinkBinding::AnyBrowser;
    shape
}

/// Walks every word up to `depth` that begins with `history`, and returns how many there are.
fn walk(
    shape: &Shape,
    alphabet: &[Symbol],
    depth: usize,
    (accepts, goes_on): (StateID, StateID),
    history: &mut Vec<Round>,
) -> u64 {
    let accepted = shape.accepts.matches(accepts);
    let open = shape.goes_on.matches(goes_on);
    let known = next_step(&shape.policy, Existence::Known, ClientIntent::Continue, history);
    let unknown = next_step(&shape.policy, Existence::Unknown, ClientIntent::Continue, history);
    let ended = next_step(&shape.policy, Existence::Known, ClientIntent::Finish, history);
    let no_answer = NextStep::Fail(Reason::NoFurtherAnswer);
    let expected_of_ended = if known == NextStep::Challenge { no_answer } else { known };
    let failed = NextStep::Fail(Reason::UnknownUser);
    let expected_of_unknown = if accepted { failed } else { known };
    let agrees = (known == NextStep::IssueTokens) == accepted
        && matches!(known, NextStep::Fail(_)) == (!accepted && !open)
        && unknown == expected_of_unknown
        && ended == expected_of_ended;
    assert!(agrees, "{}: {known:?} and {unknown:?} after {history:?}", shape.name);
    let mut words = 1;
    if depth > 0 {
        for Symbol { letter, round } in alphabet {
            let states =
                (shape.accepts.after(accepts, *letter), shape.goes_on.after(goes_on, *letter));
            history.push(round.clone());
            words += walk(shape, alphabet, depth - 1, states, history);
            history.pop();
        }
    }
    words
}

/// T25: 36 symbols, words of up to 5, seven shapes: 62,193,781 histories each.
#[test]
fn t25_every_odd_history_fails_and_only_accepting_ones_issue_tokens() {
    let alphabet = alphabet();
    let shapes = shapes();
    let expected: u64 = (0..=5).map(|length| 36u64.pow(length)).sum();
    thread::scope(|scope| {
        let walks: Vec<_> = shapes
            .iter()
            .map(|shape| {
                let alphabet = &alphabet;
                let start = (shape.accepts.start(), shape.goes_on.start());
                scope.spawn(move || walk(shape, alphabet, 5, start, &mut Vec::new()))
            })
            .collect();
        for walk in walks {
            assert_eq!(walk.join().unwrap(), expected);
        }
    });
    assert_eq!(expected, 62_193_781);
}

#[test]
fn t26_a_required_password_that_was_skipped() {
    let challenge = Round::from_reported(Some((Some("CUSTOM_CHALLENGE"), true, Some(&ticket(1)))));
    let password = [("SRP_A", true), ("PASSWORD_VERIFIER", true)];
    for shape in shapes().iter().filter(|shape| shape.policy.password != PasswordRule::Never) {
        for kept in 0..password.len() {
            let mut history: Vec<Round> = password[..kept]
                .iter()
                .map(|(name, right)| Round::from_reported(Some((Some(name), *right, None))))
                .collect();
            history.push(challenge.clone());
            let step = next_step(&shape.policy, Existence::Known, ClientIntent::Continue, &history);
            assert_eq!(step, NextStep::Fail(Reason::PasswordMissing));
        }
        let step = next_step(&shape.policy, Existence::Known, ClientIntent::Continue, &[]);
        assert_eq!(step, NextStep::Fail(Reason::PasswordMissing));
    }
}

fn any_history() -> impl Strategy<Value = Vec<(usize, bool)>> {
    prop::collection::vec((0..36usize, any::<bool>()), 0..40)
}

proptest! {
    /// Longer histories, by chance: the regular expressions hold for them too.
    #[test]
    fn t25_longer_histories_are_judged_by_the_same_rule(picks in any_history()) {
        let alphabet = alphabet();
        for shape in shapes() {
            let word: Vec<u8> = picks.iter().map(|(pick, _)| alphabet[*pick].letter).collect();
            let history: Vec<Round> =
                picks.iter().map(|(pick, _)| alphabet[*pick].round.clone()).collect();
            let step = next_step(&shape.policy, Existence::Known, ClientIntent::Continue, &history);
            prop_assert_eq!(step == NextStep::IssueTokens, shape.accepts.matches_word(&word));
        }
    }

    /// T28: an unknown user is issued no tokens, whatever the history.
    #[test]
    fn t28_unknown_user_gets_no_tokens_after_any_history(picks in any_history()) {
        let alphabet = alphabet();
        let history: Vec<Round> =
            picks.iter().map(|(pick, _)| alphabet[*pick].round.clone()).collect();
        for shape in shapes() {
            let step = next_step(&shape.policy, Existence::Unknown, ClientIntent::Continue, &history);
            prop_assert!(step != NextStep::IssueTokens);
        }
    }
}
