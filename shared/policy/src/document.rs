//! The document `POLICY` as a whole.

use std::collections::{BTreeMap, BTreeSet};

use lifeguard_cognito_events::Scope;
use lifeguard_cognito_events::caller::NO_CLIENT;
use lifeguard_sign_in::client_policy::ClientPolicy;
use lifeguard_sign_up::email::EmailDomain;
use lifeguard_sign_up::sign_up_policy::{Enforcement, SignUpPolicy};

use crate::clients::{self, Clients};
use crate::identity::{self, IdentityPolicy};
use crate::key_text;
use crate::pool_id::{is_pool_id, is_region};
use crate::reader::Section;
use crate::strict::Strict;

/// The attributes that a user may set at sign-up where nothing is configured: the standard
/// claims of OpenID Connect that grant nothing, and the two addresses Cognito itself asks for.
const ATTRIBUTES: [&str; 19] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
    "cognito:email_alias",
    "cognito:phone_number_alias",
];

/// SHA-256 of the empty text.
const HASH_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The longest name of the application, in characters.
const LONGEST_NAME: usize = 64;

/// The settings of the document `POLICY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The pool and its clients.
    pub scope: Scope,
    /// The sign-in rules by client id.
    pub clients: BTreeMap<String, ClientPolicy>,
    /// The names of clients in mails, by client id, where they have one.
    pub client_names: BTreeMap<String, String>,
    /// The clients without a secret by which a mail can be asked for: any caller can use them.
    pub public_clients: BTreeSet<String>,
    /// The version of the code key that new challenges use.
    pub key_version: u16,
    /// The sign-up rules.
    pub sign_up: SignUpPolicy,
    /// True if the reader of a mailbox may reject the password of the sign-up when confirming it.
    pub discard_password: bool,
    /// The group that a newly confirmed user joins.
    pub default_group: Option<String>,
    /// The name of the application in mails; each language has one of its own for `None`.
    pub application: Option<String>,
    /// The SHA-256 of each secret by which CloudFront proves itself to the HTTP APIs, in hexadecimal;
    /// without one no request counts as CloudFront's.
    pub origin_hashes: Vec<String>,
    /// The developer-authenticated identity provider, where there is one.
    pub identity: Option<IdentityPolicy>,
}

impl Policy {
    /// Parses the document, adding every mistake to `complaints`.
    pub(crate) fn parse(text: &str, complaints: &mut Vec<String>) -> Option<Self> {
        let value = match serde_json::from_str(text) {
            Ok(Strict(value)) => value,
            Err(error) if error.is_data() => {
                complaints.push(format!("POLICY is not usable: {error}"));
                return None;
            }
            Err(_) => {
                complaints.push("POLICY must be a JSON object".to_owned());
                return None;
            }
        };
        let before = complaints.len();
        complaints.extend(
            key_text::paths("POLICY", &value)
                .into_iter()
                .map(|path| format!("{path} looks like a key, and no setting holds one")),
        );
        let without_clients = clients::is_missing(value.get("clients"));
        let mut document = Section::new("POLICY", value, complaints);
        let pool = document.required_text("pool");
        if !pool.is_empty() && !is_pool_id(&pool) {
            document.complain("pool", "must be a user pool id such as eu-west-1_Ab12Cd34E");
        }
        let regions = parse_regions(&mut document, &pool);
        let Clients { rules: clients, names: client_names, public: public_clients } =
            clients::parse(document.section("clients"));
        if without_clients {
            document.complain("clients", "must name at least one app client");
        }
        for id in clients.keys().filter(|id| !is_client_id(id)) {
            document.complain("clients", &format!("must hold app client ids, not {id:?}"));
        }
        let key_version = document.number("key_version", 1, u16::MAX.into(), 1);
        let mut sign_up = document.section("sign_up");
        let discard_password = sign_up.flag("discard_password");
        let sign_up = parse_sign_up(sign_up);
        let mut profile = document.section("profile");
        let default_group = profile.text("default_group");
        profile.finish();
        let application = parse_application(document.section("mail"));
        let origin_hashes = parse_origin_hashes(document.section("api"));
        let identity = document.take("identity");
        let identity =
            identity.map(|value| identity::parse(document.adopt("identity", value), &pool));
        document.finish();
        (complaints.len() == before).then(|| Self {
            scope: Scope::new(pool, regions, clients.keys().cloned().collect()),
            clients,
            client_names,
            public_clients,
            key_version: u16::try_from(key_version).unwrap_or(1),
            sign_up,
            discard_password,
            default_group,
            application,
            origin_hashes,
            identity,
        })
    }
}

