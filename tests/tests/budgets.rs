//! Ten thousand sign-ins of guessing, in virtual time, with the owner among them. A recorder of
//! its own, which knows the limits as numbers and none of our code, checks every one; and every
//! start of the owner signs in, whatever the attackers did before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod flow;

use create_auth_challenge::ClockAndRandomness;
use lifeguard_sign_in::client_policy::{LinkBinding, Method};
use lifeguard_sign_in::ticket::Origin;
use lifeguard_testkit::answers::{SAMPLE, forged_link, link, long_code, short_code};
use lifeguard_testkit::fixtures::{NOW, code_policy, link_policy};
use lifeguard_testkit::{MemoryChallenges, Scenario, Seeded, User};
use serde_json::Value;

use flow::{Functions, response};

const USERS: u64 = 40;
const SESSIONS_EACH: u64 = 250;

/// Events of one user, as an observer counts them.
#[derive(Default)]
struct Recorder {
    /// Times at which wrong short codes were counted.
    wrong: Vec<u64>,
    /// Wrong short codes in a row.
    in_a_row: u64,
    /// Times of mails, less the newest for each success.
    mails: Vec<u64>,
    /// True after a success, until the next mail.
    spent: bool,
}

const DAY: u64 = 24 * 3600;

/// Counts the times that lie within `window` seconds before `now`.
fn within(times: &[u64], window: u64, now: u64) -> usize {
    times.iter().filter(|at| **at + window > now).count()
}

impl Recorder {
    /// True if another wrong short code would be one too many.
    fn is_used_up(&self, now: u64) -> bool {
        within(&self.wrong, DAY, now) >= 20 || self.in_a_row >= 100
    }

    fn wrong(&mut self, now: u64) {
        self.wrong.push(now);
        self.in_a_row += 1;
        assert!(within(&self.wrong, DAY, now) <= 20, "twenty in a day");
        assert!(self.in_a_row <= 100, "a hundred in a row");
    }

    fn success(&mut self) {
        self.in_a_row = 0;
        self.spent = true;
        self.mails.pop();
    }

    fn sent(&mut self, now: u64) {
        let gap = match within(&self.mails, DAY, now) {
            0 | 1 => 30,
            2..=5 => 300,
            6..=9 => 1_200,
            _ => 3_600,
        };
        if let Some(last) = self.mails.last() {
            assert!(self.spent || now >= last + gap, "a mail {} s after one", now - last);
        }
        self.spent = false;
        self.mails.push(now);
    }
}

/// The sign-ins in the name of one user: the owner's and the attackers'.
struct SignIns {
    functions: Functions,
    method: Method,
    store: MemoryChallenges,
    user: User,
    seeded: Seeded,
    now: u64,
    recorder: Recorder,
}

