//! The reason that the automaton gives for each failed sign-in.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use lifeguard_sign_in::automaton::{ClientIntent, Existence, NextStep, Reason, next_step};
use lifeguard_sign_in::client_policy::{ClientPolicy, LinkBinding, Method, PasswordRule};
use lifeguard_sign_in::history::Round;
use lifeguard_sign_in::redirect::Redirects;
use lifeguard_sign_in::ticket::ask_for_method;
use support::ticket;

const SRP: (&str, bool) = ("SRP_A", true);
const PASSWORD: (&str, bool) = ("PASSWORD_VERIFIER", true);
const MFA: (&str, bool) = ("SMS_MFA", true);

fn policy(password: PasswordRule, default_method: Option<Method>) -> ClientPolicy {
    ClientPolicy {
        methods: [Method::EmailOtp].into(),
        default_method,
        password,
        answers: 3,
        digits: 8,
        link_binding: LinkBinding::SameSession,
        redirects: Redirects::default(),
        default_redirect: None,
    }
}

/// A round of Cognito's own.
fn cognito((name, right): (&str, bool)) -> Round {
    Round::from_reported(Some((Some(name), right, None)))
}

fn custom(metadata: &str, right: bool) -> Round {
    Round::from_reported(Some((Some("CUSTOM_CHALLENGE"), right, Some(metadata))))
}

/// A wrong answer to challenge `number`.
fn wrong(number: u32) -> Round {
    custom(&ticket(number), false)
}

fn right(number: u32) -> Round {
    custom(&ticket(number), true)
}

/// The round that asks for the method, of the session with this nonce.
fn asked(nonce: u8, right: bool) -> Round {
    custom(&ask_for_method(&[nonce; 16]), right)
}

