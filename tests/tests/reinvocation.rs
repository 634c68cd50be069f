//! The same event again: for every call that create, deliver and verify make to AWS, the process
//! is killed before it or after it, or its answer is lost; then the same event comes again, and
//! again twice at once. One message, one verdict, and the code in the mail signs in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod flow;

use std::time::Duration;

use create_auth_challenge::ClockAndRandomness;
use lifeguard_store::ChallengeTable;
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::{Fault, FaultyDynamo};
use serde_json::Value;

use flow::{Functions, Manner, NOW, Outside, Session, Somebody, answer};

const ATTEMPT: Duration = Duration::from_millis(300);

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interruption {
    KilledBefore,
    KilledAfter,
    RequestLost,
    AnswerLost,
    /// And that of the retry.
    BothAnswersLost,
}

use Interruption::{AnswerLost, BothAnswersLost, KilledAfter, KilledBefore, RequestLost};

const INTERRUPTIONS: [Interruption; 5] =
    [KilledBefore, KilledAfter, RequestLost, AnswerLost, BothAnswersLost];

/// One deployment with one person in it.
struct Stage {
    dynamo: FaultyDynamo,
    table: ChallengeTable,
    functions: Functions,
    session: Session,
}

impl Stage {
    async fn start() -> Self {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT).await;
        let table = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
        let session = Session::of(&Somebody::known("noor"));
        Self { dynamo, table, functions: Functions::new(), session }
    }

    /// Invokes with the first call to the table interrupted; `None` if the process was killed.
    async fn with_the_table<T>(
        &self,
        interruption: Interruption,
        invocation: impl Future<Output = T>,
    ) -> Option<T> {
        let fault = match interruption {
            KilledBefore => Fault::HangBefore,
            KilledAfter => Fault::HangAfter,
            RequestLost => Fault::LoseRequest,
            AnswerLost | BothAnswersLost => Fault::LoseAnswer,
        };
        let again = (interruption == BothAnswersLost).then_some((2, fault));
        self.dynamo.plan([(1, fault)].into_iter().chain(again));
        let outcome = match interruption {
            KilledBefore | KilledAfter => tokio::select! {
                _ = invocation => panic!("{interruption:?}: it ended before it was killed"),
                () = self.dynamo.happened(1) => None,
            },
            RequestLost | AnswerLost | BothAnswersLost => Some(invocation.await),
        };
        self.dynamo.plan([]);
        outcome
    }

    async fn create(&self, after: u64) -> lifeguard_runtime::Answer {
        let byte = u8::try_from(after).unwrap() + 1;
        let chance =
            ClockAndRandomness { now: NOW + after, id: [byte; 16], nonce: [byte + 100; 16] };
        self.functions.create(&self.table, self.session.create_event(), chance).await
    }

    /// Delivers what the table's stream holds.
    async fn deliver(&self, after: u64) -> lifeguard_runtime::Answer {
        let records = self.dynamo.database().stream(CHALLENGES);
        self.functions.deliver(&self.table, &records, NOW + after).await
    }

    async fn verify(&self, session: &Session, code: &str, after: u64) -> bool {
        let event = session.verify_event(code);
        let reply = self.functions.verify(&self.table, event, NOW + after).await;
        answer(reply)["answerCorrect"].as_bool().unwrap()
    }

    /// The session with this challenge.
    fn asked(&self, challenge: Value) -> Session {
        let mut session = self.session.clone();
        session.asked(challenge);
        session
    }

    /// The code in the only mail.
    fn code(&self) -> String {
        let mails = self.functions.mail.mails();
        let [mail] = mails.as_slice() else { panic!("one mail, not {}", mails.len()) };
        let is_code = |line: &&str| {
            let digits = line.chars().filter(char::is_ascii_digit).count();
            digits == 8 && line.chars().all(|letter| letter.is_ascii_digit() || letter == ' ')
        };
        let line = mail.lines().map(str::trim).find(is_code);
        line.unwrap_or_else(|| panic!("no code in {mail}")).to_owned()
    }

    fn number(&self, name: &str) -> u64 {
        let items = self.dynamo.database().items(CHALLENGES);
        items[0][name]["N"].as_str().map_or(0, |number| number.parse().unwrap())
    }
}

/// Invokes with one call to something outside interrupted; `None` if the process was killed.
async fn with_the_outside<T>(
    outside: &Outside,
    interruption: Interruption,
    invocation: impl Future<Output = T>,
) -> Option<T> {
    outside.next(match interruption {
        KilledBefore => Manner::HangBefore,
        KilledAfter => Manner::HangAfter,
        RequestLost => Manner::LoseRequest,
        AnswerLost | BothAnswersLost => Manner::LoseAnswer,
    });
    tokio::select! {
        outcome = invocation => Some(outcome),
        () = outside.hangs() => None,
    }
}

#[tokio::test]
async fn t31_an_interrupted_create_sends_one_mail_and_its_code_signs_in() {
    for interruption in INTERRUPTIONS {
        let stage = Stage::start().await;
        let first = stage.with_the_table(interruption, stage.create(0)).await;
        let second = stage.create(6).await;
        let (third, fourth) = tokio::join!(stage.create(12), stage.create(12));
        for _ in 0..2 {
            assert!(stage.deliver(13).await.is_ok(), "{interruption:?}");
        }
        let code = stage.code();
        let number = stage.number("seq");
        assert_eq!(number - stage.number("done"), 1, "{interruption:?}: one challenge");

        // Whichever answer Cognito kept, the code fits it; the session is not a lost one.
        let kept = [Some(second), Some(third), Some(fourth), first.filter(Result::is_ok)];
        for reply in kept.into_iter().flatten() {
            let session = stage.asked(answer(reply));
            let copy =
                stage.dynamo.database().item(CHALLENGES, Somebody::known("noor").row().as_str());
            assert_eq!(copy["done"]["N"], (number - 1).to_string(), "{interruption:?}");
            let named = u64::from(session.ticket().challenge.number);
            assert_eq!(named, number, "{interruption:?}: every answer is the same challenge");
        }
        let session = stage.asked(answer(stage.create(14).await));
        assert!(stage.verify(&session, &code, 20).await, "{interruption:?}");
    }
}

