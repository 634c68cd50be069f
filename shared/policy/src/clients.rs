//! The app clients of the document.

use std::collections::{BTreeMap, BTreeSet};

use lifeguard_sign_in::client_policy::{
    ClientPolicy, DIGITS, FEWEST_ANSWERS, FEWEST_DIGITS, LinkBinding, MOST_ANSWERS, MOST_DIGITS,
    Method, PasswordRule,
};
use lifeguard_sign_in::redirect::{RedirectUri, Redirects};
use serde_json::Value;

use crate::reader::Section;

/// The longest name of a client, in characters.
const LONGEST_NAME: usize = 32;
/// Public clients from which on the shortest codes are refused: guesses at each of them count by
/// themselves, and hit together.
const MANY_PUBLIC: usize = 3;

/// The app clients, by their ids.
#[derive(Default)]
pub(crate) struct Clients {
    /// The rules of each client.
    pub(crate) rules: BTreeMap<String, ClientPolicy>,
    /// The name in mails, of each client that has one.
    pub(crate) names: BTreeMap<String, String>,
    /// The clients with a method and without a secret.
    pub(crate) public: BTreeSet<String>,
}

/// Parses `clients`: an object from client id to the settings of that client.
pub(crate) fn parse(mut clients: Section<'_>) -> Clients {
    let mut parsed = Clients::default();
    for (id, value) in clients.rest() {
        let mut client = clients.adopt(&id, value);
        let name = client.line("name", LONGEST_NAME);
        let secret = client.flag("secret");
        let rules = parse_rules(client);
        parsed.names.extend(name.map(|name| (id.clone(), name)));
        if !secret && !rules.methods.is_empty() {
            parsed.public.insert(id.clone());
        }
        parsed.rules.insert(id, rules);
    }
    if parsed.public.len() >= MANY_PUBLIC {
        let shortest = parsed.rules.iter().filter(|(_, rules)| rules.digits == FEWEST_DIGITS);
        for (id, _) in shortest {
            clients.complain(
                &format!("{id}.digits"),
                &format!(
                    "must be at least {} with {} public clients: guesses at all of them hit too \
                     often; clients with a secret say \"secret\": true",
                    FEWEST_DIGITS + 1,
                    parsed.public.len(),
                ),
            );
        }
    }
    parsed
}

fn parse_rules(mut client: Section<'_>) -> ClientPolicy {
    let methods = parse_methods(&mut client);
    let default_method = client.text("default_method").and_then(|name| {
        let method = Method::parse(&name).filter(|method| methods.contains(method));
        if method.is_none() {
            client.complain("default_method", "must be one of the client's methods");
        }
        method
    });
    let password = client.choice(
        "password",
        &[
            ("never", PasswordRule::Never),
            ("first", PasswordRule::First),
            ("first_with_mfa", PasswordRule::FirstWithMfa),
        ],
        PasswordRule::Never,
    );
    let answers =
        client.number("answers", FEWEST_ANSWERS.into(), MOST_ANSWERS.into(), MOST_ANSWERS.into());
    let digits = client.number("digits", FEWEST_DIGITS.into(), MOST_DIGITS.into(), DIGITS.into());
    let link_binding = client.choice(
        "link_binding",
        &[("same_session", LinkBinding::SameSession), ("any_browser", LinkBinding::AnyBrowser)],
        LinkBinding::SameSession,
    );
    let redirects = parse_redirects(&mut client, &methods);
    let default_redirect = parse_default_redirect(&mut client, &redirects, &methods);
    client.finish();
    ClientPolicy {
        methods,
        default_method,
        password,
        answers: u8::try_from(answers).unwrap_or(FEWEST_ANSWERS),
        digits: u8::try_from(digits).unwrap_or(MOST_DIGITS),
        link_binding,
        redirects,
        default_redirect,
    }
}

fn parse_redirects(client: &mut Section<'_>, methods: &BTreeSet<Method>) -> Redirects {
    let texts = client.texts("redirects").unwrap_or_default();
    let redirects = Redirects::parse(texts.iter().map(String::as_str)).unwrap_or_else(|unusable| {
        client.complain("redirects", &unusable.to_string());
        Redirects::default()
    });
    if methods.contains(&Method::MagicLink) && texts.is_empty() {
        client.complain("redirects", "must name the pages that a MAGIC_LINK may lead to");
    }
    redirects
}

fn parse_default_redirect(
    client: &mut Section<'_>,
    redirects: &Redirects,
    methods: &BTreeSet<Method>,
) -> Option<RedirectUri> {
    let text = client.text("default_redirect");
    let redirect = text.as_deref().and_then(|text| redirects.admit(text));
    match (&text, &redirect) {
        (Some(_), None) => client.complain("default_redirect", "must match the redirects"),
        (None, _) if methods.contains(&Method::MagicLink) => {
            client.complain(
                "default_redirect",
                "is missing: every mail of a client with MAGIC_LINK has a link, and it leads there \
                 where the request names no redirectUri",
            );
        }
        (None | Some(_), _) => {}
    }
    redirect
}

fn parse_methods(client: &mut Section<'_>) -> BTreeSet<Method> {
    let known: Vec<&str> = Method::ALL.iter().map(|method| method.name()).collect();
    let wrong = format!("must be a list of {}", known.join(", "));
    let Some(value) = client.take("methods") else {
        return BTreeSet::new();
    };
    let methods: Option<BTreeSet<Method>> = value
        .as_array()
        .and_then(|names| names.iter().map(|name| Method::parse(name.as_str()?)).collect());
    methods.unwrap_or_else(|| {
        client.complain("methods", &wrong);
        BTreeSet::new()
    })
}

/// True if there is no client: an empty `clients` object would refuse every event.
pub(crate) fn is_missing(clients: Option<&Value>) -> bool {
    clients.and_then(Value::as_object).is_none_or(serde_json::Map::is_empty)
}
