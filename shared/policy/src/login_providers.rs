//! The providers of logins that may be linked to an account.

use std::collections::{BTreeMap, BTreeSet};

use crate::fetchable::is_fetchable;
use crate::issuers::{Algorithm, parse_algorithm};
use crate::party::Party;
use crate::reader::Section;

/// The most providers: an identity has at most twenty logins, and one is the account's own.
const MOST_PROVIDERS: usize = 19;
/// The longest name of a provider, in bytes (the identity pool).
const LONGEST_NAME: usize = 128;

/// A provider of the identity pool, and everything by which its ID tokens are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginProvider {
    /// The `iss` of its tokens, or one of the two that it writes: see [`LoginProvider::is_issuer`].
    pub iss: String,
    /// Address of its keys.
    pub jwks: String,
    /// The accepted clients: `aud` of a token must name one of them.
    pub audiences: BTreeSet<String>,
    /// The one algorithm that it signs with.
    pub algorithm: Algorithm,
}

/// Google's name, which its tokens write with and without the scheme.
const GOOGLE: &str = "accounts.google.com";

impl LoginProvider {
    /// True if tokens of this issuer are the provider's. Names are compared byte for byte; Google has
    /// two of them, and so has a user pool, by its setting `IssuerConfiguration`.
    #[must_use]
    pub fn is_issuer(&self, iss: &str) -> bool {
        iss == self.iss || other_name(&self.iss).is_some_and(|other| other == iss)
    }
}

/// Returns the other name of an issuer that has two.
fn other_name(iss: &str) -> Option<String> {
    let address = iss.strip_prefix("https://");
    if address == Some(GOOGLE) {
        return Some(GOOGLE.to_owned());
    }
    if iss == GOOGLE {
        return Some(format!("https://{GOOGLE}"));
    }
    let address = address?;
    Some(match address.strip_prefix("issuer-cognito-idp.") {
        Some(rest) => format!("https://cognito-idp.{rest}"),
        None => format!("https://issuer-cognito-idp.{}", address.strip_prefix("cognito-idp.")?),
    })
}

/// Parses the list `links`, by the names of the providers in the identity pool. `own` is the
/// developer provider, and `exchanged` are the issuers of tokens that make accounts of their own.
pub(crate) fn parse<T>(
    section: &mut Section<'_>,
    user_pool: &str,
    own: &str,
    exchanged: &BTreeMap<String, T>,
) -> BTreeMap<String, LoginProvider> {
    let party_of = |name: &str| Party::parse(name, user_pool);
    let exchanged: BTreeSet<Party> = exchanged.keys().map(|iss| party_of(iss)).collect();
    let mut providers = BTreeMap::<String, LoginProvider>::new();
    let entries = match section.take("links") {
        None => return providers,
        Some(serde_json::Value::Array(entries)) if entries.len() <= MOST_PROVIDERS => entries,
        Some(_) => {
            section
                .complain("links", &format!("must be a list of at most {MOST_PROVIDERS} objects"));
            return providers;
        }
    };
    for (place, entry) in entries.into_iter().enumerate() {
        let path = format!("links[{place}]");
        let (name, provider) = parse_one(section.adopt(&path, entry));
        let (party, issuer) = (party_of(&name), party_of(&provider.iss));
        if name == own || party == Party::IdentityPools {
            section.complain(&format!("{path}.provider"), "cannot be linked");
        }
        if exchanged.contains(&issuer) || exchanged.contains(&party) {
            section.complain(&format!("{path}.iss"), "is an issuer of tokens that are exchanged");
        }
        if providers.values().any(|known| party_of(&known.iss) == issuer) {
            section.complain(&format!("{path}.iss"), "stands twice");
        }
        if providers.keys().any(|known| party_of(known) == party) {
            section.complain(&format!("{path}.provider"), "stands twice");
        }
        for (member, other) in [("iss", issuer), ("jwks", party_of(&provider.jwks))] {
            if is_of_another(&other, &party) {
                section.complain(&format!("{path}.{member}"), "belongs to another provider");
            }
        }
        providers.insert(name, provider);
    }
    providers
}

/// True if an address belongs to a known provider, and not to this one.
fn is_of_another(address: &Party, provider: &Party) -> bool {
    match address {
        Party::UserPool(_) | Party::IdentityPools | Party::Social(_) => address != provider,
        Party::Other(_) => false,
    }
}

