//! The sign-in by mail of a user pool, at each of its app clients.

use lifeguard_aws::CodeKeys;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::row::{Factor, RowKey};
use lifeguard_sign_in::ticket::Origin;
use lifeguard_testkit::Seeded;
use lifeguard_testkit::fixtures::POOL;

use super::{Started, Ways};
use crate::clause::Clause;
use crate::cognito::{Events, Session};
use crate::deployment::Deployment;
use crate::faults::Faults;
use crate::hazards::Hazards;
use crate::keys::SimulatedSecret;
use crate::rows::Rows;
use crate::system::{Call, Environment, Outcome, System};
use crate::table::Table;
use crate::triggers::Triggers;

impl Ways for Triggers {
    type Session = Session;
    const SPARE: u64 = 5;

    fn system(seed: u64, rows: Rows, journal: bool) -> System<Self> {
        let mut random = Seeded::new(seed);
        let deployment = Deployment::draw(&mut random);
        let user_name = format!("user-{seed}");
        let policy = deployment.create.policy.clone();
        let keys = deployment.clients.iter().map(|client| {
            let rule = policy.clients[&client.id].password;
            RowKey::new(POOL, Factor::for_mail(rule), &client.id, &user_name)
        });
        let keys: Vec<RowKey> = keys.collect();
        let events = deployment.clients.iter().map(|client| Events::new(client, &user_name));
        let events = events.collect();
        let hazards = Hazards::draw(&mut random);
        let faults = Faults::default();
        let table = Table::new(rows, faults.clone());
        let functions = Self { deployment, events, keys: CodeKeys::new(SimulatedSecret) };
        System::new(
            functions,
            Environment { table, faults, hazards, random, policy, journal },
            keys,
        )
    }

    fn name(&self, _: usize) -> &'static str {
        "sign-ins"
    }

    fn digits(&self, place: usize) -> u32 {
        self.deployment.clients[place].digits
    }

    fn answers(&self, place: usize) -> u64 {
        self.deployment.clients[place].answers
    }

    fn has_other_devices(&self, _: usize) -> bool {
        true
    }

    fn keeps_older_codes(&self, _: usize) -> bool {
        true
    }

    fn place(session: &Session) -> usize {
        session.client
    }

    fn number(session: &Session) -> u32 {
        session.ticket().map_or(0, |ticket| ticket.challenge.number)
    }

    /// The link works in every session, or this session has caused it; and the client allows
    /// another answer behind it.
    fn follows_link(system: &mut System, session: &Session, number: u32) -> bool {
        let client = &system.functions.deployment.clients[session.client];
        let own = session.ticket().is_some_and(|ticket| {
            ticket.origin == Origin::Caused && ticket.challenge.number == number
        });
        let works = client.any_browser || own;
        works && client.answers > 3 && system.random.once_in(3)
    }

    async fn choose(system: &mut System) -> Result<usize, Clause> {
        Ok(system.any_place())
    }

    async fn start(system: &mut System, place: usize) -> Result<Call<Started<Session>>, Clause> {
        let asked = system.any_method(place);
        Ok(match system.start(place, asked).await? {
            Call::Done(session) => Call::Done(Started::Waits(session)),
            Call::Disturbed => Call::Disturbed,
        })
    }

    async fn attack(system: &mut System, place: usize) -> Result<Option<Session>, Clause> {
        let asked = system.any_method(place);
        Ok(match system.start(place, asked).await? {
            Call::Done(session) => Some(session),
            Call::Disturbed => None,
        })
    }

    async fn answer(
        system: &mut System,
        session: &mut Session,
        answer: &str,
    ) -> Result<Call<Outcome>, Clause> {
        system.answer(session, answer).await
    }
}

impl System {
    /// Any method of a client.
    fn any_method(&mut self, client: usize) -> Method {
        let methods = &self.functions.deployment.clients[client].methods;
        methods[self.random.below(methods.len() as u64) as usize]
    }
}
