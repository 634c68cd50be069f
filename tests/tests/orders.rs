//! Every order of three concurrent invocations: each waits for its turn before each call, and every
//! way in which the turns can be given is played, from each start that matters. A reference of the
//! row expects the result of every call; an observer sees that a right answer counts once, that no
//! mail is doubled, and that the owner gets in afterwards.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod flow;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::pin::Pin;
use std::task::Poll;

use lifeguard_store::ChallengeTable;
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{EmbeddedDynamo, MemoryChallenges, Seeded, User};

use rows::observed::{Call, Observed, Turn};
use rows::reference::{Counts, Reference};
use rows::{Deployment, Done, MailService, Person, Session, Table, comparable};

/// An invocation, by the user's or by another session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    IssueOwner,
    IssueOther,
    ShortOwner,
    ShortOther,
    LongOther,
    LinkOwner,
    WrongOwner,
    WrongOther,
    Deliver,
    DeliverThrottled,
}

const KINDS: [Kind; 10] = [
    Kind::IssueOwner,
    Kind::IssueOther,
    Kind::ShortOwner,
    Kind::ShortOther,
    Kind::LongOther,
    Kind::LinkOwner,
    Kind::WrongOwner,
    Kind::WrongOther,
    Kind::Deliver,
    Kind::DeliverThrottled,
];

/// History of the row before the three invocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// No row: the sessions are from before it was erased.
    Erased,
    /// A challenge, and its mail waits in the stream.
    Waiting,
    /// A mail was sent, one second before the next one may go.
    BeforeStep,
    /// The first second in which the next mail may go.
    AtStep,
    /// The owner's short code was right a moment ago.
    Spent,
    /// One more wrong short code of the day is compared.
    LastGuess,
    /// No short code is compared today.
    Locked,
    /// One more wrong short code in a row is compared.
    LastInARow,
    /// Ten mails, and only the long code of the newest still lives.
    TenMails,
    /// The owner has an older challenge than the other session; both mails wait.
    TwoMails,
}

const STARTS: [Start; 10] = [
    Start::Erased,
    Start::Waiting,
    Start::BeforeStep,
    Start::AtStep,
    Start::Spent,
    Start::LastGuess,
    Start::Locked,
    Start::LastInARow,
    Start::TenMails,
    Start::TwoMails,
];

impl Start {
    /// True if a set of invocations is played from this start. Where no message waits, a second
    /// delivery finds what the first one found; where two wait, three deliveries and two beside a
    /// new challenge have hundreds of thousands of orders.
    fn plays(self, kinds: [Kind; 3]) -> bool {
        let count = |wanted: [Kind; 2]| kinds.iter().filter(|kind| wanted.contains(kind)).count();
        let deliveries = count([Kind::Deliver, Kind::DeliverThrottled]);
        let issues = count([Kind::IssueOwner, Kind::IssueOther]);
        match self {
            Self::Erased | Self::Waiting | Self::AtStep => true,
            Self::TwoMails => deliveries + issues <= 2,
            Self::BeforeStep
            | Self::Spent
            | Self::LastGuess
            | Self::Locked
            | Self::LastInARow
            | Self::TenMails => deliveries <= 1,
        }
    }
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const OWNER: [u8; 16] = [1; 16];
const OTHER: [u8; 16] = [2; 16];

/// A table at a start, with what has happened until then.
#[derive(Clone)]
struct Scene<T> {
    table: Observed<T>,
    person: Person,
    owner: Option<Session>,
    other: Option<Session>,
    mailed: Vec<u32>,
    /// The row as the description has it.
    reference: Reference,
    /// Number of calls until now.
    before: usize,
    /// Right answers until now, by the number of their challenge.
    right: BTreeMap<u32, BTreeSet<Kind>>,
}

impl<T: Table> Scene<T> {
    fn new(table: T, person: Person) -> Self {
        Self {
            table: Observed::new(table),
            person,
            owner: None,
            other: None,
            mailed: Vec::new(),
            reference: Reference::default(),
            before: 0,
            right: BTreeMap::new(),
        }
    }

    /// Takes out the mails that were sent, as the numbers of their challenges.
    fn mails(&self, deployment: &Deployment) -> Vec<u32> {
        deployment.mailed(&self.table.record.lock().unwrap().stream)
    }

    /// Numbers of the messages in the stream.
    fn waiting(&self) -> Vec<u32> {
        let record = self.table.record.lock().unwrap();
        record.stream.iter().map(|pending| pending.challenge.number).collect()
    }

