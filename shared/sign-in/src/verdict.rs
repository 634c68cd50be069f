//! Whether an answer is right, and what is written about it.

use crate::answer;
use crate::budget::SKEW;
use crate::client_policy::{ClientPolicy, Method};
use crate::code::{self, Addressee};
use crate::code_key::{CodeKey, Purpose};
use crate::encode::length_prefixed;
use crate::link;
use crate::row::RowKey;
use crate::secret::Secret;
use crate::ticket::{Challenge, CodeLength};

/// What an answer came to, before anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The answer fits a live challenge.
    Right,
    /// Anything else.
    Wrong,
}

/// One judged answer, as the row's update needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The row of the person and factor.
    pub row: RowKey,
    /// The number of the challenge that was answered.
    pub number: u32,
    /// Whether the code is short, so that the budgets of wrong answers apply.
    pub code_length: CodeLength,
    /// Names this answer in this session: an equal tag is the same event again.
    pub tag: [u8; 8],
    /// What the answer came to.
    pub verdict: Verdict,
    /// When, in seconds since 1970.
    pub now: u64,
}

/// Everything an answer is judged by.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The challenge that is answered.
    pub challenge: &'a Challenge,
    /// The nonce of the session that answers.
    pub nonce: &'a [u8; 16],
    /// The rules of the client that sends the answer.
    pub policy: &'a ClientPolicy,
    /// The key of the challenge's version; `None` if there is none such.
    pub key: Option<&'a CodeKey>,
    /// The user that the code must be for; `None` for one who is unknown or has no verified address.
    pub addressee: Option<Addressee<'a>>,
    /// What was answered.
    pub answer: &'a Secret,
    /// Seconds since 1970.
    pub now: u64,
}

/// Stands in for a user who is unknown or has no verified address; its members have the usual
/// lengths, so a derivation for it takes as long as any other.
const UNKNOWN: Addressee<'static> = Addressee {
    pool: "eu-west-1_000000000",
    client: "00000000000000000000000000",
    sub: "00000000-0000-0000-0000-000000000000",
    destination: "unknown@example.net",
};

/// Judges a code. The comparison takes the same time for every wrong answer of one length, and the
/// answer is read alike for known and unknown users; an unknown user, an expired challenge, a blank
/// one and a method that is off are all [`Verdict::Wrong`].
#[must_use]
pub fn judge(row: RowKey, facts: Facts<'_>) -> Judgement {
    let (challenge, digits) = (facts.challenge, facts.policy.digits);
    let candidate = answer::candidate(facts.answer, digits, challenge.code_length);
    let derive =
        |key: &CodeKey, addressee: Addressee<'_>| code::derive(key, challenge, addressee, digits);
    let fits = fits(facts, candidate.as_ref(), derive);
    let live = is_live(facts, challenge.code_expires());
    judgement(row, facts, challenge.code_length, live && fits)
}

/// Judges a link, which is derived for `user_name`. It is no guess, so it counts as a long code.
#[must_use]
pub fn judge_link(row: RowKey, facts: Facts<'_>, user_name: &str) -> Judgement {
    let challenge = facts.challenge;
    let offered = link::offered(facts.answer);
    let derive = |key: &CodeKey, addressee: Addressee<'_>| {
        link::fragment(key, challenge, addressee, user_name)
    };
    let fits = fits(facts, offered.as_ref(), derive);
    let is_link = challenge.method == Method::MagicLink;
    let live = is_live(facts, challenge.expires);
    judgement(row, facts, CodeLength::Long, is_link && live && fits)
}

