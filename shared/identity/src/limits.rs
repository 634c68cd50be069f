//! Limits on sessions, in numbers. Times are in seconds.

use lifeguard_sign_in::budget::{DAY, HOUR};

/// Time without use after which a family of refresh tokens expires.
pub const FAMILY_IDLE: u64 = 30 * DAY;
/// Time after which a family of refresh tokens expires, used or not.
pub const FAMILY_LIFE: u64 = 90 * DAY;
/// Time for which the same refresh token gets the same successor.
pub const GRACE: u64 = 10;
/// Most families of one account; a new one replaces the oldest.
pub const FAMILIES: usize = 20;
/// Longest life of a session for credentials.
pub const CREDENTIALS_LIFE: u64 = 12 * HOUR;
/// Most active sessions for credentials of one account.
pub const CREDENTIALS_SESSIONS: usize = 5;
/// Time for which a sign-in counts as recent.
pub const RECENT: u64 = 5 * 60;
/// Time in which the other side of a link may be proved after it was requested.
pub const NONCE_LIFE: u64 = 10 * 60;
/// Greatest lead of another issuer's clock.
pub const SKEW: u64 = 60;