    fn calls(&self) -> Vec<(u64, Call)> {
        self.table.record.lock().unwrap().calls.clone()
    }

    /// The table at a time, in the hands of one invocation.
    fn at(&self, now: u64, turn: Turn) -> Observed<T> {
        Observed { now, turn, ..self.table.clone() }
    }

    async fn issue(&mut self, deployment: &Deployment, at: u64, nonce: [u8; 16]) {
        let id = [u8::try_from(self.table.record.lock().unwrap().calls.len()).unwrap(); 16];
        let table = self.at(at, Turn::default());
        let Done::Started(session) = deployment.start(&table, &self.person, nonce, id).await else {
            panic!("a start starts")
        };
        if nonce == OWNER { self.owner = Some(session) } else { self.other = Some(session) }
    }

    async fn guess(&mut self, deployment: &Deployment, at: u64, times: u32) {
        let table = self.at(at, Turn::default());
        let other = self.other.clone().unwrap();
        for guess in 0..times {
            deployment.answer(&table, &self.person, &other, &format!("{guess:07}x")).await;
        }
    }

    async fn deliver(&mut self, deployment: &Deployment, at: u64) {
        let table = self.at(at, Turn::default());
        deployment.deliver(&table, &self.person, MailService::Sends).await;
        self.mailed.extend(self.mails(deployment));
    }

    /// Plays the history of a start.
    async fn prepare(&mut self, deployment: &Deployment, start: Start) {
        let since = match start {
            Start::BeforeStep => 29,
            Start::AtStep => 30,
            Start::TwoMails => 40,
            Start::TenMails => HOUR,
            _ => 12,
        };
        if start == Start::LastInARow {
            for (days, guesses) in [(5, 20), (4, 20), (3, 20), (2, 20), (1, 19)] {
                let day = NOW - days * DAY - HOUR;
                self.issue(deployment, day, OTHER).await;
                self.guess(deployment, day, guesses).await;
            }
        }
        if start == Start::TenMails {
            for hour in (2..=10).rev() {
                self.issue(deployment, NOW - hour * HOUR, OTHER).await;
            }
        }
        // The stream has given up those records.
        self.table.record.lock().unwrap().stream.clear();
        self.issue(deployment, NOW - since, OWNER).await;
        self.issue(deployment, NOW - 8, OTHER).await;
        match start {
            Start::Erased | Start::Waiting | Start::TwoMails => {}
            _ => self.deliver(deployment, NOW - 7).await,
        }
        match start {
            Start::LastGuess => self.guess(deployment, NOW - 6, 19).await,
            Start::Locked => self.guess(deployment, NOW - 6, 20).await,
            Start::Spent => {
                let (table, owner) = (self.at(NOW - 6, Turn::default()), self.owner.clone());
                let owner = owner.unwrap();
                let code = owner.short_code();
                let done = deployment.answer(&table, &self.person, &owner, &code).await;
                assert!(matches!(done, Done::Judged(true)));
                let number = owner.challenge().number;
                self.right.entry(number).or_default().insert(Kind::ShortOwner);
            }
            _ => {}
        }
    }

    /// The session of an invocation, and the answer that it gives.
    fn answer(&self, kind: Kind) -> (&Session, String) {
        let (owner, other) = (self.owner.as_ref().unwrap(), self.other.as_ref().unwrap());
        match kind {
            Kind::ShortOwner => (owner, owner.short_code()),
            Kind::ShortOther => (other, other.short_code()),
            Kind::LongOther => (other, other.long_code()),
            Kind::LinkOwner => (owner, owner.link(&self.person)),
            Kind::WrongOwner => (owner, "1234567x".to_owned()),
            Kind::WrongOther => (other, "7654321x".to_owned()),
            _ => panic!("{kind:?} answers nothing"),
        }
    }

    /// True if an answer fits its challenge and is not too late.
    fn fits(&self, kind: Kind) -> bool {
        let lives = |(session, _): (&Session, _), life: Option<u64>| {
            let challenge = session.challenge();
            NOW < challenge.issued + life.unwrap_or(challenge.life)
        };
        match kind {
            Kind::ShortOwner | Kind::ShortOther | Kind::LinkOwner => {
                lives(self.answer(kind), Some(600))
            }
            Kind::LongOther => lives(self.answer(kind), None),
            _ => false,
        }
    }

