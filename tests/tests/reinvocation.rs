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
use lifeguard_testkit::answers::code_in;
use lifeguard_testkit::embedded::CHALLENGES;
use lifeguard_testkit::fixtures::{NOW, code_policy};
use lifeguard_testkit::{Behaviour, Fault, FaultyDynamo, Scenario, StandIn, User};

use flow::{Functions, response};

const ATTEMPT: Duration = Duration::from_millis(300);

/// Interruption of one call.
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

/// One deployment with one user.
struct Deployment {
    dynamo: FaultyDynamo,
    table: ChallengeTable,
    functions: Functions,
    scenario: Scenario,
}

impl Deployment {
    async fn start() -> Self {
        let dynamo = FaultyDynamo::start();
        let configuration = lifeguard_aws::hasty_stand_in(dynamo.url(), ATTEMPT);
        let table = ChallengeTable::new(&configuration, CHALLENGES.to_owned());
        let scenario = Scenario::new(&User::known("noor"));
        Self { dynamo, table, functions: Functions::new(&code_policy()), scenario }
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
        let clock =
            ClockAndRandomness { now: NOW + after, id: [byte; 16], nonce: [byte + 100; 16] };
        self.functions.create(&self.table, &self.scenario, clock).await
    }

    /// Delivers what the table's stream holds.
    async fn deliver(&self, after: u64) -> lifeguard_runtime::Answer {
        let records = self.dynamo.database().stream(CHALLENGES);
        self.functions.deliver(&self.table, &records, NOW + after).await
    }

    async fn verify(&self, session: &Scenario, code: &str, after: u64) -> bool {
        let reply = self.functions.verify(&self.table, session, code, NOW + after).await;
        response(reply)["answerCorrect"].as_bool().unwrap()
    }

    /// Creates the challenge, and returns the sign-in with it.
    async fn challenged(&self, after: u64) -> Scenario {
        self.scenario.challenged(response(self.create(after).await))
    }

    /// Returns the code in the only mail.
    fn code(&self) -> String {
        let mails = self.functions.mail.sent();
        let [mail] = mails.as_slice() else { panic!("one mail, not {}", mails.len()) };
        code_in(&mail.text)
    }

    fn number(&self, name: &str) -> u64 {
        let items = self.dynamo.database().items(CHALLENGES);
        items[0][name]["N"].as_str().map_or(0, |number| number.parse().unwrap())
    }
}

/// Invokes with one call to a service interrupted; `None` if the process was killed.
async fn with_the_service<T>(
    service: &StandIn,
    interruption: Interruption,
    invocation: impl Future<Output = T>,
) -> Option<T> {
    service.set_next(&[match interruption {
        KilledBefore => Behaviour::HangsBefore,
        KilledAfter => Behaviour::HangsAfter,
        RequestLost => Behaviour::LosesRequest,
        AnswerLost | BothAnswersLost => Behaviour::LosesResponse,
    }]);
    tokio::select! {
        outcome = invocation => Some(outcome),
        () = service.hangs() => None,
    }
}

#[tokio::test]
async fn t31_an_interrupted_create_sends_one_mail_and_its_code_signs_in() {
    for interruption in INTERRUPTIONS {
        let deployment = Deployment::start().await;
        let first = deployment.with_the_table(interruption, deployment.create(0)).await;
        let second = deployment.create(6).await;
        let (third, fourth) = tokio::join!(deployment.create(12), deployment.create(12));
        for _ in 0..2 {
            assert!(deployment.deliver(13).await.is_ok(), "{interruption:?}");
        }
        let code = deployment.code();
        let number = deployment.number("seq");
        assert_eq!(number - deployment.number("done"), 1, "{interruption:?}: one challenge");

        // The code fits every answer that Cognito may keep.
        let kept = [Some(second), Some(third), Some(fourth), first.filter(Result::is_ok)];
        for reply in kept.into_iter().flatten() {
            let session = deployment.scenario.challenged(response(reply));
            let copy =
                deployment.dynamo.database().item(CHALLENGES, User::known("noor").row().as_str());
            assert_eq!(copy["done"]["N"], (number - 1).to_string(), "{interruption:?}");
            let named = u64::from(session.ticket().challenge.number);
            assert_eq!(named, number, "{interruption:?}: every answer is the same challenge");
        }
        let session = deployment.challenged(14).await;
        assert!(deployment.verify(&session, &code, 20).await, "{interruption:?}");
    }
}

