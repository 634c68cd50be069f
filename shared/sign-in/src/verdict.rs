//! The verdict on an answer, and what is written about it.

use crate::answer::{self, Form};
use crate::budget::{REPEAT_WINDOW, SKEW};
use crate::client_policy::{ClientPolicy, Method};
use crate::code::{self, Addressee, CodeLength};
use crate::code_key::{CodeKey, Purpose};
use crate::encode::length_prefixed;
use crate::link;
use crate::row::RowKey;
use crate::secret::Secret;
use crate::ticket::Challenge;

/// The verdict on an answer, before anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The answer fits a live challenge.
    Right,
    /// The answer fits a challenge that expired at most [`REPEAT_WINDOW`] seconds ago. It is wrong,
    /// unless this same event was counted right before the end and Cognito repeats it.
    Late,
    /// Anything else.
    Wrong,
}

/// One judged answer, as the row's update needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The row of the user, factor and client.
    pub row: RowKey,
    /// The number of the challenge that was answered.
    pub number: u32,
    /// The form of the answer: the limits on wrong answers apply to short codes.
    pub code_length: CodeLength,
    /// Names this answer in this session: an equal tag is the same event again.
    pub tag: [u8; 8],
    /// The verdict.
    pub verdict: Verdict,
    /// Seconds since 1970.
    pub now: u64,
}

/// Everything an answer is judged by.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The challenge that is answered.
    pub challenge: &'a Challenge,
    /// The nonce of the session that answers.
    pub nonce: &'a [u8; 16],
    /// The method that this session asked for; `None` where it asked for none yet.
    pub asked: Option<Method>,
    /// The rules of the client that sends the answer.
    pub policy: &'a ClientPolicy,
    /// The key of the challenge's version; `None` if there is none such.
    pub key: Option<&'a CodeKey>,
    /// The recipient that the code must be for; `None` for an unknown user and for one without a
    /// verified address.
    pub addressee: Option<Addressee<'a>>,
    /// The answer.
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

impl Facts<'_> {
    /// Returns the verdict on an answer to the challenge, which expires at `expires`: it must fit, and
    /// be given in time and by the method that was asked for.
    fn verdict(&self, fits: bool, expires: u64) -> Verdict {
        let Challenge { number, issued, .. } = self.challenge;
        let methods = &self.policy.methods;
        // A clock that was put back does not make an expired challenge valid again.
        let begun = *issued <= self.now.saturating_add(SKEW);
        let asked = self.asked.is_none_or(|method| methods.contains(&method));
        match fits && *number > 0 && begun && asked && !methods.is_empty() {
            true if self.now < expires => Verdict::Right,
            true if self.now < expires.saturating_add(REPEAT_WINDOW) => Verdict::Late,
            _ => Verdict::Wrong,
        }
    }
}

/// Judges a code. Its form alone decides whether it is judged as a short or as a long one. The
/// comparison takes the same time for every wrong answer of one length, and the answer is read
/// alike for known and unknown users; an unknown user, a challenge that no answer fits, one
/// that has long expired and a method that is off are all [`Verdict::Wrong`].
#[must_use]
pub fn judge(row: RowKey, facts: Facts<'_>) -> Judgement {
    let (challenge, digits) = (facts.challenge, facts.policy.digits);
    let (code_length, expires, fits) = match answer::form(facts.answer, digits) {
        Form::Long(read) => {
            let derive = |key: &CodeKey, to: Addressee<'_>| code::long(key, challenge, to);
            (CodeLength::Long, challenge.long_expires(), fits(facts, Some(&read), derive))
        }
        Form::Short(read) => {
            let derive = |key: &CodeKey, to: Addressee<'_>| code::short(key, challenge, to, digits);
            (CodeLength::Short, challenge.short_expires(), fits(facts, read.as_ref(), derive))
        }
    };
    judgement(row, facts, code_length, facts.verdict(fits, expires))
}

/// Judges a link, which is derived for `user_name`. It is no guess, so it counts as a long code.
#[must_use]
pub fn judge_link(row: RowKey, facts: Facts<'_>, user_name: &str) -> Judgement {
    let challenge = facts.challenge;
    let binding = facts.policy.link_binding;
    let offered = link::offered(facts.answer);
    let derive = |key: &CodeKey, addressee: Addressee<'_>| {
        link::fragment(key, challenge, binding, addressee, user_name)
    };
    let fits = fits(facts, offered.as_ref(), derive);
    let links = facts.policy.methods.contains(&Method::MagicLink);
    let verdict = facts.verdict(links && fits, link::expires(challenge, binding));
    judgement(row, facts, CodeLength::Long, verdict)
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