    /// One invocation, which waits for its turn before each call.
    fn invocation<'a>(
        &'a self,
        deployment: &'a Deployment,
        kind: Kind,
        place: u8,
        turn: Turn,
        reads_in_turn: bool,
    ) -> Pin<Box<dyn Future<Output = Done> + 'a>> {
        let table = self.at(NOW, turn);
        Box::pin(async move {
            let start = async |nonce| {
                deployment.start(&table, &self.person, nonce, [100 + place; 16]).await
            };
            let deliver = async |service| {
                if reads_in_turn {
                    table.turn.wait().await;
                }
                deployment.deliver(&table, &self.person, service).await
            };
            match kind {
                Kind::IssueOwner => start(OWNER).await,
                Kind::IssueOther => start(OTHER).await,
                Kind::Deliver => deliver(MailService::Sends).await,
                Kind::DeliverThrottled => deliver(MailService::Throttles).await,
                Kind::ShortOwner
                | Kind::ShortOther
                | Kind::LongOther
                | Kind::LinkOwner
                | Kind::WrongOwner
                | Kind::WrongOther => {
                    let (session, answer) = self.answer(kind);
                    deployment.answer(&table, &self.person, session, &answer).await
                }
            }
        })
    }

    /// Plays one order of three invocations.
    async fn play(&self, deployment: &Deployment, kinds: [Kind; 3], walk: &mut Walk) -> Vec<Done> {
        // Where nothing new is written, it makes no difference when a delivery reads the stream.
        let issues = [Kind::IssueOwner, Kind::IssueOther];
        let reads_in_turn = kinds.iter().any(|kind| issues.contains(kind));
        let turns = [Turn::gated(), Turn::gated(), Turn::gated()];
        let mut running: Vec<_> = (0_u8..)
            .zip(kinds)
            .zip(&turns)
            .map(|((place, kind), turn)| {
                self.invocation(deployment, kind, place, turn.clone(), reads_in_turn)
            })
            .collect();
        let mut done: [Option<Done>; 3] = [None, None, None];
        let mut open = Vec::new();
        for place in 0..3 {
            match go_on(&mut running[place], &turns[place]).await {
                None => open.push(place),
                ended => done[place] = ended,
            }
        }
        while !open.is_empty() {
            let choice = walk.choose(open.len());
            let place = open[choice];
            turns[place].give();
            if let Some(ended) = go_on(&mut running[place], &turns[place]).await {
                done[place] = Some(ended);
                open.remove(choice);
            }
        }
        done.into_iter().map(Option::unwrap).collect()
    }

    /// Checks what is true after every order.
    #[track_caller]
    fn check(&mut self, done: &[Done], order: &Order<'_>) {
        let live = self.reference.spent() + 1..=self.reference.newest();
        let mut locked = self.reference.is_locked(NOW);
        let mut rights = 0;
        let record = self.table.record.lock().unwrap();
        for (at, call) in &record.calls[self.before..] {
            self.reference.take(*at, call);
            locked |= self.reference.is_locked(NOW);
            rights += u32::from(call.is_success());
        }
        assert!(rights <= 1, "{order}: two right answers were written");
        let mut judged_right = false;
        let mut success_is_due = false;
        for (kind, done) in order.kinds.iter().zip(done) {
            match done {
                Done::Judged(right) => {
                    let number = self.answer(*kind).0.challenge().number;
                    let fits = self.fits(*kind);
                    assert!(fits || !right, "{order}: a wrong answer is right");
                    if *right {
                        judged_right = true;
                        self.right.entry(number).or_default().insert(*kind);
                    }
                    let short = matches!(kind, Kind::ShortOwner | Kind::ShortOther);
                    success_is_due |= fits && live.contains(&number) && !(short && locked);
                }
                Done::Started(session) => {
                    assert_ne!(
                        session.challenge().number,
                        0,
                        "{order}: a challenge that no answer fits"
                    );
                }
                Done::Delivered(_) => {}
            }
        }
        assert!(judged_right || !success_is_due, "{order}: no right answer counted");
        for (number, answers) in &self.right {
            assert_eq!(answers.len(), 1, "{order}: challenge {number} signed in {answers:?}");
        }
        for number in self.mailed.iter().collect::<BTreeSet<_>>() {
            let mails = self.mailed.iter().filter(|mailed| *mailed == number).count();
            assert_eq!(mails, 1, "{order}: mail {number} was sent twice");
        }
    }

    /// Delivers what still waits, and lets the owner sign in by the mail that was sent last.
    async fn owner_gets_in(&mut self, deployment: &Deployment, order: &Order<'_>) {
        self.deliver(deployment, NOW + 1).await;
        let newest = self.reference.newest();
        if newest > 0 {
            let mails = self.mailed.iter().filter(|number| **number == newest).count();
            assert_eq!(mails, 1, "{order}: mails about the newest challenge");
        }
        let table = self.at(NOW + 2, Turn::default());
        let started = deployment.start(&table, &self.person, [3; 16], [200; 16]).await;
        let Done::Started(session) = started else { panic!("{order}") };
        self.deliver(deployment, NOW + 3).await;
        let last = self.mailed.iter().max().unwrap();
        assert_eq!(*last, session.challenge().number, "{order}: the mail sent last is of another");
        let table = self.at(NOW + 20, Turn::default());
        for code in [session.short_code(), session.long_code()] {
            match deployment.answer(&table, &self.person, &session, &code).await {
                Done::Judged(true) => return,
                _ => continue,
            }
        }
        panic!("{order}: the owner is locked out: {:?}", self.reference);
    }
}