/// Compares what was read of the answer with what is derived for the addressee. Without a key or an
/// addressee the steps are the same, with stand-ins that nothing fits.
fn fits(
    facts: Facts<'_>,
    read: Option<&Secret>,
    derive: impl FnOnce(&CodeKey, Addressee<'_>) -> Secret,
) -> bool {
    let no_key = no_key();
    let key = facts.key.unwrap_or(&no_key);
    let expected = derive(key, facts.addressee.unwrap_or(UNKNOWN));
    let same = read.is_some_and(|read| read.matches(&expected));
    same && facts.key.is_some() && facts.addressee.is_some()
}

/// The key where there is none.
fn no_key() -> CodeKey {
    CodeKey::new(0, [0; 32])
}

fn is_live(facts: Facts<'_>, expires: u64) -> bool {
    let Challenge { number, method, issued, .. } = facts.challenge;
    // A clock that was put back does not make a dead challenge live again.
    let begun = *issued <= facts.now.saturating_add(SKEW);
    *number > 0 && begun && facts.now < expires && facts.policy.methods.contains(method)
}

fn judgement(row: RowKey, facts: Facts<'_>, code_length: CodeLength, right: bool) -> Judgement {
    Judgement {
        row,
        number: facts.challenge.number,
        code_length,
        tag: tag(facts),
        verdict: if right { Verdict::Right } else { Verdict::Wrong },
        now: facts.now,
    }
}

/// A tag that differs between challenges, sessions and answers. Without a key the answer is wrong
/// whatever it is, and the tag needs no secret.
fn tag(facts: Facts<'_>) -> [u8; 8] {
    let Challenge { id, number, .. } = facts.challenge;
    let answer = facts.answer.expose().as_bytes();
    let message = length_prefixed(&[id, &number.to_be_bytes(), facts.nonce, answer]);
    let no_key = no_key();
    let mac = facts.key.unwrap_or(&no_key).mac(Purpose::Verdict, &message);
    let mut tag = [0; 8];
    tag.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
    tag
}

#[cfg(test)]
mod tests {
    use super::{Facts, Judgement, UNKNOWN, Verdict, fits, judge, judge_link, no_key};
    use crate::client_policy::{ClientPolicy, LinkBinding, Method, PasswordRule};
    use crate::code::{self, Addressee};
    use crate::code_key::CodeKey;
    use crate::link;
    use crate::redirect::Redirects;
    use crate::row::{Factor, RowKey};
    use crate::secret::Secret;
    use crate::ticket::Ticket;
    use crate::ticket::tests::ticket;

    const NOOR: Addressee<'static> = Addressee {
        pool: "eu-west-1_Pool",
        client: "client",
        sub: "sub-1",
        destination: "noor@example.net",
    };

    fn policy() -> ClientPolicy {
        ClientPolicy {
            methods: [Method::EmailOtp, Method::MagicLink].into(),
            default_method: None,
            password: PasswordRule::Never,
            answers: 5,
            digits: 8,
            link_binding: LinkBinding::SameSession,
            redirects: Redirects::default(),
            default_redirect: None,
        }
    }

    fn key() -> CodeKey {
        CodeKey::new(1, [5; 32])
    }

    /// One situation; each test changes what it is about.
    struct Case {
        ticket: Ticket,
        policy: ClientPolicy,
        key: Option<CodeKey>,
        addressee: Option<Addressee<'static>>,
        answer: Secret,
        now: u64,
    }

    impl Case {
        fn facts(&self) -> Facts<'_> {
            Facts {
                challenge: &self.ticket.challenge,
                nonce: &self.ticket.nonce,
                policy: &self.policy,
                key: self.key.as_ref(),
                addressee: self.addressee,
                answer: &self.answer,
                now: self.now,
            }
        }

        fn judge(&self) -> Judgement {
            judge(RowKey::of("eu-west-1_Pool", Factor::Email, "noor"), self.facts())
        }

        fn judge_link(&self) -> Judgement {
            let row = RowKey::of("eu-west-1_Pool", Factor::Email, "noor");
            judge_link(row, self.facts(), "noor")
        }
    }

    /// The right answer ten seconds after the challenge was issued.
    fn right() -> Case {
        let ticket = ticket();
        Case {
            answer: code::derive(&key(), &ticket.challenge, NOOR, 8),
            now: ticket.challenge.issued + 10,
            ticket,
            policy: policy(),
            key: Some(key()),
            addressee: Some(NOOR),
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Case), expected: Verdict) {
        let mut case = right();
        change(&mut case);
        assert_eq!(case.judge().verdict, expected);
    }

    #[test]
    fn t03_only_a_live_challenge_of_this_person_is_answered_right() {
        check(|_| (), Verdict::Right);
        check(|case| case.now = case.ticket.challenge.expires - 1, Verdict::Right);
        check(|case| case.now = case.ticket.challenge.expires, Verdict::Wrong);
        check(|case| case.policy.methods.clear(), Verdict::Wrong);
        check(|case| case.key = None, Verdict::Wrong);
        check(|case| case.addressee = None, Verdict::Wrong);
        check(|case| case.answer = Secret::new("00000000".to_owned()), Verdict::Wrong);
        for other in [
            Addressee { sub: "sub-2", ..NOOR },
            Addressee { client: "other", ..NOOR },
            Addressee { pool: "eu-west-1_Other", ..NOOR },
            Addressee { destination: "eve@example.net", ..NOOR },
        ] {
            check(|case| case.addressee = Some(other), Verdict::Wrong);
        }
    }

    #[test]
    fn a_blank_challenge_is_answered_wrong_even_by_its_own_code() {
        check(
            |case| {
                case.ticket.challenge.number = 0;
                case.answer = code::derive(&key(), &case.ticket.challenge, NOOR, 8);
            },
            Verdict::Wrong,
        );
    }

    /// The right link ten seconds after it was issued.
    fn right_link() -> Case {
        let mut case = right();
        case.ticket.challenge.method = Method::MagicLink;
        case.ticket.challenge.expires = case.ticket.challenge.issued + 600;
        case.answer = link::fragment(&key(), &case.ticket.challenge, NOOR, "noor");
        case
    }

    #[track_caller]
    fn check_link(change: impl FnOnce(&mut Case), expected: Verdict) {
        let mut case = right_link();
        change(&mut case);
        assert_eq!(case.judge_link().verdict, expected);
    }

    #[test]
    fn a_link_is_right_while_it_lives_and_the_code_beside_it_for_half_as_long() {
        check_link(|_| (), Verdict::Right);
        check_link(|case| case.now = case.ticket.challenge.issued + 599, Verdict::Right);
        check_link(|case| case.now = case.ticket.challenge.issued + 600, Verdict::Wrong);
        check_link(|case| case.policy.methods = [Method::EmailOtp].into(), Verdict::Wrong);
        check_link(|case| case.addressee = None, Verdict::Wrong);
        check_link(|case| case.key = None, Verdict::Wrong);
        check_link(|case| case.ticket.challenge.method = Method::EmailOtp, Verdict::Wrong);
        let mut code = right_link();
        code.answer = code::derive(&key(), &code.ticket.challenge, NOOR, 8);
        assert_eq!(code.judge().verdict, Verdict::Right);
        code.now = code.ticket.challenge.issued + 300;
        assert_eq!(code.judge().verdict, Verdict::Wrong);
    }

    /// Each answer is read before the addressee is looked at, and each derivation is run: once, and
    /// for a stand-in that even its own code does not fit.
    #[test]
    fn t13_unknown_user_costs_one_derivation_as_a_known_one() {
        for known in [true, false] {
            for keyed in [true, false] {
                let mut case = right();
                case.addressee = known.then_some(NOOR);
                case.key = keyed.then(key);
                let mut derived = Vec::new();
                let same = Secret::new("04719382".to_owned());
                let right = fits(case.facts(), Some(&same), |_, addressee| {
                    derived.push(addressee.sub.to_owned());
                    same.clone()
                });
                assert_eq!(right, known && keyed);
                assert_eq!(derived, [if known { NOOR.sub } else { UNKNOWN.sub }]);
            }
        }
    }

    #[test]
    fn code_and_link_of_the_stand_ins_are_wrong() {
        for key in [Some(key()), None] {
            let used = key.clone().unwrap_or_else(no_key);
            let mut code = right();
            code.answer = code::derive(&used, &code.ticket.challenge, UNKNOWN, 8);
            let mut link = right_link();
            link.answer = link::fragment(&used, &link.ticket.challenge, UNKNOWN, "noor");
            for case in [&mut code, &mut link] {
                (case.key, case.addressee) = (key.clone(), None);
            }
            assert_eq!(code.judge().verdict, Verdict::Wrong);
            assert_eq!(link.judge_link().verdict, Verdict::Wrong);
        }
    }

    #[test]
    fn another_session_has_another_tag() {
        let mut elsewhere = right();
        elsewhere.ticket.nonce = [1; 16];
        assert_eq!(elsewhere.judge().verdict, Verdict::Right);
        assert_ne!(elsewhere.judge().tag, right().judge().tag);
        assert_eq!(right().judge(), right().judge());
    }
}