impl SignIns {
    /// Every second user signs in by links.
    fn new(user: User, seed: u64) -> Self {
        let (functions, method) = match seed % 2 {
            0 => (Functions::new(&code_policy()), Method::EmailOtp),
            _ => (Functions::new(&link_policy()), Method::MagicLink),
        };
        Self {
            functions,
            method,
            store: MemoryChallenges::default(),
            user,
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
    async fn start(&mut self) -> Scenario {
        let scenario = Scenario::new(&self.user);
        assert_eq!(self.functions.define(&scenario)["issueTokens"], false);
        let before = self.store.issued(&self.user.row());
        let clock = ClockAndRandomness {
            now: self.now,
            id: self.seeded.bytes(),
            nonce: self.seeded.bytes(),
        };
        let reply = response(self.functions.create(&self.store, &scenario, clock).await);
        assert_eq!(shape(&reply), format!("{} 2 62 62", self.method.name()));
        match self.store.issued(&self.user.row()) - before {
            0 => {}
            1 => self.recorder.sent(self.now),
            more => panic!("{more} messages for one sign-in"),
        }
        scenario.challenged(reply)
    }

    /// Answers, and checks the verdict against the recorder. Returns true if the sign-in may go on.
    async fn answer(&mut self, scenario: &mut Scenario, given: &str, fits: bool) -> bool {
        let row = self.user.row();
        let before = self.store.wrong_in_a_row(&row);
        assert_eq!(before, self.recorder.in_a_row, "only a success resets the count");
        let reply = self.functions.verify(&self.store, scenario, given, self.now).await;
        let reply = response(reply);
        let right = reply["answerCorrect"].as_bool().unwrap();
        assert!(fits || !right, "a wrong answer is never right");
        let short = !given.contains('.') && given.len() < 16;
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
        scenario.judged(right);
        let next = self.functions.define(scenario);
        assert_eq!(next["issueTokens"], right);
        next["failAuthentication"] == false && !right
    }

    /// An attacker guesses until the session ends; some only ask for messages.
    async fn attack(&mut self) {
        let mut scenario = self.start().await;
        if self.seeded.once_in(3) {
            return;
        }
        loop {
            self.now += self.seeded.below(4);
            let ticket = scenario.ticket();
            let guess = match self.seeded.below(10) {
                0 | 1 => {
                    forged_link(&ticket.challenge, LinkBinding::SameSession, &self.user.user_name)
                }
                2 => format!("{:016X}", self.seeded.draw()),
                _ => format!("{:08}", self.seeded.below(100_000_000)),
            };
            let fits = guess == short_code(&ticket.challenge, SAMPLE);
            if !self.answer(&mut scenario, &guess, fits).await {
                return;
            }
        }
    }

    /// The owner reads the newest mail and types its short code or follows its link, and types the
    /// long code if that is refused. This one start always signs in.
    async fn owner(&mut self) -> Way {
        let mut scenario = self.start().await;
        let ticket = scenario.ticket();
        assert_ne!(ticket.challenge.number, 0, "every start has a challenge");
        self.now += self.seeded.below(20);
        let by_link = self.method == Method::MagicLink
            && ticket.origin == Origin::Caused
            && self.seeded.once_in(2);
        let (first, way) = match by_link {
            true => {
                (link(&ticket.challenge, LinkBinding::SameSession, &self.user.user_name), Way::Link)
            }
            false => (short_code(&ticket.challenge, SAMPLE), Way::ShortCode),
        };
        let used_up = self.recorder.is_used_up(self.now);
        let old = self.now >= ticket.challenge.issued + 600;
        self.answer(&mut scenario, &first, true).await;
        if scenario.is_right() {
            return way;
        }
        assert!(used_up || old, "the owner's right answer is refused for no reason");
        self.answer(&mut scenario, &long_code(&ticket.challenge, SAMPLE), true).await;
        assert!(scenario.is_right(), "the long code of the newest mail always works");
        Way::LongCode
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ShortCode,
    LongCode,
    Link,
}

/// Part of a challenge that the client and Cognito's limits see.
fn shape(reply: &Value) -> String {
    let length = |value: &Value| value.as_str().map_or(0, str::len);
    let shown = &reply["publicChallengeParameters"];
    assert_eq!(shown.as_object().map(serde_json::Map::len), Some(2), "{shown}");
    format!(
        "{} {} {} {}",
        shown["challenge"].as_str().unwrap_or_default(),
        length(&shown["mark"]),
        length(&reply["privateChallengeParameters"]["challenge"]),
        length(&reply["challengeMetadata"]),
    )
}

#[tokio::test]
async fn t01_ten_thousand_guessing_sessions_stay_within_every_window() {
    let mut hundred_in_a_row = 0;
    let mut counted = 0;
    for seed in 0..USERS {
        let mut sign_ins = SignIns::new(User::known(&format!("user-{seed}")), seed);
        for _ in 0..SESSIONS_EACH {
            sign_ins.wait();
            sign_ins.attack().await;
        }
        counted += sign_ins.recorder.wrong.len();
        hundred_in_a_row += u32::from(sign_ins.recorder.in_a_row == 100);
        // After every attack, the newest mail has a code that signs the owner in, at once.
        let blocked = sign_ins.recorder.is_used_up(sign_ins.now);
        let way = sign_ins.owner().await;
        assert!(way != Way::ShortCode || !blocked, "user {seed}");
    }
    assert!(counted > 1000, "{counted} guesses tested the windows");
    assert!(hundred_in_a_row > 0, "no user reached the hundred");
}

#[tokio::test]
async fn t05_owner_signs_in_beside_a_guessing_attacker() {
    let mut ways = Vec::new();
    for seed in 100..110 {
        let mut sign_ins = SignIns::new(User::known("noor"), seed);
        for _ in 0..200 {
            sign_ins.wait();
            if sign_ins.seeded.once_in(4) {
                ways.push(sign_ins.owner().await);
            } else {
                sign_ins.attack().await;
            }
        }
    }
    let count = |wanted| ways.iter().filter(|way| **way == wanted).count();
    assert!(ways.len() > 300, "{} starts of owners, each signed in", ways.len());
    assert!(count(Way::ShortCode) > 20, "{} by a short code", count(Way::ShortCode));
    let long = count(Way::LongCode);
    assert!(long > 20, "{long} by a long code while short ones are blocked");
    let link = count(Way::Link);
    assert!(link > 20, "{link} by a link");
}

/// Known and unknown walk through the same script: same budgets, same answers, byte by byte.
#[tokio::test]
async fn t14_unknown_names_meet_the_same_limits_with_the_same_answers() {
    for seed in 0..4 {
        let mut scripts = Vec::new();
        for user in [User::known("noor"), User::unknown("noor")] {
            let mut sign_ins = SignIns::new(user, seed);
            let mut script = Vec::new();
            for _ in 0..100 {
                sign_ins.wait();
                let mut scenario = sign_ins.start().await;
                script.push(scenario.create_event()["response"].clone());
                script.push(scenario.metadata().into());
                while sign_ins.answer(&mut scenario, "00000000", false).await {
                    script.push(scenario.define_event()["request"]["session"].clone());
                }
            }
            script.push(sign_ins.recorder.wrong.clone().into());
            script.push(sign_ins.recorder.mails.clone().into());
            scripts.push(script);
        }
        assert_eq!(scripts[0], scripts[1], "seed {seed}");
    }
}

/// An attacker who asks without a pause gets at most 32 mails in any day, and sees no difference.
#[tokio::test]
async fn t50_asking_without_end_gets_32_mails_a_day() {
    for seed in 0..20 {
        let mut sign_ins = SignIns::new(User::known("noor"), seed);
        for _ in 0..600 {
            sign_ins.now += sign_ins.seeded.below(600);
            sign_ins.start().await;
        }
        let mails = &sign_ins.recorder.mails;
        let busiest = mails.iter().map(|at| within(mails, DAY, *at) - after(mails, *at)).max();
        assert!(busiest <= Some(32), "{busiest:?} mails in a day");
        assert!(busiest > Some(25), "only {busiest:?}");
    }
}

/// Counts the times after `now`.
fn after(times: &[u64], now: u64) -> usize {
    times.iter().filter(|at| **at > now).count()
}
