//! Ten thousand sign-ins of guessing, in virtual time, with the owner among them. A recorder of
//! its own, which knows the budgets as numbers and none of our code, checks every window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod flow;

use create_auth_challenge::Chance;
use serde_json::Value;
use sign_in::client_policy::Method;
use sign_in::ticket::{CodeLength, Origin};
use testkit::{MemoryChallenges, Seeded};

use flow::{Functions, NOW, Session, Somebody, answer, code_of, forged_link, link_of};

const PEOPLE: u64 = 40;
const SESSIONS_EACH: u64 = 250;

/// What has happened to one person, as a bystander counts it.
#[derive(Default)]
struct Recorder {
    /// When wrong short codes were counted.
    wrong: Vec<u64>,
    /// How many in a row, and when each message was asked for since the last success.
    in_a_row: u64,
    sends: Vec<u64>,
}

/// How many of the times lie within `window` seconds before `now`.
fn within(times: &[u64], window: u64, now: u64) -> usize {
    times.iter().filter(|at| **at + window > now).count()
}

impl Recorder {
    /// Whether another wrong short code would be one too many.
    fn is_used_up(&self, now: u64) -> bool {
        within(&self.wrong, 15 * 60, now) >= 10
            || within(&self.wrong, 24 * 3600, now) >= 20
            || self.in_a_row >= 100
    }

    fn wrong(&mut self, now: u64) {
        self.wrong.push(now);
        self.in_a_row += 1;
        assert!(within(&self.wrong, 15 * 60, now) <= 10, "ten in a quarter of an hour");
        assert!(within(&self.wrong, 24 * 3600, now) <= 20, "twenty in a day");
        assert!(self.in_a_row <= 100, "a hundred in a row");
    }

    fn success(&mut self) {
        self.in_a_row = 0;
        self.sends.drain(..self.sends.len().saturating_sub(1));
    }

    fn sent(&mut self, now: u64) {
        if let Some(last) = self.sends.last() {
            assert!(now >= last + 30, "two messages within half a minute");
        }
        self.sends.push(now);
        assert!(within(&self.sends, 3600, now) <= 5, "five messages in an hour");
        assert!(within(&self.sends, 24 * 3600, now) <= 15, "fifteen messages in a day");
    }
}

/// One person, whoever signs in under that name.
struct Person {
    functions: Functions,
    method: Method,
    store: MemoryChallenges,
    somebody: Somebody,
    seeded: Seeded,
    now: u64,
    recorder: Recorder,
}

impl Person {
    /// Every second person signs in by links.
    fn new(somebody: Somebody, seed: u64) -> Self {
        let (functions, method) = match seed % 2 {
            0 => (Functions::new(), Method::EmailOtp),
            _ => (Functions::with_links(), Method::MagicLink),
        };
        Self {
            functions,
            method,
            store: MemoryChallenges::default(),
            somebody,
            seeded: Seeded::new(seed),
            now: NOW,
            recorder: Recorder::default(),
        }
    }

    /// Some time passes: mostly seconds, now and then hours.
    fn wait(&mut self) {
        self.now += match self.seeded.below(20) {
            0 => self.seeded.below(24 * 3600),
            1..4 => self.seeded.below(1200),
            4..10 => self.seeded.below(60),
            _ => self.seeded.below(5),
        };
    }