#[tokio::test]
async fn t31_two_creates_at_once_are_one_challenge_and_one_mail() {
    for interruption in INTERRUPTIONS {
        let stage = Stage::start().await;
        let both = async { tokio::join!(stage.create(0), stage.create(0)) };
        stage.with_the_table(interruption, both).await;
        let session = stage.asked(answer(stage.create(6).await));
        stage.deliver(7).await.unwrap();
        assert_eq!(stage.number("seq") - stage.number("done"), 1, "{interruption:?}");
        let code = stage.code();
        assert!(stage.verify(&session, &code, 20).await, "{interruption:?}");
    }
}

/// A call of deliver-message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Claim,
    ReadKey,
    Send,
    GiveBack,
}

#[tokio::test]
async fn t31_an_interrupted_delivery_sends_one_mail_at_most() {
    let calls = [Call::Claim, Call::ReadKey, Call::Send, Call::GiveBack];
    for (call, interruption) in
        calls.into_iter().flat_map(|call| INTERRUPTIONS.map(|interruption| (call, interruption)))
    {
        let told = format!("{interruption:?} at {call:?}");
        let stage = Stage::start().await;
        let session = stage.asked(answer(stage.create(0).await));
        let Functions { secret, mail, .. } = &stage.functions;
        match call {
            Call::Claim => drop(stage.with_the_table(interruption, stage.deliver(1)).await),
            Call::ReadKey => drop(with_the_outside(secret, interruption, stage.deliver(1)).await),
            Call::Send => drop(with_the_outside(mail, interruption, stage.deliver(1)).await),
            Call::GiveBack => {
                mail.next(Manner::Refuse);
                interrupt_the_second_call(&stage, interruption).await;
            }
        }
        for _ in 0..2 {
            stage.deliver(7).await.unwrap();
            let (one, other) = tokio::join!(stage.deliver(8), stage.deliver(8));
            assert!(one.is_ok() && other.is_ok(), "{told}");
        }
        let mails = mail.mails().len();
        let lost = match (call, interruption) {
            // Claimed, and nobody knows who did.
            (Call::Claim, KilledAfter | AnswerLost | BothAnswersLost)
            // Claimed, and the process that did is gone; the key is read before.
            | (Call::Send, KilledBefore)
            // Whether it left is not known.
            | (Call::Send, RequestLost)
            | (Call::GiveBack, KilledBefore) => 0,
            (Call::Claim | Call::ReadKey | Call::Send | Call::GiveBack, _) => 1,
        };
        assert_eq!(mails, lost, "{told}");
        if mails == 1 {
            assert!(stage.verify(&session, &stage.code(), 20).await, "{told}");
        }
    }
}

/// Delivers with the call after the claim interrupted.
async fn interrupt_the_second_call(stage: &Stage, interruption: Interruption) {
    let fault = match interruption {
        KilledBefore => Fault::HangBefore,
        KilledAfter => Fault::HangAfter,
        RequestLost => Fault::LoseRequest,
        AnswerLost | BothAnswersLost => Fault::LoseAnswer,
    };
    let again = (interruption == BothAnswersLost).then_some((3, fault));
    stage.dynamo.plan([(2, fault)].into_iter().chain(again));
    match interruption {
        KilledBefore | KilledAfter => tokio::select! {
            _ = stage.deliver(1) => panic!("{interruption:?}: it ended before it was killed"),
            () = stage.dynamo.happened(2) => {}
        },
        RequestLost | AnswerLost | BothAnswersLost => drop(stage.deliver(1).await),
    }
    stage.dynamo.plan([]);
}

#[tokio::test]
async fn t31_an_interrupted_verify_comes_to_one_verdict() {
    for interruption in INTERRUPTIONS {
        for key_call in [false, true] {
            let told = format!("{interruption:?}, at the key: {key_call}");
            let stage = Stage::start().await;
            let session = stage.asked(answer(stage.create(0).await));
            let other_session = stage.asked(answer(stage.create(1).await));
            stage.deliver(2).await.unwrap();
            let code = stage.code();
            for (given, right) in [("00000000", false), (code.as_str(), true)] {
                let event = session.verify_event(given);
                let invocation = stage.functions.verify(&stage.table, event, NOW + 5);
                let first = match key_call {
                    true => {
                        with_the_outside(&stage.functions.secret, interruption, invocation).await
                    }
                    false => stage.with_the_table(interruption, invocation).await,
                };
                // No verdict at all, or wrong, or the true one: never a false "right".
                if let Some(Ok(reply)) = first {
                    let said = reply.into_payload()["response"]["answerCorrect"] == true;
                    assert!(!said || right, "{told}");
                }
                assert_eq!(stage.verify(&session, given, 11).await, right, "{told}");
                let copies = tokio::join!(
                    stage.verify(&session, given, 17),
                    stage.verify(&session, given, 17)
                );
                assert_eq!(copies, (right, right), "{told}");
                assert_eq!(stage.number("bad"), u64::from(!right), "{told}: counted once");
            }
            assert!(!stage.verify(&other_session, &code, 18).await, "{told}: a replay");
            assert!(!stage.verify(&session, &code, 60).await, "{told}: a replay after 30 s");
        }
    }
}