fn parse_one(mut section: Section<'_>) -> (String, LoginProvider) {
    let name = section.required_text("provider");
    if !name.is_empty() && !is_name(&name) {
        section.complain("provider", "must be a provider name of the identity pool");
    } else if let Party::Social(known) = Party::parse(&name, "")
        && known != name
    {
        section.complain("provider", &format!("must be written {known}"));
    }
    let iss = section.text("iss").unwrap_or_else(|| format!("https://{name}"));
    let jwks = section.text("jwks").unwrap_or_else(|| format!("{iss}/.well-known/jwks.json"));
    if !name.is_empty() && !is_fetchable(&jwks) {
        section.complain("jwks", "must be an https URL; http only to this machine");
    }
    let audiences = section.texts("audiences").unwrap_or_default();
    if audiences.is_empty() {
        section.complain("audiences", "must name the accepted clients");
    }
    let algorithm = section.text("algorithm").unwrap_or_else(|| "RS256".to_owned());
    let algorithm = parse_algorithm(&mut section, &algorithm);
    section.finish();
    (name, LoginProvider { iss, jwks, audiences, algorithm })
}

/// True if a text has the form of a provider's name, which has no scheme.
fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:/-".contains(&byte);
    text.len() <= LONGEST_NAME && text.bytes().all(plain) && !text.contains("://")
}

#[cfg(test)]
mod tests {
    use super::LoginProvider;
    use crate::document::Policy;
    use crate::issuers::Algorithm;
    use serde_json::{Value, json};

    fn policy(links: &Value, complaints: &mut Vec<String>) -> Option<Policy> {
        let document = json!({
            "pool": "eu-west-1_Pool", "clients": {"web": {}},
            "identity": {
                "identity_pool": "eu-west-1:11111111-2222-4333-8444-555555555555",
                "provider": "lifeguard",
                "issuers": [{
                    "iss": "https://corp.example", "jwks": "https://corp.example/keys",
                    "audience": "lifeguard", "algorithm": "ES256",
                }],
                "links": links,
            },
        });
        Policy::parse(&document.to_string(), complaints)
    }

    #[track_caller]
    fn check(links: &Value, expected: &[&str]) {
        let mut complaints = Vec::new();
        let _ = policy(links, &mut complaints);
        assert_eq!(complaints, expected);
    }

    #[test]
    fn provider_needs_a_name_and_its_clients() {
        let name = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool";
        let links = json!([{"provider": name, "audiences": ["web"]}]);
        let providers = policy(&links, &mut Vec::new()).unwrap().identity.unwrap().links;
        let provider = &providers[name];
        assert_eq!(provider.iss, format!("https://{name}"));
        assert_eq!(provider.jwks, format!("https://{name}/.well-known/jwks.json"));
        assert_eq!(provider.algorithm, Algorithm::Rs256);
        check(
            &json!([{}]),
            &[
                "POLICY.identity.links[0].provider is missing",
                "POLICY.identity.links[0].audiences must name the accepted clients",
            ],
        );
    }

    #[test]
    fn token_names_its_provider_by_one_of_its_names() {
        let original = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool";
        let updated = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool";
        let google = "https://accounts.google.com";
        let local = "http://localhost:4480/eu-west-1_Pool";
        for (iss, names) in [
            (original, &[original, updated][..]),
            (updated, &[updated, original]),
            (google, &[google, "accounts.google.com"]),
            ("accounts.google.com", &["accounts.google.com", google]),
            ("https://appleid.apple.com", &["https://appleid.apple.com"]),
            (local, &[local]),
        ] {
            let (audiences, algorithm) = (["web".to_owned()].into(), Algorithm::Rs256);
            let jwks = "https://a.example/keys".to_owned();
            let provider = LoginProvider { iss: iss.to_owned(), jwks, audiences, algorithm };
            for token in [
                original,
                updated,
                google,
                "accounts.google.com",
                "http://accounts.google.com",
                "https://accounts.google.com/",
                "https://Accounts.google.com",
                "https://appleid.apple.com",
                "appleid.apple.com",
                local,
                "https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_Pool",
                "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
                "https://issuer-issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool",
                "",
            ] {
                assert_eq!(provider.is_issuer(token), names.contains(&token), "{iss} {token}");
            }
        }
    }

    #[test]
    fn t56_login_is_either_linked_or_an_account_of_its_own() {
        let with = |iss: &str| {
            let jwks = "https://a.example/keys";
            json!({"provider": "a.example", "iss": iss, "jwks": jwks, "audiences": ["web"]})
        };
        for iss in ["https://corp.example", "https://Corp.example/", "http://corp.example:443"] {
            check(
                &json!([with(iss)]),
                &["POLICY.identity.links[0].iss is an issuer of tokens that are exchanged"],
            );
        }
        check(
            &json!([{"provider": "corp.example", "iss": "https://b.example", "audiences": ["web"]}]),
            &["POLICY.identity.links[0].iss is an issuer of tokens that are exchanged"],
        );
        for name in [
            "lifeguard",
            "cognito-identity.amazonaws.com",
            "Cognito-Identity.amazonaws.com:443/",
            "cognito-identity.eu-west-1.amazonaws.com",
            "cognito-identity.cn-north-1.amazonaws.com.cn",
        ] {
            check(
                &json!([{"provider": name, "audiences": ["web"]}]),
                &["POLICY.identity.links[0].provider cannot be linked"],
            );
        }
    }

