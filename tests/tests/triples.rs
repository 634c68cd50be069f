//! Every triple out of an issue by the owner or an attacker, a right short or long code, a wrong
//! short one, a delivery, one that the mail service throttles, and the re-invocation of each: in
//! turn, for known and unknown users, in memory and on the embedded database. A reference of the
//! row expects the result of every call, and after every triple the owner gets in.
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

use lifeguard_store::ChallengeTable;
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::fixtures::NOW;
use lifeguard_testkit::{EmbeddedDynamo, MemoryChallenges, User};
use serde_json::{Value, json};

use rows::observed::{Call, Observed};
use rows::reference::{Counts, Reference};
use rows::{Deployment, Done, MailService, Person, Session, Table, comparable};

/// An invocation of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    IssueOwner,
    IssueAttacker,
    RightShort,
    RightLong,
    WrongShort,
    Deliver,
    GiveBack,
}

const KINDS: [Kind; 7] = [
    Kind::IssueOwner,
    Kind::IssueAttacker,
    Kind::RightShort,
    Kind::RightLong,
    Kind::WrongShort,
    Kind::Deliver,
    Kind::GiveBack,
];

/// A step of a triple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A new event.
    New(Kind),
    /// The last event of this kind again; if there was none, a new one with a lost answer, and
    /// the same again.
    Again(Kind),
}

/// Every step, in the order in which the triples are walked.
fn steps() -> impl Iterator<Item = Step> {
    KINDS.into_iter().flat_map(|kind| [Step::New(kind), Step::Again(kind)])
}

/// An event that was sent, and may be sent again.
#[derive(Clone, Debug)]
enum Event {
    Start([u8; 16]),
    Answer(Session, String),
    Delivery(MailService),
}

/// A user's row on one table, with what has happened until now.
#[derive(Clone)]
struct Scene<T> {
    table: Observed<T>,
    person: Person,
    owner: Option<Session>,
    attacker: Option<Session>,
    events: BTreeMap<Kind, Event>,
    reference: Reference,
    /// Number of calls that the reference has.
    taken: usize,
    mailed: Vec<u32>,
    /// Right answers, by the number of their challenge.
    right: BTreeMap<u32, BTreeSet<String>>,
}

impl<T: Table> Scene<T> {
    /// A challenge of the owner, which an attacker's session joined; its mail waits.
    async fn begin(deployment: &Deployment, table: T, person: Person) -> Self {
        let mut scene = Self {
            table: Observed::new(table),
            person,
            owner: None,
            attacker: None,
            events: BTreeMap::new(),
            reference: Reference::default(),
            taken: 0,
            mailed: Vec::new(),
            right: BTreeMap::new(),
        };
        for (kind, at) in [(Kind::IssueOwner, NOW - 16), (Kind::IssueAttacker, NOW - 15)] {
            scene.step(deployment, Step::New(kind), at, 0).await;
        }
        scene.events.clear();
        scene
    }

    fn event(&self, kind: Kind, place: u8) -> Event {
        let (owner, attacker) = (self.owner.as_ref(), self.attacker.as_ref());
        match kind {
            Kind::IssueOwner => Event::Start([10 + place; 16]),
            Kind::IssueAttacker => Event::Start([20 + place; 16]),
            Kind::RightShort => Event::Answer(owner.unwrap().clone(), owner.unwrap().short_code()),
            Kind::RightLong => Event::Answer(owner.unwrap().clone(), owner.unwrap().long_code()),
            Kind::WrongShort => Event::Answer(attacker.unwrap().clone(), format!("{place:07}x")),
            Kind::Deliver => Event::Delivery(MailService::Sends),
            Kind::GiveBack => Event::Delivery(MailService::Throttles),
        }
    }