#[tokio::test]
async fn t31_two_creates_at_once_are_one_challenge_and_one_mail() {
    for interruption in INTERRUPTIONS {
        let deployment = Deployment::start().await;
        let both = async { tokio::join!(deployment.create(0), deployment.create(0)) };
        deployment.with_the_table(interruption, both).await;
        let session = deployment.challenged(6).await;
        deployment.deliver(7).await.unwrap();
        assert_eq!(deployment.number("seq") - deployment.number("done"), 1, "{interruption:?}");
        let code = deployment.code();
        assert!(deployment.verify(&session, &code, 20).await, "{interruption:?}");
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
        let deployment = Deployment::start().await;
        let session = deployment.challenged(0).await;
        let Functions { secret, mail, .. } = &deployment.functions;
        match call {
            Call::Claim => {
                drop(deployment.with_the_table(interruption, deployment.deliver(1)).await)
            }
            Call::ReadKey => {
                drop(with_the_service(&secret.service, interruption, deployment.deliver(1)).await)
            }
            Call::Send => {
                drop(with_the_service(&mail.service, interruption, deployment.deliver(1)).await)
            }
            Call::GiveBack => {
                mail.service.set_next(&[Behaviour::Refuses]);
                interrupt_the_second_call(&deployment, interruption).await;
            }
        }
        for _ in 0..2 {
            deployment.deliver(7).await.unwrap();
            let (one, other) = tokio::join!(deployment.deliver(8), deployment.deliver(8));
            assert!(one.is_ok() && other.is_ok(), "{told}");
        }
        let mails = mail.sent().len();
        let lost = match (call, interruption) {
            // Claimed, and no instance knows that it did. One that lost a single answer asks again, and
            // knows its claim by the token.
            (Call::Claim, KilledAfter | BothAnswersLost)
            // Claimed, and the process that did is gone; the key is read before.
            | (Call::Send, KilledBefore)
            // It is not known if the mail left.
            | (Call::Send, RequestLost)
            | (Call::GiveBack, KilledBefore) => 0,
            (Call::Claim | Call::ReadKey | Call::Send | Call::GiveBack, _) => 1,
        };
        assert_eq!(mails, lost, "{told}");
        if mails == 1 {
            assert!(deployment.verify(&session, &deployment.code(), 20).await, "{told}");
        }
    }
}

/// Delivers with the call after the claim interrupted.
async fn interrupt_the_second_call(deployment: &Deployment, interruption: Interruption) {
    let fault = match interruption {
        KilledBefore => Fault::HangBefore,
        KilledAfter => Fault::HangAfter,
        RequestLost => Fault::LoseRequest,
        AnswerLost | BothAnswersLost => Fault::LoseAnswer,
    };
    let again = (interruption == BothAnswersLost).then_some((3, fault));
    deployment.dynamo.plan([(2, fault)].into_iter().chain(again));
    match interruption {
        KilledBefore | KilledAfter => tokio::select! {
            _ = deployment.deliver(1) => panic!("{interruption:?}: it ended before it was killed"),
            () = deployment.dynamo.happened(2) => {}
        },
        RequestLost | AnswerLost | BothAnswersLost => drop(deployment.deliver(1).await),
    }
    deployment.dynamo.plan([]);
}

#[tokio::test]
async fn t31_an_interrupted_verify_comes_to_one_verdict() {
    for interruption in INTERRUPTIONS {
        for key_call in [false, true] {
            let told = format!("{interruption:?}, at the key: {key_call}");
            let deployment = Deployment::start().await;
            let session = deployment.challenged(0).await;
            let other_session = deployment.challenged(1).await;
            deployment.deliver(2).await.unwrap();
            let code = deployment.code();
            for (given, right) in [("00000000", false), (code.as_str(), true)] {
                let (functions, table) = (&deployment.functions, &deployment.table);
                let invocation = functions.verify(table, &session, given, NOW + 5);
                let first = match key_call {
                    true => {
                        with_the_service(&functions.secret.service, interruption, invocation).await
                    }
                    false => deployment.with_the_table(interruption, invocation).await,
                };
                // No verdict at all, or wrong, or the true one: never a false "right".
                if let Some(Ok(reply)) = first {
                    let said = reply.into_payload()["response"]["answerCorrect"] == true;
                    assert!(!said || right, "{told}");
                }
                assert_eq!(deployment.verify(&session, given, 11).await, right, "{told}");
                let copies = tokio::join!(
                    deployment.verify(&session, given, 17),
                    deployment.verify(&session, given, 17)
                );
                assert_eq!(copies, (right, right), "{told}");
                assert_eq!(deployment.number("bad"), u64::from(!right), "{told}: counted once");
            }
            assert!(!deployment.verify(&other_session, &code, 18).await, "{told}: a replay");
            assert!(!deployment.verify(&session, &code, 60).await, "{told}: a replay after 30 s");
        }
    }
}
