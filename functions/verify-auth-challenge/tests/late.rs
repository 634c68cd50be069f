//! A slow key and a slow table: the answer comes in time, and it is false.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::Duration;

use lifeguard_aws::{CodeKeys, KeyFault, KeySource};
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_store::StoreError;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_testkit::MemoryChallenges;
use lifeguard_testkit::answers::{SAMPLE, short_code};
use lifeguard_testkit::fixtures::{NOW, key_document};
use serde_json::json;
use verify_auth_challenge::handle;

use support::{event, issue, settings};

/// Two attempts of a second each, and the pause between them.
const SLOW: Duration = Duration::from_millis(2200);

struct SlowKeys;

impl KeySource for SlowKeys {
    async fn read(&self) -> Result<String, KeyFault> {
        tokio::time::sleep(SLOW).await;
        Ok(key_document(&[1]))
    }
}

/// A table that writes, and takes its time to say so.
struct SlowTable(MemoryChallenges);

impl Challenges for SlowTable {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        self.0.issue(new).await
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        let recorded = self.0.record(judgement).await;
        tokio::time::sleep(SLOW).await;
        recorded
    }
}

#[tokio::test(start_paused = true)]
async fn write_of_unknown_outcome_is_wrong_first_and_then_right() {
    let table = SlowTable(MemoryChallenges::default());
    let ticket = issue(&table, NOW, 1).await;
    let keys = CodeKeys::new(SlowKeys);
    for expected in [false, true] {
        let event = event(&ticket, &short_code(&ticket.challenge, SAMPLE));
        let started = tokio::time::Instant::now();
        let reply = handle(&settings(), &table, &keys, event, NOW + 9).await.unwrap();
        assert!(started.elapsed() < lifeguard_runtime::DEADLINE);
        assert_eq!(reply.into_payload()["response"], json!({"answerCorrect": expected}));
    }
}
