//! Sign-in rules of one app client.

use std::collections::BTreeSet;

use crate::redirect::{RedirectUri, Redirects};

/// A way to sign in without a password; the names are those the client sends as `signInMethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// A code by mail.
    EmailOtp,
    /// A link by mail, with a code beside it.
    MagicLink,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::EmailOtp, Self::MagicLink];

    /// Returns the name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmailOtp => "EMAIL_OTP",
            Self::MagicLink => "MAGIC_LINK",
        }
    }

    /// Returns the method with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// Rule for a password (proved by SRP) before our challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    /// No password; a history that starts with a password fails.
    Never,
    /// `SRP_A` and `PASSWORD_VERIFIER` must come first, and both be right.
    First,
    /// As [`PasswordRule::First`], and one right MFA entry of Cognito may come between.
    FirstWithMfa,
}

/// Sessions in which a link may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkBinding {
    /// Only in the session that caused the message; elsewhere the code of the same mail serves.
    SameSession,
    /// In any session of the user at the same client.
    AnyBrowser,
}

/// The sign-in rules of one app client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPolicy {
    /// The methods that sign a user in.
    pub methods: BTreeSet<Method>,
    /// With a default method the first challenge is already the real one (one round); without,
    /// the first challenge asks for the method (two rounds).
    pub default_method: Option<Method>,
    /// Rule for a password before the challenge.
    pub password: PasswordRule,
    /// Answers that one session may give, [`FEWEST_ANSWERS`] to [`MOST_ANSWERS`].
    pub answers: u8,
    /// Number of digits of a short code, [`FEWEST_DIGITS`] to [`MOST_DIGITS`].
    pub digits: u8,
    /// Sessions in which a link may be answered.
    pub link_binding: LinkBinding,
    /// Pages that links may lead to.
    pub redirects: Redirects,
    /// Page that links lead to where the request names none: in one round, and in a mail that was
    /// asked for by another method. Every client with links has one.
    pub default_redirect: Option<RedirectUri>,
}

impl ClientPolicy {
    /// True if a link may be answered in the round that asks for the method.
    #[must_use]
    pub fn takes_links_at_once(&self) -> bool {
        self.methods.contains(&Method::MagicLink) && self.link_binding == LinkBinding::AnyBrowser
    }
}

/// The fewest answers that a session may be configured to take: the short code of the newest mail,
/// and the long one if it is refused.
pub const FEWEST_ANSWERS: u8 = 2;
/// The most answers that a session may be configured to take (ASVS 5.0, 6.3.1).
pub const MOST_ANSWERS: u8 = 5;
/// The shortest code that may be configured: 20 bits, the least that ASVS 5.0 6.5.4 allows.
pub const FEWEST_DIGITS: u8 = 6;
/// The longest short code; longer ones are not typed correctly.
pub const MOST_DIGITS: u8 = 10;
/// The code's length where nothing is configured.
pub const DIGITS: u8 = 8;