fn judgement(
    row: RowKey,
    facts: Facts<'_>,
    code_length: CodeLength,
    verdict: Verdict,
) -> Judgement {
    Judgement {
        row,
        number: facts.challenge.number,
        code_length,
        tag: tag(facts),
        verdict,
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
    use crate::code::tests::NOOR;
    use crate::code::{self, Addressee, CodeLength};
    use crate::code_key::CodeKey;
    use crate::link;
    use crate::redirect::Redirects;
    use crate::row::{Factor, RowKey};
    use crate::secret::Secret;
    use crate::ticket::Ticket;
    use crate::ticket::tests::ticket;

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
        asked: Option<Method>,
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
                asked: self.asked,
                policy: &self.policy,
                key: self.key.as_ref(),
                addressee: self.addressee,
                answer: &self.answer,
                now: self.now,
            }
        }

        fn judge(&self) -> Judgement {
            judge(RowKey::new("eu-west-1_Pool", Factor::Email, "client", "noor"), self.facts())
        }

        fn judge_link(&self) -> Judgement {
            let row = RowKey::new("eu-west-1_Pool", Factor::Email, "client", "noor");
            judge_link(row, self.facts(), "noor")
        }
    }

    /// The right answer ten seconds after the challenge was issued.
    fn right() -> Case {
        let ticket = ticket();
        Case {
            answer: code::short(&key(), &ticket.challenge, NOOR, 8),
            now: ticket.challenge.issued + 10,
            asked: Some(ticket.asked),
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
        check(|case| case.now = case.ticket.challenge.issued + 599, Verdict::Right);
        check(|case| case.now = case.ticket.challenge.issued + 600, Verdict::Late);
        check(|case| case.now = case.ticket.challenge.issued + 629, Verdict::Late);
        check(|case| case.now = case.ticket.challenge.issued + 630, Verdict::Wrong);
        check(|case| case.now = case.ticket.challenge.issued - 10, Verdict::Right);
        check(|case| case.now = case.ticket.challenge.issued - 11, Verdict::Wrong);
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
    fn challenge_of_number_zero_is_wrong_even_by_its_own_code() {
        check(
            |case| {
                case.ticket.challenge.number = 0;
                case.answer = code::short(&key(), &case.ticket.challenge, NOOR, 8);
            },
            Verdict::Wrong,
        );
    }

    /// The right long code ten seconds after the challenge was issued.
    fn right_long() -> Case {
        let mut case = right();
        case.answer = code::grouped(&code::long(&key(), &case.ticket.challenge, NOOR));
        case
    }

    #[test]
    fn long_code_is_right_for_its_own_life() {
        let life = right_long().ticket.challenge.life;
        for (now, expected) in [
            (10, Verdict::Right),
            (600, Verdict::Right),
            (life - 1, Verdict::Right),
            (life, Verdict::Late),
            (life + 29, Verdict::Late),
            (life + 30, Verdict::Wrong),
        ] {
            let mut case = right_long();
            case.now = case.ticket.challenge.issued + now;
            let judged = case.judge();
            assert_eq!((judged.verdict, judged.code_length), (expected, CodeLength::Long), "{now}");
        }
    }

    /// T27: a method that was switched off signs no user in, whatever the session was promised.
    #[test]
    fn t27_methods_are_decided_where_answers_are_judged() {
        let code = [Method::EmailOtp];
        let link = [Method::MagicLink];
        for (methods, asked, expected) in [
            (&code[..], Some(Method::EmailOtp), Verdict::Right),
            (&code[..], Some(Method::MagicLink), Verdict::Wrong),
            (&link[..], Some(Method::MagicLink), Verdict::Right),
            (&link[..], Some(Method::EmailOtp), Verdict::Wrong),
            (&[], Some(Method::EmailOtp), Verdict::Wrong),
            (&[], None, Verdict::Wrong),
        ] {
            for mut case in [right(), right_long()] {
                case.policy.methods = methods.iter().copied().collect();
                case.asked = asked;
                assert_eq!(case.judge().verdict, expected, "{methods:?} {asked:?}");
            }
            let mut case = right_link();
            case.policy.methods = methods.iter().copied().collect();
            case.asked = asked;
            let links = methods.contains(&Method::MagicLink);
            let expected = if links { expected } else { Verdict::Wrong };
            assert_eq!(case.judge_link().verdict, expected, "{methods:?} {asked:?}");
        }
    }

    #[test]
    fn wrong_answer_counts_by_its_form() {
        for (answer, expected) in [
            ("00000000", CodeLength::Short),
            ("", CodeLength::Short),
            ("no code at all", CodeLength::Short),
            ("0000-0000-0000-0000", CodeLength::Long),
            ("OOOO OOOO OOOO OOOO", CodeLength::Long),
            ("UUUU-0000-0000-0000", CodeLength::Short),
            ("0000000000000000", CodeLength::Short),
            ("0000 0000 0000 0000", CodeLength::Short),
            ("0000000000000001", CodeLength::Long),
        ] {
            for addressee in [None, Some(NOOR)] {
                let mut case = right();
                case.answer = Secret::new(answer.to_owned());
                case.addressee = addressee;
                let judged = case.judge();
                assert_eq!((judged.verdict, judged.code_length), (Verdict::Wrong, expected));
            }
        }
    }

    /// The right link ten seconds after it was issued.
    fn right_link() -> Case {
        let mut case = right();
        let binding = case.policy.link_binding;
        case.asked = Some(Method::MagicLink);
        case.answer = link::fragment(&key(), &case.ticket.challenge, binding, NOOR, "noor");
        case
    }

    #[track_caller]
    fn check_link(change: impl FnOnce(&mut Case), expected: Verdict) {
        let mut case = right_link();
        change(&mut case);
        assert_eq!(case.judge_link().verdict, expected);
    }

    #[test]
    fn link_is_right_while_it_lives() {
        check_link(|_| (), Verdict::Right);
        check_link(|case| case.now = case.ticket.challenge.issued + 599, Verdict::Right);
        check_link(|case| case.now = case.ticket.challenge.issued + 600, Verdict::Late);
        check_link(|case| case.now = case.ticket.challenge.issued + 630, Verdict::Wrong);
        check_link(|case| case.policy.methods = [Method::EmailOtp].into(), Verdict::Wrong);
        check_link(|case| case.addressee = None, Verdict::Wrong);
        check_link(|case| case.key = None, Verdict::Wrong);
        check_link(|case| case.asked = None, Verdict::Right);
    }

    #[test]
    fn link_for_any_browser_lives_as_long_as_the_long_code() {
        let mut case = right_link();
        case.policy.link_binding = LinkBinding::AnyBrowser;
        let challenge = case.ticket.challenge.clone();
        case.answer = link::fragment(&key(), &challenge, LinkBinding::AnyBrowser, NOOR, "noor");
        for (now, expected) in
            [(599, Verdict::Right), (1_499, Verdict::Right), (1_500, Verdict::Late)]
        {
            case.now = challenge.issued + now;
            assert_eq!(case.judge_link().verdict, expected, "{now}");
        }
    }

    /// Only what would have been right in time is late.
    #[test]
    fn answer_that_was_never_right_is_not_late() {
        let late = |case: &mut Case| case.now = case.ticket.challenge.issued + 600;
        check(late, Verdict::Late);
        let changes: [fn(&mut Case); 6] = [
            |case| case.policy.methods.clear(),
            |case| case.asked = Some(Method::MagicLink),
            |case| case.key = None,
            |case| case.addressee = None,
            |case| case.answer = Secret::new("00000000".to_owned()),
            |case| case.ticket.challenge.id = [9; 16],
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut case = right();
            late(&mut case);
            case.policy.methods = [Method::EmailOtp].into();
            change(&mut case);
            assert_eq!(case.judge().verdict, Verdict::Wrong, "{at}");
        }
        check_link(
            |case| (late(case), case.policy.methods = [Method::EmailOtp].into()).1,
            Verdict::Wrong,
        );
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
            code.answer = code::short(&used, &code.ticket.challenge, UNKNOWN, 8);
            let mut link = right_link();
            let binding = link.policy.link_binding;
            link.answer = link::fragment(&used, &link.ticket.challenge, binding, UNKNOWN, "noor");
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
