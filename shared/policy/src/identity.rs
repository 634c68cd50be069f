//! The member `identity`: the developer-authenticated identity provider.

use std::collections::{BTreeMap, BTreeSet};

use lifeguard_sign_up::directory_name::Spelling;

use crate::fetchable::is_fetchable;
use crate::issuers::{self, Issuer};
use crate::login_providers::{self, LoginProvider};
use crate::party::Party;
use crate::reader::Section;
use crate::registration::{self, RegistrationPolicy};
use crate::tags::{is_tag_value, parse_tags};

/// The longest lifetime of a token in minutes; the identity pool would accept a day.
const MOST_MINUTES: u64 = 60;
const MINUTES: u64 = 15;
/// Settings of the developer-authenticated identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPolicy {
    /// The identity pool; its Region is the part before the colon.
    pub identity_pool: String,
    /// The developer provider name of Lifeguard in the identity pool.
    pub provider: String,
    /// Lifetime of an OpenID token, in seconds.
    pub token_life: u64,
    /// The directory of users with a password, if there is one.
    pub directory: Option<Directory>,
    /// Limits on registration in the built-in directory.
    pub registration: RegistrationPolicy,
    /// True if a password of the built-in directory that is under attack needs a mailed code
    /// beside it, instead of being refused.
    pub code_under_attack: bool,
    /// The clients that may send a password.
    pub first_party: BTreeSet<String>,
    /// The principal tags of every user of the directory.
    pub tags: BTreeMap<String, String>,
    /// The issuers of tokens that are exchanged, by `iss`.
    pub issuers: BTreeMap<String, Issuer>,
    /// The providers of logins that may be linked, by their names in the identity pool.
    pub links: BTreeMap<String, LoginProvider>,
}

/// A directory of users with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directory {
    /// The table of Lifeguard.
    BuiltIn,
    /// An endpoint of the operator.
    Https {
        /// Its address.
        url: String,
        /// The version of the key shared with the endpoint.
        key_version: u16,
        /// The spellings of a name that stand for one user.
        names: Spelling,
    },
}

impl IdentityPolicy {
    /// Returns the Region of the identity pool.
    #[must_use]
    pub fn region(&self) -> &str {
        self.identity_pool.split(':').next().unwrap_or_default()
    }
}

/// Parses `identity`; the identity pool accepts tokens of the pool `user_pool` itself.
pub(crate) fn parse(mut section: Section<'_>, user_pool: &str) -> IdentityPolicy {
    let identity_pool = section.required_text("identity_pool");
    if !identity_pool.is_empty() && !is_identity_pool(&identity_pool) {
        section.complain("identity_pool", "must be an identity pool id such as eu-west-1:uuid");
    }
    let provider = section.required_text("provider");
    if !provider.is_empty() && !is_provider_name(&provider) {
        section.complain("provider", "must be a developer provider name");
    }
    let minutes = section.number("token_minutes", 1, MOST_MINUTES, MINUTES);
    let directory = parse_directory(&mut section);
    let registration = registration::parse(section.section("registration"));
    let code_under_attack = section.flag("code_under_attack");
    if code_under_attack && directory != Some(Directory::BuiltIn) {
        section.complain("code_under_attack", "needs the built-in directory");
    }
    if registration.challenge.is_some() && directory != Some(Directory::BuiltIn) {
        section.complain("registration.challenge", "needs the built-in directory");
    }
    let first_party = section.texts("first_party").unwrap_or_default();
    if directory.is_some() && first_party.is_empty() {
        section.complain("first_party", "must name the clients that may send a password");
    }
    let tags = parse_tags(&mut section, "tags", "tag keys with their values", is_tag_value);
    let accepted = section.texts("pool_issuers").unwrap_or_default();
    let mut accepted: BTreeSet<Party> =
        accepted.iter().map(|issuer| Party::parse(issuer, user_pool)).collect();
    accepted.insert(Party::user_pool(user_pool));
    let issuers = issuers::parse(&mut section, user_pool, &accepted);
    let links = login_providers::parse(&mut section, user_pool, &provider, &issuers);
    section.finish();
    IdentityPolicy {
        identity_pool,
        provider,
        token_life: minutes * 60,
        directory,
        registration,
        code_under_attack,
        first_party,
        tags,
        issuers,
        links,
    }
}