/// Lets an invocation go on until it waits for its next turn; its result if it has ended.
async fn go_on(
    invocation: &mut Pin<Box<dyn Future<Output = Done> + '_>>,
    turn: &Turn,
) -> Option<Done> {
    std::future::poll_fn(|context| match invocation.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if turn.is_awaited() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// One order, as messages of failures tell it.
struct Order<'a> {
    start: Start,
    kinds: [Kind; 3],
    choices: &'a [(usize, usize)],
}

impl Display for Order<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let choices: Vec<usize> = self.choices.iter().map(|(choice, _)| *choice).collect();
        write!(f, "{:?} {:?} {choices:?}", self.start, self.kinds)
    }
}

/// A walk through every order: the choices of one, each with the number of its alternatives.
#[derive(Default)]
struct Walk {
    choices: Vec<(usize, usize)>,
    at: usize,
    random: Option<Seeded>,
}

impl Walk {
    fn choose(&mut self, alternatives: usize) -> usize {
        if self.at == self.choices.len() {
            let draw = |random: &mut Seeded| random.below(alternatives as u64) as usize;
            let choice = self.random.as_mut().map_or(0, draw);
            self.choices.push((choice, alternatives));
        }
        let (choice, known) = self.choices[self.at];
        assert_eq!(known, alternatives, "the same choices lead to the same place");
        self.at += 1;
        choice
    }

    /// Returns the walk of one random order.
    fn random(seed: u64) -> Self {
        Self { random: Some(Seeded::new(seed)), ..Self::default() }
    }

    /// Goes to the next order; false after the last one.
    fn next(&mut self) -> bool {
        self.at = 0;
        while let Some((choice, alternatives)) = self.choices.pop() {
            if choice + 1 < alternatives {
                self.choices.push((choice + 1, alternatives));
                return true;
            }
        }
        false
    }
}

/// Every set of three invocations, two or three of a kind included.
fn triples() -> impl Iterator<Item = [Kind; 3]> {
    let from = |kind: Kind| KINDS.into_iter().filter(move |other| *other >= kind);
    KINDS.into_iter().flat_map(move |one| {
        from(one).flat_map(move |two| from(two).map(move |three| [one, two, three]))
    })
}

/// The scene of a start in memory.
async fn in_memory(deployment: &Deployment, start: Start) -> Scene<MemoryChallenges> {
    let person = Person::new(User::known("noor"));
    let mut scene = Scene::new(MemoryChallenges::default(), person);
    scene.prepare(deployment, start).await;
    if start == Start::Erased {
        scene.table.table = MemoryChallenges::default();
        scene.table.record.lock().unwrap().calls.clear();
    }
    for (at, call) in scene.calls() {
        scene.reference.take(at, &call);
        scene.before += 1;
    }
    scene
}

fn copied(scene: &Scene<MemoryChallenges>) -> Scene<MemoryChallenges> {
    let mut copy = scene.clone();
    copy.table = Observed::new(scene.table.table.copy());
    *copy.table.record.lock().unwrap() = scene.table.record.lock().unwrap().clone();
    copy
}