    /// Takes one step of a triple at its place; returns what the caller has.
    async fn step(&mut self, deployment: &Deployment, step: Step, now: u64, place: u8) -> Done {
        let (kind, known) = match step {
            Step::New(kind) => (kind, None),
            Step::Again(kind) => (kind, self.events.get(&kind).cloned()),
        };
        let done = match (step, known) {
            (Step::New(_), _) => {
                let event = self.event(kind, place);
                self.invoke(deployment, kind, event, now, 100 + place).await
            }
            (Step::Again(_), Some(event)) => {
                self.invoke(deployment, kind, event, now, 150 + place).await
            }
            (Step::Again(_), None) => {
                let event = self.event(kind, place);
                let first = self.invoke(deployment, kind, event.clone(), now, 100 + place).await;
                let again = self.invoke(deployment, kind, event, now + 5, 150 + place).await;
                match (&first, &again) {
                    (Done::Judged(first), Done::Judged(again)) => assert_eq!(first, again),
                    (Done::Started(first), Done::Started(again)) => {
                        assert_eq!(first.challenge(), again.challenge());
                    }
                    _ => {}
                }
                again
            }
        };
        self.check(deployment);
        done
    }

    async fn invoke(
        &mut self,
        deployment: &Deployment,
        kind: Kind,
        event: Event,
        now: u64,
        id: u8,
    ) -> Done {
        self.events.insert(kind, event.clone());
        let table = Observed { now, ..self.table.clone() };
        let (person, waiting) = (&self.person, self.reference.newest());
        let done = match &event {
            Event::Start(nonce) => deployment.start(&table, person, *nonce, [id; 16]).await,
            Event::Answer(session, answer) => {
                deployment.answer(&table, person, session, answer).await
            }
            Event::Delivery(service) => deployment.deliver(&table, person, *service).await,
        };
        match (&done, &event) {
            (Done::Started(session), _) => {
                assert!(
                    session.challenge().number >= waiting,
                    "a challenge that no answer fits, or an old one"
                );
                let own =
                    if kind == Kind::IssueOwner { &mut self.owner } else { &mut self.attacker };
                *own = Some(session.clone());
            }
            (Done::Judged(true), Event::Answer(session, answer)) => {
                assert!([Kind::RightShort, Kind::RightLong].contains(&kind), "{kind:?} is right");
                assert!(self.is_known(), "an unknown user is signed in");
                let number = session.challenge().number;
                self.right.entry(number).or_default().insert(answer.clone());
            }
            _ => {}
        }
        done
    }

    fn gave_back(&self) -> bool {
        let record = self.table.record.lock().unwrap();
        record.calls.iter().any(|(_, call)| call.is_give_back())
    }

    fn is_known(&self) -> bool {
        self.table.record.lock().unwrap().stream.iter().all(|pending| pending.has_recipient())
    }

    /// Checks what is true after every step.
    fn check(&mut self, deployment: &Deployment) {
        let record = self.table.record.lock().unwrap();
        for (at, call) in &record.calls[self.taken..] {
            self.reference.take(*at, call);
        }
        self.taken = record.calls.len();
        self.mailed.extend(deployment.mailed(&record.stream));
        self.mailed.sort_unstable();
        let mailed: BTreeSet<&u32> = self.mailed.iter().collect();
        assert_eq!(mailed.len(), self.mailed.len(), "a mail was sent twice: {:?}", self.mailed);
        for (number, answers) in &self.right {
            assert_eq!(answers.len(), 1, "challenge {number} signed in twice");
        }
    }

    /// Calls of the functions that answer a client.
    fn visible(&self) -> Vec<Call> {
        let record = self.table.record.lock().unwrap();
        let calls = record.calls.iter().map(|(_, call)| call.clone());
        let visible = |call: &Call| matches!(call, Call::Issue { .. } | Call::Record { .. });
        calls.filter(visible).collect()
    }

    /// Returns the same scene on a table and under a name of its own.
    fn forked(&self, table: T, person: Person) -> Self {
        let mut fork = self.clone();
        fork.table = Observed::new(table);
        *fork.table.record.lock().unwrap() = self.table.record.lock().unwrap().clone();
        fork.person = person;
        fork
    }

