//! Settings, keys and events of these tests.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it")]

use aws::{CodeKeys, KeyFault, KeySource};
use policy::Variables;
use serde_json::{Value, json};
use sign_in::code::{self, Addressee};
use sign_in::code_key::CodeKey;
use sign_in::ticket::Ticket;
use testkit::events::{CLIENT, POLICY, POOL};
use verify_auth_challenge::settings::Settings;

/// When the answers of these tests are judged.
pub(crate) const NOW: u64 = 1_800_000_000;

/// A key document of 32 zero bytes under version 1.
pub(crate) struct FixedKeys;

impl KeySource for FixedKeys {
    async fn read(&self) -> Result<String, KeyFault> {
        Ok(r#"{"1":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#.to_owned())
    }
}

/// Keys as the function has them.
pub(crate) fn keys() -> CodeKeys<FixedKeys> {
    CodeKeys::new(FixedKeys)
}

/// Settings that take the sample events.
pub(crate) fn settings() -> Settings {
    let look_up = |name: &str| match name {
        "POLICY" => Some(POLICY.to_owned()),
        "CHALLENGES_TABLE" => Some("challenges".to_owned()),
        "CODE_KEY_SECRET" => Some("code-key".to_owned()),
        _ => None,
    };
    let mut variables = Variables::new(&look_up);
    let settings = Settings::read(&mut variables);
    variables.finish(settings).unwrap()
}

/// The sample event with this challenge and answer.
pub(crate) fn event(ticket: &Ticket, answer: &str) -> Value {
    let mut event = testkit::event("VerifyAuthChallengeResponse_Authentication");
    event["request"]["privateChallengeParameters"] = json!({"challenge": ticket.encode().unwrap()});
    event["request"]["challengeAnswer"] = answer.into();
    event
}

/// The right answer to a challenge of the sample user.
pub(crate) fn right_answer(ticket: &Ticket) -> String {
    let addressee = Addressee {
        pool: POOL,
        client: CLIENT,
        sub: "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55",
        destination: "noor.haddad@example.net",
    };
    let key = CodeKey::new(1, [0; 32]);
    code::derive(&key, &ticket.challenge, addressee, 8).expose().to_owned()
}