/// Plays every order from some starts in memory; returns the number of orders.
async fn every_order(starts: &[Start]) -> usize {
    let deployment = Deployment::new();
    let (mut orders, mut given_back) = (0, 0);
    for start in starts {
        let scene = in_memory(&deployment, *start).await;
        let mut ends = BTreeSet::new();
        for kinds in triples().filter(|kinds| start.plays(*kinds)) {
            let mut walk = Walk::default();
            loop {
                let mut scene = copied(&scene);
                let done = scene.play(&deployment, kinds, &mut walk).await;
                let order = Order { start: *start, kinds, choices: &walk.choices };
                scene.mailed.extend(scene.mails(&deployment));
                scene.mailed.sort_unstable();
                scene.check(&done, &order);
                let item = scene.table.table.item(&scene.person.user.row());
                assert_eq!(Counts::from_item(&item), scene.reference.counts(), "{order}");
                orders += 1;
                let calls = scene.calls();
                given_back += calls.iter().filter(|(_, call)| call.is_give_back()).count();
                // The owner's way in follows from the row, the stream and the mails alone.
                let waiting = scene.waiting();
                if ends.insert((item.to_string(), scene.mailed.clone(), waiting)) {
                    scene.owner_gets_in(&deployment, &order).await;
                }
                if !walk.next() {
                    break;
                }
            }
        }
        println!("{start:?}: {orders} orders, {} ends", ends.len());
    }
    assert!(given_back > 0, "no throttled mail was given back");
    orders
}

#[tokio::test]
async fn t31_every_order_of_three_keeps_the_promises() {
    let orders = every_order(&STARTS[..5]).await;
    println!("{orders} orders of three invocations");
}

#[tokio::test]
async fn t31_every_order_at_a_limit_keeps_the_promises() {
    let orders = every_order(&STARTS[5..]).await;
    println!("{orders} orders of three invocations, at a limit");
}

/// The same on the embedded database, for one order of every fifth set from every start: calls,
/// results and rows are those of the memory.
#[tokio::test]
async fn t31_orders_on_the_database_end_as_in_memory() {
    let deployment = Deployment::new();
    let dynamo = EmbeddedDynamo::start();
    let configuration = lifeguard_aws::stand_in(dynamo.url());
    let table = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
    let mut orders = 0;
    // A link names the user, and here each order has a user of its own.
    let sets = triples().filter(|kinds| !kinds.contains(&Kind::LinkOwner));
    let sets: Vec<[Kind; 3]> = sets.collect();
    for start in STARTS.into_iter().filter(|start| *start != Start::Erased) {
        let memory = in_memory(&deployment, start).await;
        let named = memory.person.named(&format!("{start:?}"));
        let mut prepared = Scene::new(table.clone(), named);
        prepared.prepare(&deployment, start).await;
        for kinds in sets.iter().skip(orders % 5).step_by(5) {
            orders += 1;
            let mut walk = Walk::random(orders as u64);
            let in_memory = copied(&memory);
            let expected = in_memory.play(&deployment, *kinds, &mut walk).await;
            let expected_mails = in_memory.mails(&deployment);
            walk.at = 0;
            let real = renamed(&prepared, &dynamo, orders);
            let done = real.play(&deployment, *kinds, &mut walk).await;
            let told = Order { start, kinds: *kinds, choices: &walk.choices };
            assert_eq!(results(&done), results(&expected), "{told}");
            assert_eq!(real.mails(&deployment), expected_mails, "{told}");
            assert_eq!(real.calls(), in_memory.calls(), "{told}");
            let row = dynamo.item(CHALLENGES, real.person.user.row().as_str());
            let expected = in_memory.table.table.item(&in_memory.person.user.row());
            assert_eq!(comparable(&row), comparable(&expected), "{told}");
        }
    }
    println!("{orders} orders on the embedded database");
}

/// Returns the same scene for a user of another name, with a copy of the row.
fn renamed(
    scene: &Scene<ChallengeTable>,
    dynamo: &EmbeddedDynamo,
    number: usize,
) -> Scene<ChallengeTable> {
    let mut item = dynamo.item(CHALLENGES, scene.person.user.row().as_str());
    let mut copy = scene.clone();
    copy.person = scene.person.named(&format!("user-{number}"));
    item["pk"] = serde_json::json!({"S": copy.person.user.row().as_str()});
    dynamo.put(CHALLENGES, item);
    copy.table = Observed::new(scene.table.table.clone());
    *copy.table.record.lock().unwrap() = scene.table.record.lock().unwrap().clone();
    copy
}

/// Results as the callers have them.
fn results(done: &[Done]) -> Vec<String> {
    let result = |done: &Done| match done {
        Done::Started(session) => format!("{:?} {}", session.challenge(), session.shown()),
        Done::Judged(right) => format!("{right}"),
        Done::Delivered(again) => format!("{again} come again"),
    };
    done.iter().map(result).collect()
}