    /// Delivers what waits, and lets the owner sign in by the mail that was sent last; fails the test
    /// if the owner does not get in.
    async fn owner_gets_in(&mut self, deployment: &Deployment, now: u64) {
        let deliver = Step::New(Kind::Deliver);
        self.step(deployment, deliver, now, 90).await;
        self.step(deployment, Step::New(Kind::IssueOwner), now + 1, 91).await;
        self.step(deployment, deliver, now + 2, 92).await;
        let session = self.owner.clone().unwrap();
        assert_eq!(self.mailed.last(), Some(&session.challenge().number), "another mail is newer");
        for kind in [Kind::RightShort, Kind::RightLong] {
            if let Done::Judged(true) = self.step(deployment, Step::New(kind), now + 20, 93).await {
                return;
            }
        }
        panic!("the owner is locked out: {:?}", self.reference);
    }
}

impl Scene<MemoryChallenges> {
    fn fork(&self) -> Self {
        self.forked(self.table.table.copy(), self.person.clone())
    }

    fn item(&self) -> Value {
        self.table.table.item(&self.person.user.row())
    }
}

/// The embedded database, on which every scene has a user of its own.
struct Database {
    dynamo: EmbeddedDynamo,
    users: usize,
}

impl Database {
    /// Copies a scene with its item.
    fn fork(&mut self, scene: &Scene<ChallengeTable>, item: &Value) -> Scene<ChallengeTable> {
        self.users += 1;
        let person = scene.person.named(&format!("user-{}", self.users));
        let mut item = item.clone();
        item["pk"] = json!({"S": person.user.row().as_str()});
        self.dynamo.put(CHALLENGES, item);
        scene.forked(scene.table.table.clone(), person)
    }

    fn item(&self, scene: &Scene<ChallengeTable>) -> Value {
        self.dynamo.item(CHALLENGES, scene.person.user.row().as_str())
    }
}

/// The scenes in which one triple is played at once.
struct Scenes {
    known: Scene<MemoryChallenges>,
    unknown: Scene<MemoryChallenges>,
    /// The known or the unknown user on the embedded database, with the item.
    real: Option<(Scene<ChallengeTable>, Value)>,
}

/// User with a row on the embedded database as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OnDatabase {
    Known,
    Unknown,
    None,
}

struct Walk {
    deployment: Deployment,
    database: Database,
    on_database: OnDatabase,
    /// Seconds between the steps.
    pace: u64,
    ends: BTreeSet<String>,
    triples: usize,
    /// Triples in which a claim was given back.
    given_back: usize,
}

impl Walk {
    async fn run(pace: u64, on_database: OnDatabase) -> Self {
        let database = Database { dynamo: EmbeddedDynamo::start(), users: 0 };
        let deployment = Deployment::new();
        let known = Person::new(User::known("noor"));
        let unknown = Person::new(User::unknown("noor"));
        let real = match on_database {
            OnDatabase::Known => Some(&known),
            OnDatabase::Unknown => Some(&unknown),
            OnDatabase::None => None,
        };
        let configuration = lifeguard_aws::stand_in(database.dynamo.url());
        let table = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
        let real = match real {
            Some(person) => {
                let scene = Scene::begin(&deployment, table, person.named("first")).await;
                let item = database.item(&scene);
                Some((scene, item))
            }
            None => None,
        };
        let memory = MemoryChallenges::default;
        let scenes = Scenes {
            known: Scene::begin(&deployment, memory(), known).await,
            unknown: Scene::begin(&deployment, memory(), unknown).await,
            real,
        };
        let ends = BTreeSet::new();
        let mut walk =
            Self { deployment, database, on_database, pace, ends, triples: 0, given_back: 0 };
        walk.go_on(&scenes, &mut Vec::new()).await;
        walk
    }

