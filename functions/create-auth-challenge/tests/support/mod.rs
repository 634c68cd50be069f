//! Settings, time and random bytes of these tests.
#![allow(clippy::unwrap_used, reason = "tests")]

use create_auth_challenge::ClockAndRandomness;
use create_auth_challenge::settings::Settings;
use lifeguard_policy::Variables;

/// The time and the random bytes of every invocation.
pub(crate) const FRESH: ClockAndRandomness =
    ClockAndRandomness { now: 1_800_000_000, id: [1; 16], nonce: [2; 16] };

/// Settings with this `POLICY`.
pub(crate) fn settings(policy: &str) -> Settings {
    let look_up = |name: &str| match name {
        "POLICY" => Some(policy.to_owned()),
        "CHALLENGES_TABLE" => Some("challenges".to_owned()),
        _ => None,
    };
    let mut variables = Variables::new(&look_up);
    let settings = Settings::load(&mut variables);
    variables.finish(settings).unwrap()
}