#[test]
fn every_failed_sign_in_has_its_reason() {
    use PasswordRule::{First, FirstWithMfa, Never};
    use Reason as R;
    let one = Some(Method::EmailOtp);
    let wrong_password = ("PASSWORD_VERIFIER", false);
    let wrong_mfa = ("EMAIL_OTP", false);
    let of = |rounds: &[(&str, bool)]| rounds.iter().copied().map(cognito).collect::<Vec<_>>();
    let then = |rounds: &[(&str, bool)], more: Vec<Round>| [of(rounds), more].concat();
    let (known, unknown) = (Existence::Known, Existence::Unknown);
    let cases = [
        (Never, one, known, of(&[SRP]), R::PasswordNotConfigured),
        (Never, None, known, of(&[SRP]), R::PasswordNotConfigured),
        (Never, one, unknown, of(&[SRP]), R::PasswordNotConfigured),
        (Never, one, known, of(&[("SRP_A", false)]), R::PasswordNotConfigured),
        (Never, one, known, of(&[SRP, PASSWORD]), R::PasswordNotConfigured),
        (Never, one, known, of(&[wrong_password]), R::PasswordNotConfigured),
        (Never, one, known, then(&[SRP, PASSWORD], vec![right(1)]), R::PasswordNotConfigured),
        (First, one, known, vec![], R::PasswordMissing),
        (FirstWithMfa, None, known, vec![], R::PasswordMissing),
        (First, one, unknown, vec![], R::PasswordMissing),
        (First, one, known, vec![right(1)], R::PasswordMissing),
        (First, None, known, vec![asked(2, false)], R::PasswordMissing),
        (First, one, known, of(&[PASSWORD]), R::PasswordMissing),
        (First, one, known, of(&[("SRP_A", false)]), R::PasswordMissing),
        (First, one, known, then(&[SRP], vec![right(1)]), R::PasswordMissing),
        (First, one, known, of(&[SRP, MFA]), R::PasswordMissing),
        (First, one, known, of(&[SRP, wrong_password]), R::WrongPassword),
        (First, one, unknown, of(&[SRP, wrong_password]), R::WrongPassword),
        (FirstWithMfa, one, known, of(&[SRP, wrong_password]), R::WrongPassword),
        (First, one, known, of(&[SRP, PASSWORD, MFA]), R::MfaNotConfigured),
        (First, None, known, of(&[SRP, PASSWORD, wrong_mfa]), R::MfaNotConfigured),
        (FirstWithMfa, one, known, of(&[SRP, PASSWORD, MFA, MFA]), R::MfaNotConfigured),
        (Never, one, known, of(&[MFA]), R::MfaNotConfigured),
        (FirstWithMfa, one, known, of(&[SRP, PASSWORD, wrong_mfa]), R::WrongMfa),
        (Never, None, known, vec![asked(2, true)], R::LinkNotConfigured),
        (Never, one, known, of(&[("WEB_AUTHN", true)]), R::UnknownRound),
        (Never, None, known, of(&[("DEVICE_SRP_AUTH", true)]), R::UnknownRound),
        (First, one, known, of(&[SRP, ("NEW_PASSWORD_REQUIRED", true)]), R::UnknownRound),
        (First, one, known, of(&[SRP, PASSWORD, ("NEW_PASSWORD_REQUIRED", true)]), R::UnknownRound),
        (Never, one, known, vec![custom("foreign", true)], R::UnknownRound),
        (Never, one, known, vec![Round::from_reported(None)], R::UnknownRound),
        (
            Never,
            one,
            known,
            vec![wrong(1), cognito(("WEB_AUTHN", true)), right(1)],
            R::UnknownRound,
        ),
        (Never, one, known, vec![asked(2, false)], R::UnexpectedRound),
        (Never, None, known, vec![wrong(1)], R::UnexpectedRound),
        (Never, None, known, vec![asked(2, true), right(1)], R::UnexpectedRound),
        (Never, None, known, vec![asked(2, false), asked(2, false)], R::UnexpectedRound),
        (Never, one, known, vec![right(1), right(1)], R::UnexpectedRound),
        (Never, one, known, vec![wrong(1), cognito(SRP)], R::UnexpectedRound),
        (First, one, known, of(&[SRP, PASSWORD, SRP]), R::UnexpectedRound),
        (Never, one, known, vec![wrong(1), wrong(2)], R::AnotherChallenge),
        (Never, one, known, vec![wrong(1), right(2)], R::AnotherChallenge),
        (Never, None, known, vec![asked(3, false), right(1)], R::AnotherSession),
        (Never, None, known, vec![asked(3, false), wrong(1)], R::AnotherSession),
        (Never, one, known, vec![wrong(1), wrong(1), wrong(1)], R::AnswersUsedUp),
        (Never, one, unknown, vec![wrong(1), wrong(1), wrong(1)], R::AnswersUsedUp),
        (Never, one, known, vec![wrong(1), wrong(1), wrong(1), right(1)], R::AnswersUsedUp),
        (Never, one, unknown, vec![right(1)], R::UnknownUser),
        (Never, None, unknown, vec![asked(2, false), wrong(1), right(1)], R::UnknownUser),
        (First, one, unknown, then(&[SRP, PASSWORD], vec![right(1)]), R::UnknownUser),
    ];
    let mut seen = BTreeSet::new();
    for (password, method, person, history, reason) in cases {
        let policy = policy(password, method);
        let step = next_step(&policy, person, ClientIntent::Continue, &history);
        assert_eq!(
            step,
            NextStep::Fail(reason),
            "{password:?}, {method:?}, {person:?}, {history:?}"
        );
        // The intent of the client does not replace the reason of a sign-in that has failed.
        assert_eq!(next_step(&policy, person, ClientIntent::Finish, &history), step);
        seen.insert(reason.code());
    }
    for history in [vec![], vec![wrong(1)]] {
        let step = next_step(&policy(Never, one), known, ClientIntent::Finish, &history);
        assert_eq!(step, NextStep::Fail(R::NoFurtherAnswer));
        seen.insert(R::NoFurtherAnswer.code());
    }
    assert_eq!(
        seen,
        R::ALL.iter().map(|reason| reason.code()).collect(),
        "a reason without a case"
    );
}

#[test]
fn codes_of_reasons_are_distinct_words() {
    let codes: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes.len(), Reason::ALL.len());
    for (code, reason) in codes.iter().zip(codes.iter()) {
        assert!(code.bytes().all(|letter| letter.is_ascii_alphabetic()), "{reason}");
    }
}
