//! Owners and attackers of the built-in directory at random moments, on the function's own handler,
//! with stores in memory and a clock of its own. A failing run prints its seed and replays by it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use lifeguard_sign_in::occasion::Occasion;
use lifeguard_testkit::Seeded;
use serde_json::{Value, json};
use support::{Answer, Deployment, NOOR, text};

const GUESS: &str = "whatever an attacker tries";
const PASSWORDS: [&str; 3] =
    ["rivers run to the sea", "mountains stay where they are", "clouds come and go"];
/// Number of runs, and of visits of the owner in each.
const RUNS: u64 = 200;
const VISITS: usize = 5;
/// Waits of an attacker: the edges of the steps between mails and of the windows of guesses.
const WAITS: [u64; 14] = [0, 1, 7, 29, 30, 31, 299, 300, 301, 900, 1_199, 1_201, 3_601, 26 * 3_600];

/// A directory, its clock, and what the owner and the attackers know.
struct Simulation {
    stage: Deployment,
    random: Seeded,
    seed: u64,
    /// The owner's password, once there is an account.
    password: Option<usize>,
    /// Handles that attackers got, each with its route.
    handles: Vec<(Occasion, Value)>,
    starts: [usize; 3],
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let mut policy = support::policy();
        let mut random = Seeded::new(seed);
        policy["identity"]["code_under_attack"] = json!(random.once_in(2));
        let (password, handles) = (None, Vec::new());
        Self { stage: Deployment::with(&policy), random, seed, password, handles, starts: [0; 3] }
    }

    fn pass(&mut self, seconds: u64) {
        self.stage.now.set(self.stage.now.get() + seconds);
    }

    /// One act of an attacker, who has no mailbox and sees every handle.
    async fn attack(&mut self) {
        match self.random.below(6) {
            0 => {
                let asked = self.ask(Occasion::Recovery).await;
                self.handles.push((Occasion::Recovery, asked));
            }
            1 => {
                let asked = self.ask(Occasion::Registration).await;
                self.handles.push((Occasion::Registration, asked));
            }
            2 | 3 => {
                for _ in 0..=self.random.below(12) {
                    let answer = self.stage.password(NOOR, GUESS).await;
                    assert_eq!(answer.status, 400, "seed {}: a guess signs in", self.seed);
                    let handle = &answer.body["handle"];
                    if handle.is_string() {
                        self.handles.push((Occasion::SignIn, handle.clone()));
                    }
                }
            }
            _ => {
                let Some((occasion, handle)) = self.handles.last().cloned() else { return };
                for guess in 0..=self.random.below(22) {
                    let code = format!("{guess:010}");
                    let answer = self.confirm(occasion, &handle, &code, GUESS).await;
                    assert_eq!(answer.status, 400, "seed {}: a guess is right", self.seed);
                }
            }
        }
    }

    /// Attackers at the moments that they choose, for at most so many seconds.
    async fn meanwhile(&mut self, longest: u64) {
        let end = self.stage.now.get() + longest;
        for _ in 0..self.random.below(3) {
            let wait = WAITS[self.random.below(WAITS.len() as u64) as usize];
            let left = end - self.stage.now.get();
            self.pass(wait.min(left));
            self.attack().await;
        }
        let left = end - self.stage.now.get();
        let wait = self.random.below(left + 1);
        self.pass(wait);
    }

    /// Starts a recovery, a registration or a sign-in, and returns the handle.
    async fn ask(&self, occasion: Occasion) -> Value {
        let path = match occasion {
            Occasion::Registration => "/v1/accounts",
            Occasion::Recovery => "/v1/accounts/recovery",
            Occasion::SignIn => panic!("a sign-in has its password in it"),
        };
        let asked = self.stage.post(path, &json!({"email": NOOR})).await;
        assert_eq!(asked.status, 202, "seed {}: {}", self.seed, asked.body);
        asked.body["handle"].clone()
    }

    async fn confirm(
        &self,
        occasion: Occasion,
        handle: &Value,
        code: &str,
        password: &str,
    ) -> Answer {
        match occasion {
            Occasion::Registration => self.stage.confirm(NOOR, handle, code, password).await,
            Occasion::Recovery => self.stage.confirm_recovery(NOOR, handle, code, password).await,
            Occasion::SignIn => self.stage.password_with_code(NOOR, password, handle, code).await,
        }
    }

    /// One start of the owner, who waits for the newest mail and types its codes, the short one and
    /// then the long one.
    async fn start(&mut self, occasion: Occasion, handle: &Value, password: &str) -> Answer {
        self.meanwhile(40).await;
        let short = self.stage.mailed_for(occasion, NOOR).unwrap();
        let long = self.stage.long_mailed_for(occasion, NOOR).unwrap();
        let answer = self.confirm(occasion, handle, &short, password).await;
        if answer.status < 300 {
            return answer;
        }
        self.confirm(occasion, handle, &long, password).await
    }

    /// The owner gets in at the first or second start, and a session goes on whatever comes next.
    async fn visit(&mut self) {
        let (occasion, answer, starts) = match self.password {
            None => self.registers().await,
            Some(_) if self.random.once_in(2) => self.recovers().await,
            Some(password) => self.signs_in(PASSWORDS[password]).await,
        };
        assert!(starts <= 2, "seed {}: {occasion} took {starts} starts", self.seed);
        self.starts[starts] += 1;
        let Some(access) = answer.body["access_token"].as_str().map(str::to_owned) else { return };
        for _ in 0..3 {
            self.attack().await;
        }
        let alive = self.stage.get("/v1/identity", &access).await.status;
        assert_eq!(alive, 200, "seed {}: {occasion}: the session was hurt", self.seed);
        let refreshed = self.stage.refresh(&text(&answer.body["refresh_token"])).await;
        assert_eq!(refreshed.status, 200, "seed {}: {occasion}", self.seed);
    }

    async fn registers(&mut self) -> (&'static str, Answer, usize) {
        let mut answer = None;
        let mut starts = 0;
        while answer.as_ref().is_none_or(|answer: &Answer| answer.status != 204) && starts < 3 {
            starts += 1;
            let handle = self.ask(Occasion::Registration).await;
            answer = Some(self.start(Occasion::Registration, &handle, PASSWORDS[0]).await);
        }
        self.password = Some(0);
        ("registration", answer.unwrap(), starts)
    }

    async fn recovers(&mut self) -> (&'static str, Answer, usize) {
        let next = self.random.below(PASSWORDS.len() as u64) as usize;
        let mut answer = None;
        let mut starts = 0;
        while answer.as_ref().is_none_or(|answer: &Answer| answer.status != 200) && starts < 3 {
            starts += 1;
            let handle = self.ask(Occasion::Recovery).await;
            answer = Some(self.start(Occasion::Recovery, &handle, PASSWORDS[next]).await);
        }
        self.password = Some(next);
        ("recovery", answer.unwrap(), starts)
    }

    /// Signs in by password, with a mailed code where one is asked for; while the password is
    /// locked and none is, by a recovery.
    async fn signs_in(&mut self, password: &str) -> (&'static str, Answer, usize) {
        for starts in 1..=2 {
            let answer = self.stage.password(NOOR, password).await;
            let handle = answer.body["handle"].clone();
            if answer.status == 200 {
                return ("sign-in", answer, starts);
            }
            if !handle.is_string() {
                return self.recovers().await;
            }
            let answer = self.start(Occasion::SignIn, &handle, password).await;
            if answer.status == 200 {
                return ("sign-in with a code", answer, starts);
            }
        }
        let last = self.stage.password(NOOR, password).await;
        ("sign-in with a code", last, 3)
    }
}

#[tokio::test]
async fn t05_owner_of_the_mailbox_gets_in_whatever_attackers_do() {
    let mut starts = [0; 3];
    for seed in 0..RUNS {
        let mut run = Simulation::new(seed);
        for _ in 0..VISITS {
            for _ in 0..run.random.below(12) {
                let wait = WAITS[run.random.below(WAITS.len() as u64) as usize];
                run.pass(wait);
                run.attack().await;
            }
            run.visit().await;
        }
        for (sum, more) in starts.iter_mut().zip(run.starts) {
            *sum += more;
        }
    }
    assert_eq!(starts.iter().sum::<usize>(), RUNS as usize * VISITS);
    assert!(starts[2] > 10, "attackers never cost a start: {starts:?}");
}
