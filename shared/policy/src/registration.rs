//! The member `identity.registration`: limits on registration in the built-in directory.

use crate::fetchable::is_fetchable;
use crate::reader::Section;

/// The least mails of a day: the limit is spread over eight rows.
const LEAST_A_DAY: u64 = 8;
/// The most mails of a day or a domain.
const MOST: u64 = 1_000_000;
const MAILS_A_DAY: u64 = 1_000;
const MAILS_A_DOMAIN: u64 = 200;

/// Limits on registration in the built-in directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationPolicy {
    /// State of the route.
    pub mode: RegistrationMode,
    /// Registrations of all addresses in one day (UTC).
    pub mails_a_day: u64,
    /// Registrations of the addresses of one domain in one day (UTC), large mail providers aside.
    pub mails_a_domain: u64,
    /// The endpoint that confirms a challenge before a registration is admitted, if there is one.
    pub challenge: Option<ChallengeEndpoint>,
}

/// State of the route for registrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Users register by themselves.
    Accept,
    /// Every registration is refused.
    Refuse,
}

/// An endpoint of the operator that confirms challenges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeEndpoint {
    /// Its address.
    pub url: String,
    /// The version of the key shared with the endpoint.
    pub key_version: u16,
}

/// Parses `identity.registration`.
pub(crate) fn parse(mut section: Section<'_>) -> RegistrationPolicy {
    let mode = section.choice(
        "mode",
        &[("open", RegistrationMode::Accept), ("closed", RegistrationMode::Refuse)],
        RegistrationMode::Accept,
    );
    let mails_a_day = section.number("mails_a_day", LEAST_A_DAY, MOST, MAILS_A_DAY);
    let mails_a_domain = section.number("mails_a_domain", 1, MOST, MAILS_A_DOMAIN);
    let challenge = section.take("challenge");
    let challenge = challenge.map(|value| parse_challenge(section.adopt("challenge", value)));
    section.finish();
    RegistrationPolicy { mode, mails_a_day, mails_a_domain, challenge }
}

fn parse_challenge(mut section: Section<'_>) -> ChallengeEndpoint {
    let url = section.required_text("url");
    if !url.is_empty() && !is_fetchable(&url) {
        section.complain("url", "must be an https URL; http only to this machine");
    }
    let key_version = section.number("key_version", 1, u16::MAX.into(), 1);
    section.finish();
    ChallengeEndpoint { url, key_version: u16::try_from(key_version).unwrap_or(1) }
}