    #[test]
    fn t56_addresses_of_known_provider_are_its_own() {
        let pool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool";
        let google = "accounts.google.com";
        let with = |provider: &str, iss: &str, jwks: &str| json!([{"provider": provider, "iss": iss, "jwks": jwks, "audiences": ["web"]}]);
        for (provider, iss, jwks) in [
            (google, "https://accounts.google.com", "https://www.googleapis.com/oauth2/v3/certs"),
            (google, "accounts.google.com", "https://a.example/keys"),
            (
                pool,
                "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool",
                "https://issuer-cognito-idp.us-east-1.amazonaws.com/eu-west-1_Pool/keys",
            ),
            (
                pool,
                "http://localhost:4480/eu-west-1_Pool",
                "http://localhost:4480/eu-west-1_Pool/k",
            ),
            ("a.example", "https://b.example", "https://c.example/keys"),
        ] {
            check(&with(provider, iss, jwks), &[]);
        }
        let of_pool = format!("https://{pool}");
        let (iss, jwks) = (
            "POLICY.identity.links[0].iss belongs to another provider",
            "POLICY.identity.links[0].jwks belongs to another provider",
        );
        for (provider, name, keys, expected) in [
            (google, of_pool.as_str(), "https://a.example/", vec![iss]),
            (google, "https://accounts.google.com", of_pool.as_str(), vec![jwks]),
            ("a.example", "accounts.google.com", "https://appleid.apple.com/", vec![iss, jwks]),
            (pool, "https://cognito-identity.amazonaws.com", "https://a.example/", vec![iss]),
            (pool, &of_pool.replace("_Pool", "_Other"), "https://a.example/", vec![iss]),
        ] {
            check(&with(provider, name, keys), &expected);
        }
    }

    #[test]
    fn t56_spellings_of_one_provider_stand_once() {
        let with = |name: &str, iss: &str| {
            let jwks = "https://a.example/keys";
            json!({"provider": name, "iss": iss, "jwks": jwks, "audiences": ["web"]})
        };
        for (one, same) in [
            ("a.example", "A.example"),
            ("a.example", "a.example:443/"),
            (
                "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
                "cognito-idp.us-east-1.amazonaws.com/eu-west-1_Other",
            ),
        ] {
            check(
                &json!([with(one, "https://one.example"), with(same, "https://two.example")]),
                &["POLICY.identity.links[1].provider stands twice"],
            );
        }
        check(
            &json!([with("one", "https://a.example"), with("two", "https://A.example/")]),
            &["POLICY.identity.links[1].iss stands twice"],
        );
        for (name, known) in [
            ("Accounts.Google.com", "accounts.google.com"),
            ("www.facebook.com", "graph.facebook.com"),
            ("appleid.apple.com/", "appleid.apple.com"),
        ] {
            let what = format!("POLICY.identity.links[0].provider must be written {known}");
            check(&json!([with(name, "https://one.example")]), &[&what]);
        }
        check(
            &json!([with("https://a.example", "https://a.example")]),
            &["POLICY.identity.links[0].provider must be a provider name of the identity pool"],
        );
    }

    #[test]
    fn wrong_member_is_reported() {
        let one = json!({
            "provider": "a.example", "jwks": "http://a.example/", "algorithm": "HS256",
            "audiences": ["web"], "audience": "web",
        });
        check(
            &json!([one]),
            &[
                "POLICY.identity.links[0].jwks must be an https URL; http only to this machine",
                "POLICY.identity.links[0].algorithm must be one of RS256, RS384, RS512, PS256, \
                 PS384, PS512, ES256, ES384, EdDSA, Ed25519",
                "POLICY.identity.links[0].audience is not a setting",
            ],
        );
        let plain = json!({"provider": "a.example", "audiences": ["web"]});
        check(
            &json!([plain, plain]),
            &[
                "POLICY.identity.links[1].iss stands twice",
                "POLICY.identity.links[1].provider stands twice",
            ],
        );
        check(
            &json!([{"provider": "a b", "audiences": ["web"]}]),
            &[
                "POLICY.identity.links[0].provider must be a provider name of the identity pool",
                "POLICY.identity.links[0].jwks must be an https URL; http only to this machine",
            ],
        );
        check(&json!({}), &["POLICY.identity.links must be a list of at most 19 objects"]);
    }
}
