//! The time and the random bytes of these tests.

use create_auth_challenge::ClockAndRandomness;
use lifeguard_testkit::fixtures::NOW;

/// The time and the random bytes of every invocation.
pub(crate) const FRESH: ClockAndRandomness =
    ClockAndRandomness { now: NOW, id: [1; 16], nonce: [2; 16] };