    /// Define and create; the client sees the same whatever the budgets say.
    async fn start(&mut self) -> Session {
        let mut session = Session::of(&self.somebody);
        assert_eq!(answer(self.functions.define(session.define_event()))["issueTokens"], false);
        let before = self.store.issued(&self.somebody.row());
        let chance = Chance { now: self.now, id: self.seeded.bytes(), nonce: self.seeded.bytes() };
        let event = session.create_event();
        let reply = answer(self.functions.create(&self.store, event, chance).await);
        let expected = format!(r#"{{"challenge":"{}"}} 62 62"#, self.method.name());
        assert_eq!(shape(&reply), expected);
        match self.store.issued(&self.somebody.row()) - before {
            0 => {}
            1 => self.recorder.sent(self.now),
            more => panic!("{more} messages for one sign-in"),
        }
        session.asked(reply);
        session
    }

    /// Answers, and checks what came of it against the recorder; whether the sign-in may go on.
    async fn answer(&mut self, session: &mut Session, given: &str, fits: bool) -> bool {
        let row = self.somebody.row();
        let before = self.store.wrong_in_a_row(&row);
        assert_eq!(before, self.recorder.in_a_row, "only a success resets the count");
        let reply = self.functions.verify(&self.store, session.verify_event(given), self.now).await;
        let reply = answer(reply);
        let right = reply["answerCorrect"].as_bool().unwrap();
        assert!(fits || !right, "a wrong answer is never right");
        let is_link = given.contains('.');
        let short = session.ticket().challenge.code_length == CodeLength::Short && !is_link;
        match (right, self.store.wrong_in_a_row(&row)) {
            (true, after) => {
                assert!(!short || !self.recorder.is_used_up(self.now), "a guess too many");
                assert_eq!(after, 0);
                self.recorder.success();
            }
            (false, after) if after == before => {}
            (false, after) => {
                assert_eq!((after, short), (before + 1, true));
                self.recorder.wrong(self.now);
            }
        }
        session.answered(right);
        let next = answer(self.functions.define(session.define_event()));
        assert_eq!(next["issueTokens"], right);
        next["failAuthentication"] == false && !right
    }

    /// A stranger guesses until the session ends; some only ask for messages.
    async fn stranger(&mut self) {
        let mut session = self.start().await;
        if self.seeded.once_in(3) {
            return;
        }
        loop {
            self.now += self.seeded.below(4);
            let ticket = session.ticket();
            let guess = match ticket.challenge.code_length {
                _ if self.seeded.once_in(5) => forged_link(&ticket, &self.somebody.user_name),
                CodeLength::Short => format!("{:08}", self.seeded.below(100_000_000)),
                CodeLength::Long => format!("{:016X}", self.seeded.draw()),
            };
            let fits = guess == code_of(&ticket);
            if !self.answer(&mut session, &guess, fits).await {
                return;
            }
        }
    }

    /// The owner types what the mail says, or follows its link; what came of it.
    async fn owner(&mut self) -> Outcome {
        let mut session = self.start().await;
        let ticket = session.ticket();
        let challenge = &ticket.challenge;
        if challenge.number == 0 {
            return Outcome::NoMail;
        }
        self.now += self.seeded.below(20);
        let used_up = self.recorder.is_used_up(self.now);
        let by_link = self.method == Method::MagicLink
            && ticket.origin == Origin::Caused
            && self.seeded.once_in(2);
        let (answer, dead) = match by_link {
            true => (link_of(&ticket, &self.somebody.user_name), challenge.expires),
            false => (code_of(&ticket), challenge.code_expires()),
        };
        self.answer(&mut session, &answer, true).await;
        match (by_link, challenge.code_length, session.ended_right()) {
            (true, _, true) => Outcome::SignedInByLink,
            (false, CodeLength::Long, true) => Outcome::SignedInByLongCode,
            (false, CodeLength::Short, true) => Outcome::SignedIn,
            (false, CodeLength::Short, false) if used_up => Outcome::Blocked,
            (_, _, false) => {
                assert!(self.now >= dead, "the owner's right answer is refused for no reason");
                Outcome::Blocked
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    SignedIn,
    SignedInByLongCode,
    SignedInByLink,
    /// By the budget of short codes, until the next mail, which carries a long one.
    Blocked,
    /// By the budget of messages.
    NoMail,
}

/// What the client and Cognito's limits see of a challenge.
fn shape(reply: &Value) -> String {
    let length = |value: &Value| value.as_str().map_or(0, str::len);
    format!(
        "{} {} {}",
        reply["publicChallengeParameters"],
        length(&reply["privateChallengeParameters"]["challenge"]),
        length(&reply["challengeMetadata"]),
    )
}

#[tokio::test]
async fn t01_ten_thousand_guessing_sessions_stay_within_every_window() {
    let mut hundred_in_a_row = 0;
    let mut counted = 0;
    for seed in 0..PEOPLE {
        let mut person = Person::new(Somebody::known(&format!("person-{seed}")), seed);
        for _ in 0..SESSIONS_EACH {
            person.wait();
            person.stranger().await;
        }
        counted += person.recorder.wrong.len();
        hundred_in_a_row += u32::from(person.recorder.in_a_row == 100);
        // However it was attacked, the next mail carries a code that signs the owner in.
        person.now += 24 * 3600;
        let blocked = person.recorder.in_a_row == 100;
        let outcome = person.owner().await;
        let by_code = if blocked { Outcome::SignedInByLongCode } else { Outcome::SignedIn };
        assert!([by_code, Outcome::SignedInByLink].contains(&outcome), "person {seed}");
    }
    assert!(counted > 1000, "{counted} guesses tested the windows");
    assert!(hundred_in_a_row > 0, "somebody reached the hundred");
}

#[tokio::test]
async fn t05_the_owner_signs_in_beside_a_guessing_stranger() {
    let mut outcomes = Vec::new();
    for seed in 100..110 {
        let mut person = Person::new(Somebody::known("noor"), seed);
        for _ in 0..200 {
            person.wait();
            if person.seeded.once_in(4) {
                outcomes.push(person.owner().await);
            } else {
                person.stranger().await;
            }
        }
    }
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    assert!(count(Outcome::SignedIn) > 20, "{} by a short code", count(Outcome::SignedIn));
    let long = count(Outcome::SignedInByLongCode);
    assert!(long > 20, "{long} by a long code while short ones are blocked");
    let link = count(Outcome::SignedInByLink);
    assert!(link > 20, "{link} by a link");
}

/// Known and unknown walk through the same script: same budgets, same answers, byte by byte.
#[tokio::test]
async fn t14_unknown_names_meet_the_same_limits_with_the_same_answers() {
    for seed in 0..4 {
        let mut scripts = Vec::new();
        for somebody in [Somebody::known("noor"), Somebody::unknown("noor")] {
            let mut person = Person::new(somebody, seed);
            let mut script = Vec::new();
            for _ in 0..100 {
                person.wait();
                let mut session = person.start().await;
                script.push(session.create_event()["response"].clone());
                script.push(session.metadata().into());
                while person.answer(&mut session, "00000000", false).await {
                    script.push(session.define_event()["request"]["session"].clone());
                }
            }
            script.push(person.recorder.wrong.clone().into());
            script.push(person.recorder.sends.clone().into());
            scripts.push(script);
        }
        assert_eq!(scripts[0], scripts[1], "seed {seed}");
    }
}

/// Whoever asks without a pause gets no more messages than the budget and sees no difference.
#[tokio::test]
async fn t50_asking_without_end_sends_no_more_than_the_budget() {
    for seed in 0..20 {
        let mut person = Person::new(Somebody::known("noor"), seed);
        for _ in 0..300 {
            person.now += person.seeded.below(600);
            person.start().await;
        }
        let days = (person.now - NOW) / (24 * 3600) + 1;
        let sent = person.store.issued(&person.somebody.row());
        assert!(u64::from(sent) <= 15 * days, "{sent} in {days} days");
        assert!(sent >= 15, "only {sent}");
    }
}
