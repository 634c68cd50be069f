//! Mails while SES throttles: deliver-message on embedded database and stream of the local Cognito;
//! the time that the function waits passes on the clock alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use deliver_message::Sender;
use deliver_message::mailer::Ses;
use lifeguard_aws::CodeKeys;
use lifeguard_policy::Policy;
use lifeguard_sign_in::code::Addressee;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_store::ChallengeTable;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge};
use lifeguard_testkit::answers::short_code;
use lifeguard_testkit::fixtures::{CLIENT, POLICY, POOL, settings};
use lifeguard_testkit::{KeySecret, LogLines, User};
use local_cognito::StartOptions;
use local_cognito::clock::Clock;
use local_cognito::functions::{Invocation, Invoke, Outcome};
use local_cognito::mail::{Mail, MailMode};
use local_cognito_testing::TestCognito;
use serde_json::Value;

const TABLE: &str = "lifeguard-challenges";
const ADDRESS: &str = "noor@example.net";
/// Middle of the jitter, which leaves a pause as it is.
const NO_JITTER: u64 = u64::MAX / 2;

/// deliver-message in this process; the time for which a reply waits passes on the clock alone.
struct Function {
    sender: Arc<Sender<ChallengeTable, Ses, KeySecret>>,
    clock: Clock,
    mail: Mail,
    /// Time from which on SES takes mails.
    throttled_until: u64,
}

impl Invoke for Function {
    fn invoke(&self, payload: Vec<u8>, _limit: Duration) -> Invocation {
        let (sender, clock) = (Arc::clone(&self.sender), self.clock.clone());
        let throttled = clock.now() < self.throttled_until;
        self.mail.set_mode(if throttled { MailMode::Throttle } else { MailMode::Deliver });
        Box::pin(async move {
            let event: Value = serde_json::from_slice(&payload).unwrap();
            let reply = sender.handle(event, clock.now(), NO_JITTER).await.unwrap();
            clock.advance(reply.wait());
            Outcome::json(&reply.into_payload())
        })
    }
}

/// A local Cognito with SES throttled for so many seconds, one issued challenge, and the log.
struct ThrottledDelivery {
    cognito: TestCognito,
    challenge: Challenge,
    log: LogLines,
    issued: u64,
    _quiet: tracing::subscriber::DefaultGuard,
}

impl ThrottledDelivery {
    async fn throttled_for(seconds: u64) -> Self {
        let log = LogLines::default();
        let written = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_writer(move || written.clone())
            .finish();
        let quiet = tracing::subscriber::set_default(subscriber);
        let cognito = TestCognito::serve(&StartOptions::default()).await;
        let (server, clock) = (cognito.server(), cognito.clock.clone());
        let config = configuration(server.url()).await;
        let table = ChallengeTable::new(&config, TABLE.to_owned());
        let ses = Ses::new(&config, "codes@acme.example".to_owned());
        let policy: Policy = settings(POLICY, |variables| variables.policy());
        let keys = CodeKeys::new(KeySecret::default());
        let issued = clock.now();
        let function = Function {
            sender: Arc::new(Sender::new(policy, table.clone(), ses, keys)),
            clock,
            mail: server.mail().clone(),
            throttled_until: issued + seconds,
        };
        cognito.functions.put("deliver-message", Arc::new(function));
        let new = NewChallenge {
            now: issued,
            outgoing: outgoing(),
            ..User::known("noor").new_challenge()
        };
        let Issued::Fresh(challenge) = table.issue(&new).await.unwrap() else {
            panic!("it is the first")
        };
        Self { cognito, challenge, log, issued, _quiet: quiet }
    }

    async fn until(&self, done: impl Fn(&TestCognito) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !done(&self.cognito) {
            assert!(Instant::now() < deadline, "it did not happen:\n{}", self.log.text());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Demands that neither the function nor the stream wrote anything of the user.
    fn check_logs(&self) {
        let lines = self.cognito.server().logs().all();
        let streams: Vec<String> = lines.into_iter().map(|line| line.text).collect();
        let log = format!("{}{}", self.log.text(), streams.join("\n"));
        for secret in [ADDRESS, "noor", "sub-of", &self.code()] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }

    fn code(&self) -> String {
        let outgoing = outgoing();
        let Outgoing { sub, destination, .. } = &outgoing;
        short_code(&self.challenge, Addressee { pool: POOL, client: CLIENT, sub, destination })
    }

    fn tries(&self) -> usize {
        self.log.text().matches("code=\"MailThrottled\"").count()
    }
}

/// Returns the configuration of a client that may do everything here.
async fn configuration(url: &str) -> SdkConfig {
    let keys = Credentials::new("local", "local", None, None, "test");
    let config = lifeguard_aws::stand_in(url).into_builder();
    config.credentials_provider(SharedCredentialsProvider::new(keys)).build()
}

fn outgoing() -> Outgoing {
    Outgoing {
        delivery: Delivery::Send,
        destination: ADDRESS.to_owned(),
        sub: "sub-of-noor".to_owned(),
        language: Language::English,
        user_name: "noor".to_owned(),
        redirect: String::new(),
    }
}

#[tokio::test]
async fn t05_mail_leaves_soon_after_throttling_ends() {
    for (seconds, latest) in [(1, 3), (10, 16), (60, 91), (250, 281)] {
        let stage = ThrottledDelivery::throttled_for(seconds).await;
        stage.until(|cognito| !cognito.outbox.to(ADDRESS).is_empty()).await;
        let mails = stage.cognito.outbox.to(ADDRESS);
        assert_eq!(mails.len(), 1, "{seconds} s");
        assert!(mails[0].text.contains(&stage.code()), "{seconds} s");
        let late = mails[0].at / 1_000 - stage.issued;
        assert!((seconds..=latest).contains(&late), "{late} s late after {seconds} s");
        assert!(stage.cognito.server().dead_letters().is_empty());
        assert!(stage.tries() >= 1, "{}", stage.log.text());
        stage.check_logs();
    }
}

#[tokio::test]
async fn mail_throttled_for_too_long_is_a_dead_letter() {
    let stage = ThrottledDelivery::throttled_for(1_000).await;
    stage.until(|cognito| !cognito.server().dead_letters().is_empty()).await;
    let dead = stage.cognito.server().dead_letters();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason, "reported as failed by the function");
    let age = stage.cognito.clock.now() - stage.issued;
    assert!((300..=331).contains(&age), "{age}");
    assert!((10..=40).contains(&stage.tries()), "paced: {}", stage.tries());
    assert!(stage.cognito.outbox.to(ADDRESS).is_empty());
    stage.check_logs();
}