impl Policy {
    /// Returns a sentence for the log of a start: the number of clients that can mail the same
    /// mailbox. The limits on mails and guesses hold for each client by itself.
    #[must_use]
    pub fn mail_report(&self) -> String {
        let clients = self.clients.values().filter(|client| !client.methods.is_empty()).count();
        let public = self.public_clients.len();
        format!(
            "app clients that can mail one mailbox: {clients}, without a secret: {public}; each has \
             limits of its own"
        )
    }
}

/// Parses the Regions from which events are accepted: by default the one that the pool's id names.
/// An empty list would refuse every event, which no operator means.
fn parse_regions(document: &mut Section<'_>, pool: &str) -> BTreeSet<String> {
    if document.is_empty_list("regions") {
        document.complain("regions", "must not be empty; left out, it is the Region of the pool");
    }
    let listed = document.texts("regions");
    if listed.iter().flatten().any(|region| !is_region(region)) {
        document.complain("regions", "must hold names of Regions such as eu-central-1");
    }
    listed.unwrap_or_else(|| pool.split('_').take(1).map(str::to_owned).collect())
}

/// Parses the hashes of the origin secret: the current one, and while it is rotated the previous one.
/// The hash of the empty text would let every header that is empty pass.
fn parse_origin_hashes(mut api: Section<'_>) -> Vec<String> {
    let hashes = api.texts("origin_secret_hashes").unwrap_or_default();
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_hash = |text: &String| text.len() == 64 && text.bytes().all(digit);
    if hashes.len() > 2 || !hashes.iter().all(is_hash) || hashes.contains(HASH_OF_NOTHING) {
        let wrong = "must be at most two SHA-256 hashes in lower-case hexadecimal, of secrets that are not empty";
        api.complain("origin_secret_hashes", wrong);
    }
    api.finish();
    hashes.into_iter().collect()
}

/// True if a text has the form of an app client's id. [`NO_CLIENT`] stands for calls without a client and names none.
fn is_client_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'_';
    (1..=128).contains(&text.len()) && text.bytes().all(plain) && text != NO_CLIENT
}

/// Parses the name of the application, which the subject of mails holds: one short line.
fn parse_application(mut mail: Section<'_>) -> Option<String> {
    let name = mail.line("application", LONGEST_NAME);
    mail.finish();
    name
}

fn parse_sign_up(mut section: Section<'_>) -> SignUpPolicy {
    check_confirmation(&mut section);
    let policy = SignUpPolicy {
        enforcement: section.choice(
            "mode",
            &[("enforce", Enforcement::Enforce), ("observe", Enforcement::Observe)],
            Enforcement::Enforce,
        ),
        allowed_domains: parse_allowed_domains(&mut section),
        denied_domains: parse_domains(&mut section, "denied_domains"),
        allowed_attributes: section
            .texts("allowed_attributes")
            .unwrap_or_else(|| ATTRIBUTES.into_iter().map(str::to_owned).collect()),
    };
    section.finish();
    policy
}

/// Accepts one way of confirmation. An account that is confirmed without a code has an unverified
/// address, to which no code or link is ever sent and for which Cognito neither sends its own code
/// again nor resets a password: its owner would be locked out and the address taken.
fn check_confirmation(section: &mut Section<'_>) {
    match section.text("confirmation").as_deref() {
        None | Some("by_code") => {}
        Some("automatic") => section.complain(
            "confirmation",
            "must be by_code: automatic leaves addresses unverified, and codes go to verified ones",
        ),
        Some(_) => section.complain("confirmation", "must be by_code"),
    }
}

/// Parses the allowed domains. An empty list would admit every user, as an absent one does.
fn parse_allowed_domains(section: &mut Section<'_>) -> BTreeSet<EmailDomain> {
    if section.is_empty_list("allowed_domains") {
        section.complain("allowed_domains", "must not be empty; left out, any domain may sign up");
    }
    parse_domains(section, "allowed_domains")
}

/// Parses domains in the one form in which they are compared, so that the settings show it.
fn parse_domains(section: &mut Section<'_>, name: &str) -> BTreeSet<EmailDomain> {
    let texts = section.texts(name).unwrap_or_default();
    let read = |text: &String| EmailDomain::parse(text).filter(|domain| domain.as_str() == text);
    let domains: Option<BTreeSet<EmailDomain>> = texts.iter().map(read).collect();
    domains.unwrap_or_else(|| {
        section.complain(name, "must hold domains in ASCII and lower case");
        BTreeSet::new()
    })
}