fn parse_directory(section: &mut Section<'_>) -> Option<Directory> {
    let value = section.take("directory")?;
    if value.as_str() == Some("built_in") {
        return Some(Directory::BuiltIn);
    }
    if !value.is_object() {
        section.complain("directory", "must be built_in or an object with url");
        return None;
    }
    let mut adapter = section.adopt("directory", value);
    let url = adapter.required_text("url");
    if !url.is_empty() && !is_fetchable(&url) {
        adapter.complain("url", "must be an https URL; http only to this machine");
    }
    let key_version = adapter.number("key_version", 1, u16::MAX.into(), 1);
    let names = match adapter.text("names").as_deref() {
        None | Some("folded") => Spelling::Folded,
        Some("exact") => Spelling::Exact,
        Some(_) => {
            adapter.complain("names", "must be folded or exact");
            Spelling::Folded
        }
    };
    adapter.finish();
    let key_version = u16::try_from(key_version).unwrap_or(1);
    Some(Directory::Https { url, key_version, names })
}

/// True if a text has the form of an identity pool's id: its Region, a colon and a UUID.
fn is_identity_pool(text: &str) -> bool {
    let region = |text: &str| {
        text.split('-').count() >= 3
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let uuid = |text: &str| {
        let groups: Vec<&str> = text.split('-').collect();
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
            && groups.iter().all(|group| group.bytes().all(hexadecimal))
    };
    text.split_once(':').is_some_and(|(name, id)| region(name) && uuid(id))
}

fn is_provider_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use crate::document::Policy;
    use crate::registration::RegistrationMode;
    use crate::token_type::TokenType;
    use serde_json::{Value, json};

    fn complaints(identity: &Value) -> Vec<String> {
        let document = json!({
            "pool": "eu-west-1_Pool", "clients": {"web": {}}, "identity": identity,
        });
        let mut complaints = Vec::new();
        let policy = Policy::parse(&document.to_string(), &mut complaints);
        assert_eq!(policy.is_none(), !complaints.is_empty());
        complaints
    }

    fn whole() -> Value {
        json!({
            "identity_pool": "eu-west-1:11111111-2222-4333-8444-555555555555",
            "provider": "lifeguard",
            "directory": "built_in",
            "first_party": ["app"],
            "tags": {"source": "directory"},
            "issuers": [{
                "iss": "https://id.example.com", "jwks": "https://id.example.com/keys",
                "audience": "lifeguard", "algorithm": "ES256", "tags": {"tenant": "tenant_id"},
            }],
        })
    }

    #[track_caller]
    fn check(pointer: &str, value: Value, expected: &[&str]) {
        let mut identity = whole();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        identity.pointer_mut(parent).unwrap()[member] = value;
        assert_eq!(complaints(&identity), expected);
    }

    #[test]
    fn section_without_options_has_documented_defaults() {
        let document = json!({
            "pool": "eu-west-1_Pool", "clients": {"web": {}}, "identity": whole(),
        });
        let policy = Policy::parse(&document.to_string(), &mut Vec::new()).unwrap();
        let identity = policy.identity.unwrap();
        assert_eq!((identity.region(), identity.token_life), ("eu-west-1", 900));
        let issuer = &identity.issuers["https://id.example.com"];
        assert_eq!((&issuer.types, issuer.max_age), (&[TokenType::new("jwt")].into(), 300));
    }

    #[test]
    fn t57_token_lifetime_is_one_hour_at_most() {
        let wrong = ["POLICY.identity.token_minutes must be a whole number from 1 to 60"];
        for minutes in [json!(1), json!(15), json!(60), Value::Null] {
            check("/token_minutes", minutes, &[]);
        }
        for minutes in [json!(0), json!(61), json!(1440), json!(15.5), json!("15")] {
            check("/token_minutes", minutes, &wrong);
        }
    }

    #[test]
    fn limits_of_registrations_have_bounds_and_documented_defaults() {
        let document = |registration: Value| {
            let mut identity = whole();
            identity["registration"] = registration;
            json!({"pool": "eu-west-1_Pool", "clients": {"web": {}}, "identity": identity})
        };
        let read = |registration| {
            let text = document(registration).to_string();
            Policy::parse(&text, &mut Vec::new()).unwrap().identity.unwrap().registration
        };
        let default = read(Value::Null);
        assert_eq!((default.mails_a_day, default.mails_a_domain), (1_000, 200));
        assert_eq!((default.mode, &default.challenge), (RegistrationMode::Accept, &None));
        assert_eq!(read(json!({})), default);
        assert_eq!(read(json!({"mode": "closed"})).mode, RegistrationMode::Refuse);
        let challenge = read(json!({"challenge": {"url": "https://corp.example/challenge"}}));
        assert_eq!(challenge.challenge.unwrap().key_version, 1);
        let path = "POLICY.identity.registration";
        for (registration, complaint) in [
            (json!([]), format!("{path} must be an object")),
            (json!({"mode": "off"}), format!("{path}.mode must be one of open, closed")),
            (
                json!({"mails_a_day": 7}),
                format!("{path}.mails_a_day must be a whole number from 8 to 1000000"),
            ),
            (
                json!({"mails_a_domain": 0}),
                format!("{path}.mails_a_domain must be a whole number from 1 to 1000000"),
            ),
            (json!({"challenge": {}}), format!("{path}.challenge.url is missing")),
            (
                json!({"challenge": {"url": "http://corp.example/"}}),
                format!("{path}.challenge.url must be an https URL; http only to this machine"),
            ),
            (json!({"limit": 1}), format!("{path}.limit is not a setting")),
        ] {
            check("/registration", registration, &[&complaint]);
        }
    }

    #[test]
    fn wrong_member_is_reported() {
        check(
            "/identity_pool",
            json!("eu-west-1_Pool"),
            &["POLICY.identity.identity_pool must be an identity pool id such as eu-west-1:uuid"],
        );
        check(
            "/provider",
            json!("a b"),
            &["POLICY.identity.provider must be a developer provider name"],
        );
        check(
            "/directory",
            json!("ldap"),
            &["POLICY.identity.directory must be built_in or an object with url"],
        );
        check(
            "/directory",
            json!({"url": "http://corp.example/"}),
            &["POLICY.identity.directory.url must be an https URL; http only to this machine"],
        );
        check(
            "/directory",
            json!({"url": "https://corp.example/", "names": "lower"}),
            &["POLICY.identity.directory.names must be folded or exact"],
        );
        check("/directory", json!({"url": "https://corp.example/", "names": "exact"}), &[]);
        check(
            "/first_party",
            json!([]),
            &["POLICY.identity.first_party must name the clients that may send a password"],
        );
        for tags in [json!({"aws:x": "y"}), json!({"x": ""}), json!({"x": "a*"}), json!([])] {
            check(
                "/tags",
                tags,
                &[
                    "POLICY.identity.tags must be an object of at most 50 tag keys with their values",
                ],
            );
        }
        check("/extra", json!(1), &["POLICY.identity.extra is not a setting"]);
    }

    #[test]
    fn code_under_attack_is_of_the_built_in_directory() {
        for on in [json!(true), json!(false), Value::Null] {
            check("/code_under_attack", on, &[]);
        }
        let complaint = "POLICY.identity.code_under_attack must be true or false";
        check("/code_under_attack", json!("yes"), &[complaint]);
        let mut identity = whole();
        identity["code_under_attack"] = json!(true);
        identity["directory"] = json!({"url": "https://corp.example/"});
        let complaint = "POLICY.identity.code_under_attack needs the built-in directory";
        assert_eq!(complaints(&identity), [complaint]);
    }
}