    /// Takes every step from here, and every further one until three are taken.
    async fn go_on(&mut self, scenes: &Scenes, taken: &mut Vec<Step>) {
        for step in steps() {
            taken.push(step);
            let scenes = self.take(scenes, taken).await;
            match taken.len() {
                3 => {
                    self.triples += 1;
                    self.given_back += usize::from(scenes.known.gave_back());
                    self.end(scenes.known).await;
                }
                _ => Box::pin(self.go_on(&scenes, taken)).await,
            }
            taken.pop();
        }
    }

    async fn take(&mut self, scenes: &Scenes, taken: &[Step]) -> Scenes {
        let (deployment, step) = (&self.deployment, *taken.last().unwrap());
        let place = u8::try_from(taken.len()).unwrap();
        let now = NOW + u64::from(place - 1) * self.pace;
        let (mut known, mut unknown) = (scenes.known.fork(), scenes.unknown.fork());
        let done = known.step(deployment, step, now, place).await;
        let done_unknown = unknown.step(deployment, step, now, place).await;
        // Until the owner signs in, nothing differs but what is in a mailbox.
        if known.right.is_empty() {
            assert_eq!(known.visible(), unknown.visible(), "{taken:?}");
            match (&done, &done_unknown) {
                (Done::Started(one), Done::Started(other)) => assert_eq!(one, other, "{taken:?}"),
                (Done::Judged(one), Done::Judged(other)) => assert_eq!(one, other, "{taken:?}"),
                (Done::Delivered(_), Done::Delivered(_)) => {}
                other => panic!("{taken:?}: {other:?}"),
            }
        }
        for scene in [&known, &unknown] {
            assert_eq!(Counts::from_item(&scene.item()), scene.reference.counts(), "{taken:?}");
        }
        let mut real = None;
        if let Some((scene, item)) = &scenes.real {
            let memory = if self.on_database == OnDatabase::Known { &known } else { &unknown };
            let mut scene = self.database.fork(scene, item);
            scene.step(&self.deployment, step, now, place).await;
            let calls = |record: &rows::observed::Record| record.calls.clone();
            assert_eq!(
                calls(&scene.table.record.lock().unwrap()),
                calls(&memory.table.record.lock().unwrap()),
                "{taken:?}"
            );
            assert_eq!(scene.mailed, memory.mailed, "{taken:?}");
            let item = self.database.item(&scene);
            assert_eq!(comparable(&item), comparable(&memory.item()), "{taken:?}");
            real = Some((scene, item));
        }
        Scenes { known, unknown, real }
    }

    /// Lets the owner sign in, once for each row, stream and mailbox that a triple leads to.
    async fn end(&mut self, mut scene: Scene<MemoryChallenges>) {
        let waiting: Vec<u32> = {
            let record = scene.table.record.lock().unwrap();
            record.stream.iter().map(|pending| pending.challenge.number).collect()
        };
        if self.ends.insert(format!("{} {waiting:?} {:?}", scene.item(), scene.mailed)) {
            scene.owner_gets_in(&self.deployment, NOW + 2 * self.pace + 6).await;
        }
    }
}

async fn play(pace: u64, on_database: OnDatabase) {
    let Walk { triples, ends, given_back, .. } = Walk::run(pace, on_database).await;
    println!("{triples} triples {pace} s apart, {} ends, {given_back} gave back", ends.len());
    assert!(given_back > 0, "no throttled mail was given back");
    assert_eq!(triples, 14 * 14 * 14);
}

#[tokio::test]
async fn t05_every_triple_leaves_the_owner_a_way_in() {
    play(7, OnDatabase::Known).await;
}

#[tokio::test]
async fn t05_triples_across_the_steps_leave_the_owner_a_way_in() {
    play(40, OnDatabase::None).await;
    play(310, OnDatabase::None).await;
}

#[tokio::test]
async fn t12_every_triple_is_the_same_for_unknown_users() {
    play(31, OnDatabase::Unknown).await;
}
