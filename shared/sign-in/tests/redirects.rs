//! Pages that links may lead to, under hostile addresses.
#![allow(clippy::unwrap_used, reason = "tests")]

use lifeguard_sign_in::redirect::{RedirectUri, Redirects};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use url::Url;

const ALLOWED: [&str; 3] = [
    "https://app.example.com/signin",
    "http://localhost:3000",
    "https://xn--mnchen-3ya.example/a/",
];

fn redirects() -> Redirects {
    Redirects::parse(ALLOWED).unwrap()
}

fn hostile() -> Vec<String> {
    serde_json::from_str(include_str!("hostile-redirects.json")).unwrap()
}

#[test]
fn t20_an_open_redirect_by_hostile_addresses() {
    let hostile = hostile();
    assert!(hostile.len() >= 150, "{} addresses", hostile.len());
    for address in hostile {
        assert_eq!(redirects().admit(&address), None, "{address:?}");
    }
}

#[test]
fn a_redirect_that_matches_is_kept_byte_for_byte() {
    for address in [
        "https://app.example.com/signin",
        "https://app.example.com/signin/",
        "https://app.example.com/signin/now",
        "https://app.example.com/signin?next=%2Fhome&lang=nl",
        "https://app.example.com/signin/a/b?c=d/e+f",
        "http://localhost:3000",
        "http://localhost:3000/",
        "http://localhost:3000/any/path?x=y",
        "https://xn--mnchen-3ya.example/a/",
        "https://xn--mnchen-3ya.example/a/b",
    ] {
        let admitted = redirects().admit(address);
        assert_eq!(admitted.as_ref().map(RedirectUri::as_str), Some(address));
    }
}

#[test]
fn a_configured_redirect_in_another_form_is_refused() {
    for text in [
        "http://app.example.com/",
        "https://App.example.com/",
        "https://app.example.com/?a=b",
        "https://app.example.com/#",
        "https://user@app.example.com/",
        "https://app.example.com:0/",
        "https://app.example.com:070/",
        "https://app.example.com:99999/",
        "https://app.example.com:/",
        "https://app..example.com/",
        "https://-app.example.com/",
        "https://münchen.example/",
        "https://10.0.0.1/",
        "https://app.example.com/a/../b",
        "https://app.example.com//a",
        "https:///a",
        "app.example.com",
        "*",
    ] {
        assert!(Redirects::parse([text]).is_err(), "{text}");
    }
}

/// Addresses made of the pieces that confuse readers of URLs.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "https://app.example.com",
        "/signin",
        "/",
        "//",
        "?",
        "#",
        "@",
        ":",
        ":443",
        "\\",
        "..",
        "/../",
        "%2e",
        "%2f",
        "evil.example",
        ".",
        "a",
        "&",
        "=",
        "%",
        "%41",
        " ",
        "\t",
        "\n",
        "'",
        "\"",
        "<",
        ";",
        "é",
        "http://localhost:3000",
        "https://xn--mnchen-3ya.example/a/",
    ]);
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

/// An address as a browser writes it: an origin alone gets the slash of its root.
fn with_a_path(address: &str) -> String {
    let (place, query) = address.split_at(address.find('?').unwrap_or(address.len()));
    match place.split_once("://") {
        Some((_, rest)) if rest.contains('/') => address.to_owned(),
        Some(_) | None => format!("{place}/{query}"),
    }
}

#[test]
fn a_browser_gives_an_origin_the_slash_of_its_root() {
    for address in ["http://localhost:3000", "http://localhost:3000?", "http://localhost:3000?a=/"]
    {
        assert_eq!(Url::parse(address).unwrap().as_str(), with_a_path(address));
    }
}

proptest! {
    /// A second opinion: whatever is admitted, a browser's reader of URLs (WHATWG) sees under an
    /// allowed origin and path, and writes back as it was.
    #[test]
    fn t20_what_is_admitted_leads_where_a_browser_thinks_it_does(
        start in prop::sample::select(ALLOWED.to_vec()),
        rest in pieces(),
        with_start in prop::bool::weighted(0.8),
    ) {
        let address = if with_start { format!("{start}{rest}") } else { rest };
        if let Some(admitted) = redirects().admit(&address) {
            let url = Url::parse(admitted.as_str()).unwrap();
            let under = ALLOWED.iter().any(|allowed| {
                let allowed = Url::parse(allowed).unwrap();
                let path = allowed.path().trim_end_matches('/');
                url.origin() == allowed.origin()
                    && (url.path() == path || url.path().starts_with(&format!("{path}/")))
            });
            prop_assert!(under, "{}", address);
            prop_assert!(url.fragment().is_none() && url.username().is_empty());
            prop_assert_eq!(url.as_str(), with_a_path(&address));
        }
    }
}
