//! One user's challenges under the functions of a sign-in, on any table: invocations that can wait
//! before each call, and what an observer concludes from their calls.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod observed;
pub(crate) mod pending;
pub(crate) mod reference;

use std::sync::Arc;

use create_auth_challenge::ClockAndRandomness;
use lifeguard_aws::CodeKeys;
use lifeguard_sign_in::client_policy::LinkBinding;
use lifeguard_sign_in::ticket::{Challenge, Ticket, ask_for_method};
use lifeguard_store::Outbox;
use lifeguard_store::challenges::Challenges;
use lifeguard_testkit::answers::{SAMPLE, link, long_code, short_code};
use lifeguard_testkit::fixtures::{REDIRECT, policy_of_client, settings};
use lifeguard_testkit::{Behaviour, KeySecret, User, with};
use serde_json::{Value, json};

use self::observed::Observed;
use self::pending::Pending;
use super::flow::{Functions, response};

/// A table of challenges.
pub(crate) trait Table: Challenges + Outbox + Clone + Send + Sync {}

impl<T: Challenges + Outbox + Clone + Send + Sync> Table for T {}

/// The functions of one deployment. Its client has two rounds and both methods; links work in the
/// session that asked for them.
pub(crate) struct Deployment {
    define: define_auth_challenge::settings::Settings,
    create: create_auth_challenge::settings::Settings,
    verify: verify_auth_challenge::settings::Settings,
    secret: KeySecret,
    /// With a mail service that sends.
    pub(crate) sending: Functions,
    /// With a mail service that refuses every mail.
    throttled: Functions,
}

/// Manner of the mail service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailService {
    Sends,
    Throttles,
}

/// One sign-in with a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    nonce: [u8; 16],
    challenge: Value,
}

/// Result of an invocation.
#[derive(Clone, Debug)]
pub(crate) enum Done {
    Started(Session),
    /// True if the answer was right.
    Judged(bool),
    /// Number of records that come again.
    Delivered(usize),
}

/// Events about one user.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) user: User,
    events: Arc<Events>,
}

#[derive(Clone)]
struct Events {
    define: Value,
    create: Value,
    verify: Value,
}

impl Person {
    pub(crate) fn new(user: User) -> Self {
        let event = |name| user.event(name);
        let events = Events {
            define: event("DefineAuthChallenge_Authentication"),
            create: event("CreateAuthChallenge_Authentication"),
            verify: event("VerifyAuthChallengeResponse_Authentication"),
        };
        Self { user, events: Arc::new(events) }
    }

    /// Returns the same user under another name.
    pub(crate) fn named(&self, user_name: &str) -> Self {
        let mut events = Events::clone(&self.events);
        for event in [&mut events.define, &mut events.create, &mut events.verify] {
            event["userName"] = user_name.into();
        }
        let mut user = self.user.clone();
        user_name.clone_into(&mut user.user_name);
        Self { user, events: Arc::new(events) }
    }
}

impl Session {
    fn text(&self) -> &str {
        self.challenge["challengeMetadata"].as_str().unwrap()
    }

    pub(crate) fn challenge(&self) -> Challenge {
        Ticket::decode(self.text()).unwrap().challenge
    }

    pub(crate) fn short_code(&self) -> String {
        short_code(&self.challenge(), SAMPLE)
    }

    pub(crate) fn long_code(&self) -> String {
        long_code(&self.challenge(), SAMPLE)
    }

    pub(crate) fn link(&self, person: &Person) -> String {
        link(&self.challenge(), LinkBinding::SameSession, &person.user.user_name)
    }

    /// Returns what the client sees of the challenge.
    pub(crate) fn shown(&self) -> &Value {
        &self.challenge["publicChallengeParameters"]
    }

    /// The round that asked for the method, and this one with its result.
    fn rounds(&self, right: Option<bool>) -> Value {
        let round = |right: bool, metadata: &str| {
            json!({
                "challengeName": "CUSTOM_CHALLENGE",
                "challengeResult": right,
                "challengeMetadata": metadata,
            })
        };
        let asked = round(false, &ask_for_method(&self.nonce));
        let rounds = right.map(|right| round(right, self.text()));
        std::iter::once(asked).chain(rounds).collect()
    }
}

