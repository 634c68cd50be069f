//! How long sessions live and how many there are, in numbers. Times are in seconds.

/// A family of refresh tokens ends when it was not used for this long.
pub const FAMILY_IDLE: u64 = 30 * DAY;
/// A family of refresh tokens ends after this long, used or not.
pub const FAMILY_LIFE: u64 = 90 * DAY;
/// The same refresh token brings the same successor for this long.
pub const GRACE: u64 = 10;
/// The most families of one account; the oldest makes room for a new one.
pub const FAMILIES: usize = 20;
/// A session for credentials lives no longer than this.
pub const CREDENTIALS_LIFE: u64 = 12 * 60 * 60;
/// The most sessions for credentials of one account that live at one time.
pub const CREDENTIALS_SESSIONS: usize = 5;
/// How long the address of a registration stays reserved: as long as its code can be answered.
pub const RESERVATION: u64 = 10 * 60;
/// How long a sign-in counts as recent.
pub const RECENT: u64 = 5 * 60;
/// How long the other side of a link may be proved after it was asked for.
pub const NONCE_LIFE: u64 = 10 * 60;
/// How far the clock of another issuer may be ahead.
pub const SKEW: u64 = 60;

const DAY: u64 = 24 * 60 * 60;
