//! The member `identity`: the developer-authenticated identity provider.

use std::collections::{BTreeMap, BTreeSet};

use lifeguard_sign_up::directory_name::Spelling;

use crate::issuers::{self, Issuer};
use crate::login_providers::{self, LoginProvider};
use crate::party::Party;
use crate::reader::Section;

/// The longest life of a token in minutes; the identity pool would give a day.
const MOST_MINUTES: u64 = 60;
const MINUTES: u64 = 15;
/// The most principal tags of one token (the quota of the identity pool).
const MOST_TAGS: usize = 50;
/// The longest key of a principal tag, in characters (AWS STS).
const LONGEST_TAG_KEY: usize = 128;
/// The longest value of a principal tag, in characters (AWS STS).
const LONGEST_TAG_VALUE: usize = 256;

/// What the developer-authenticated identity provider is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPolicy {
    /// The identity pool; its Region is the part before the colon.
    pub identity_pool: String,
    /// The developer provider name by which the pool knows us.
    pub provider: String,
    /// How long an OpenID token lives, in seconds.
    pub token_life: u64,
    /// Where the people with a password are, if any are.
    pub directory: Option<Directory>,
    /// The clients that may send a password.
    pub first_party: BTreeSet<String>,
    /// The principal tags of everybody in the directory.
    pub tags: BTreeMap<String, String>,
    /// The issuers whose tokens are exchanged, by `iss`.
    pub issuers: BTreeMap<String, Issuer>,
    /// The providers whose logins may be linked, by the names that the pool has for them.
    pub links: BTreeMap<String, LoginProvider>,
}

/// Where the people with a password are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directory {
    /// In our own table.
    BuiltIn,
    /// Behind an endpoint of the operator's.
    Https {
        /// Its address.
        url: String,
        /// The version of the key between us and it.
        key_version: u16,
        /// Which spellings of a name it takes for one person.
        names: Spelling,
    },
}

impl IdentityPolicy {
    /// The Region of the identity pool.
    #[must_use]
    pub fn region(&self) -> &str {
        self.identity_pool.split(':').next().unwrap_or_default()
    }
}

/// Whether a text may be the key of a principal tag: the letters that STS takes, in ASCII, and
/// not the prefix that AWS keeps for itself.
#[must_use]
pub fn is_tag_key(text: &str) -> bool {
    is_tag_text(text, LONGEST_TAG_KEY) && !text.to_ascii_lowercase().starts_with("aws:")
}

/// Whether a text may be the value of a principal tag.
#[must_use]
pub fn is_tag_value(text: &str) -> bool {
    is_tag_text(text, LONGEST_TAG_VALUE)
}

fn is_tag_text(text: &str, longest: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _.:/=+-@".contains(&byte);
    (1..=longest).contains(&text.len()) && text.bytes().all(plain)
}

/// Reads `identity`; `user_pool` is the id of the pool whose tokens the identity pool takes itself.
pub(crate) fn read(mut section: Section<'_>, user_pool: &str) -> IdentityPolicy {
    let identity_pool = section.required_text("identity_pool");
    if !identity_pool.is_empty() && !is_identity_pool(&identity_pool) {
        section.complain("identity_pool", "must be an identity pool id such as eu-west-1:uuid");
    }
    let provider = section.required_text("provider");
    if !provider.is_empty() && !is_provider_name(&provider) {
        section.complain("provider", "must be a developer provider name");
    }
    let minutes = section.number("token_minutes", 1, MOST_MINUTES, MINUTES);
    let directory = read_directory(&mut section);
    let first_party = section.texts("first_party").unwrap_or_default();
    if directory.is_some() && first_party.is_empty() {
        section.complain("first_party", "must name the clients that may send a password");
    }
    let tags = read_tags(&mut section, "tags", "tag keys with their values", is_tag_value);
    let taken = section.texts("pool_issuers").unwrap_or_default();
    let mut taken: BTreeSet<Party> =
        taken.iter().map(|issuer| Party::parse(issuer, user_pool)).collect();
    taken.insert(Party::user_pool(user_pool));
    let issuers = issuers::read(&mut section, user_pool, &taken);
    let links = login_providers::read(&mut section, user_pool, &provider, &issuers);
    section.finish();
    IdentityPolicy {
        identity_pool,
        provider,
        token_life: minutes * 60,
        directory,
        first_party,
        tags,
        issuers,
        links,
    }
}