impl Deployment {
    pub(crate) fn new() -> Self {
        let policy = policy_of_client(&json!({
            "methods": ["EMAIL_OTP", "MAGIC_LINK"],
            "redirects": [REDIRECT], "default_redirect": REDIRECT,
        }));
        let throttled = Functions::new(&policy);
        throttled.mail.service.set(Behaviour::Refuses);
        Self {
            define: settings(&policy, define_auth_challenge::settings::Settings::load),
            create: settings(&policy, create_auth_challenge::settings::Settings::load),
            verify: settings(&policy, verify_auth_challenge::settings::Settings::load),
            secret: KeySecret::default(),
            sending: Functions::new(&policy),
            throttled,
        }
    }

    /// Starts a sign-in with this nonce; `id` is random.
    pub(crate) async fn start(
        &self,
        table: &Observed<impl Table>,
        person: &Person,
        nonce: [u8; 16],
        id: [u8; 16],
    ) -> Done {
        let session = Session { nonce, challenge: Value::Null };
        let rounds = session.rounds(None);
        let event = with(person.events.create.clone(), "/request/session", rounds);
        let method = json!({"signInMethod": "EMAIL_OTP"});
        let event = with(event, "/request/clientMetadata", method);
        let clock = ClockAndRandomness { now: table.now, id, nonce: [0; 16] };
        let answer = create_auth_challenge::handle(&self.create, table, event, clock).await;
        let challenge = response(answer);
        assert_eq!(challenge["publicChallengeParameters"]["challenge"], "EMAIL_OTP");
        Done::Started(Session { nonce, challenge })
    }

    /// Judges an answer; tokens follow if it is right, and only then.
    pub(crate) async fn answer(
        &self,
        table: &Observed<impl Table>,
        person: &Person,
        session: &Session,
        answer: &str,
    ) -> Done {
        let kept = session.challenge["privateChallengeParameters"].clone();
        let event = with(person.events.verify.clone(), "/request/privateChallengeParameters", kept);
        let event = with(event, "/request/challengeAnswer", answer);
        let keys = CodeKeys::new(self.secret.clone());
        let answer =
            verify_auth_challenge::handle(&self.verify, table, &keys, event, table.now).await;
        let right = response(answer)["answerCorrect"].as_bool().unwrap();
        let rounds = session.rounds(Some(right));
        let event = with(person.events.define.clone(), "/request/session", rounds);
        let next = response(define_auth_challenge::handle(&self.define, event));
        assert_eq!(next["issueTokens"], right, "tokens follow a right answer and no other");
        Done::Judged(right)
    }

    /// Delivers the messages that the stream holds when the invocation's turn comes.
    pub(crate) async fn deliver(
        &self,
        table: &Observed<impl Table>,
        person: &Person,
        service: MailService,
    ) -> Done {
        let row = person.user.row();
        let stream = table.record.lock().unwrap().stream.clone();
        let records: Vec<Value> = stream.iter().map(|pending| pending.record(&row)).collect();
        let functions = match service {
            MailService::Sends => &self.sending,
            MailService::Throttles => &self.throttled,
        };
        let answer = functions.deliver(table, &records, table.now).await.unwrap().into_payload();
        Done::Delivered(answer["batchItemFailures"].as_array().unwrap().len())
    }

    /// Takes out the mails that were sent, as the numbers of their challenges.
    pub(crate) fn mailed(&self, stream: &[Pending]) -> Vec<u32> {
        let mails = self.sending.mail.take();
        let number = |text: &str| {
            let holds = |pending: &&Pending| text.contains(&long_code(&pending.challenge, SAMPLE));
            stream.iter().find(holds).expect("a mail is about a challenge").challenge.number
        };
        mails.iter().map(|mail| number(&mail.text)).collect()
    }
}

/// Returns an item without what differs between stores, names or invocations: the recipient, the
/// client, the token of a claim and places of logs that hold no time.
pub(crate) fn comparable(item: &Value) -> Value {
    let mut item = item.clone();
    if let Some(attributes) = item.as_object_mut() {
        let left_out = ["pk", "cl", "out", "ct"];
        let zero = json!({"N": "0"});
        attributes.retain(|name, value| !left_out.contains(&name.as_str()) && *value != zero);
    }
    item
}