fn read_directory(section: &mut Section<'_>) -> Option<Directory> {
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

/// Reads an object from tag key to a text that `is_value` takes.
pub(crate) fn read_tags(
    section: &mut Section<'_>,
    name: &str,
    what: &str,
    is_value: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let Some(value) = section.take(name) else {
        return BTreeMap::new();
    };
    let read = |(key, value): (&String, &serde_json::Value)| {
        let value = value.as_str().filter(|value| is_value(value))?;
        is_tag_key(key).then(|| (key.clone(), value.to_owned()))
    };
    let tags = value.as_object().filter(|members| members.len() <= MOST_TAGS);
    let tags: Option<BTreeMap<String, String>> =
        tags.and_then(|members| members.iter().map(read).collect());
    tags.unwrap_or_else(|| {
        section.complain(name, &format!("must be an object of at most {MOST_TAGS} {what}"));
        BTreeMap::new()
    })
}

/// The form of an identity pool's id: its Region, a colon and a UUID.
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

/// True if a request may be sent there: by TLS, or to this machine, where a stand-in runs.
pub(crate) fn is_fetchable(url: &str) -> bool {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['#', '\\']);
    let host = |rest: &str| rest.split(['/', '?']).next().unwrap_or_default().to_owned();
    let is_here = |host: &str| match host.strip_prefix("[::1]") {
        Some(port) => port.is_empty() || port.starts_with(':'),
        None => matches!(host.split(':').next(), Some("localhost" | "127.0.0.1")),
    };
    let is_host = |host: &str| !host.is_empty() && !host.starts_with(':') && !host.contains('@');
    plain
        && match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => is_host(&host(rest)),
            (None, Some(rest)) => is_here(&host(rest)) && is_host(&host(rest)),
            (None, None) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::{is_fetchable, is_tag_key, is_tag_value};
    use crate::document::Policy;
    use crate::token_type::TokenType;
    use serde_json::{Value, json};

    fn complaints(identity: &Value) -> Vec<String> {
        let document = json!({
            "pool": "eu-west-1_Pool", "clients": {"web": {}}, "identity": identity,
        });
        let mut complaints = Vec::new();
        let policy = Policy::read(&document.to_string(), &mut complaints);
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
    fn a_whole_section_is_taken_with_the_documented_defaults() {
        let document = json!({
            "pool": "eu-west-1_Pool", "clients": {"web": {}}, "identity": whole(),
        });
        let policy = Policy::read(&document.to_string(), &mut Vec::new()).unwrap();
        let identity = policy.identity.unwrap();
        assert_eq!((identity.region(), identity.token_life), ("eu-west-1", 900));
        let issuer = &identity.issuers["https://id.example.com"];
        assert_eq!((&issuer.types, issuer.max_age), (&[TokenType::new("jwt")].into(), 300));
    }

    #[test]
    fn t57_tokens_live_for_an_hour_at_most() {
        let wrong = ["POLICY.identity.token_minutes must be a whole number from 1 to 60"];
        for minutes in [json!(1), json!(15), json!(60), Value::Null] {
            check("/token_minutes", minutes, &[]);
        }
        for minutes in [json!(0), json!(61), json!(1440), json!(15.5), json!("15")] {
            check("/token_minutes", minutes, &wrong);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
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
    fn requests_go_out_by_tls_or_stay_on_this_machine() {
        for url in [
            "https://id.example.com/keys?x=1",
            "https://id.example.com:8443",
            "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.example",
            "http://localhost:4480/issuer",
            "http://127.0.0.1:1/",
            "http://[::1]:4480/x",
            "http://[::1]",
        ] {
            assert!(is_fetchable(url), "{url}");
        }
        for url in [
            "",
            "https://",
            "https://:443/",
            "ftp://localhost/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://[::1].example.com/",
            "http://localhost@evil.example/",
            "http://localhost:80@evil.example/",
            "https://a@evil.example/",
            "https://evil.example\\@id.example.com/",
            "https://id.example.com/ x",
            "http://169.254.169.254/",
        ] {
            assert!(!is_fetchable(url), "{url}");
        }
    }

    #[test]
    fn tags_hold_what_sts_takes() {
        assert!(is_tag_key("team") && is_tag_value("Team A_1.2:3/4=5+6-7@8"));
        for text in ["", "a*", "a${b}", "é", "a\n"] {
            assert!(!is_tag_key(text) && !is_tag_value(text), "{text:?}");
        }
        assert!(!is_tag_key("aws:x") && !is_tag_key("AWS:x") && !is_tag_key(&"k".repeat(129)));
        assert!(is_tag_value(&"v".repeat(256)) && !is_tag_value(&"v".repeat(257)));
    }
}
