//! The providers whose logins may be linked to an account.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::is_fetchable;
use crate::issuers::{Algorithm, read_algorithm};
use crate::reader::Section;

/// The most providers: an identity has at most twenty logins, and one is the account's own.
const MOST_PROVIDERS: usize = 19;
/// The longest name of a provider, in bytes (the identity pool).
const LONGEST_NAME: usize = 128;
/// The provider name of the identity pool's own tokens.
const OWN_TOKENS: &str = "cognito-identity.amazonaws.com";

/// A provider that the identity pool takes, and everything by which its ID tokens are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginProvider {
    /// What a token's `iss` must be.
    pub iss: String,
    /// Where its keys are.
    pub jwks: String,
    /// The clients of whose tokens `aud` must name one.
    pub audiences: BTreeSet<String>,
    /// The one algorithm that it signs with.
    pub algorithm: Algorithm,
}

/// Reads the list `links`, by the names that the identity pool has for the providers. `own` is the
/// developer provider's, and `exchanged` are the issuers whose tokens make accounts of their own.
pub(crate) fn read<T>(
    section: &mut Section<'_>,
    own: &str,
    exchanged: &BTreeMap<String, T>,
) -> BTreeMap<String, LoginProvider> {
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
        let (name, provider) = read_one(section.adopt(&path, entry));
        if name == own || name == OWN_TOKENS {
            section.complain(&format!("{path}.provider"), "is none that could be linked");
        }
        if exchanged.contains_key(&provider.iss) {
            section.complain(&format!("{path}.iss"), "is one of those whose tokens are exchanged");
        }
        if providers.values().any(|known| known.iss == provider.iss) {
            section.complain(&format!("{path}.iss"), "stands twice");
        }
        if providers.insert(name, provider).is_some() {
            section.complain(&format!("{path}.provider"), "stands twice");
        }
    }
    providers
}

fn read_one(mut section: Section<'_>) -> (String, LoginProvider) {
    let name = section.required_text("provider");
    if !name.is_empty() && !is_name(&name) {
        section.complain("provider", "must be a provider name of the identity pool");
    }
    let iss = section.text("iss").unwrap_or_else(|| format!("https://{name}"));
    let jwks = section.text("jwks").unwrap_or_else(|| format!("{iss}/.well-known/jwks.json"));
    if !name.is_empty() && !is_fetchable(&jwks) {
        section.complain("jwks", "must be an https URL; http only to this machine");
    }
    let audiences = section.texts("audiences").unwrap_or_default();
    if audiences.is_empty() {
        section.complain("audiences", "must name the clients whose tokens are taken");
    }
    let algorithm = section.text("algorithm").unwrap_or_else(|| "RS256".to_owned());
    let algorithm = read_algorithm(&mut section, &algorithm);
    section.finish();
    (name, LoginProvider { iss, jwks, audiences, algorithm })
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:/-".contains(&byte);
    text.len() <= LONGEST_NAME && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
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
        Policy::read(&document.to_string(), complaints)
    }

    #[track_caller]
    fn check(links: &Value, expected: &[&str]) {
        let mut complaints = Vec::new();
        let _ = policy(links, &mut complaints);
        assert_eq!(complaints, expected);
    }

    #[test]
    fn a_provider_needs_a_name_and_its_clients() {
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
                "POLICY.identity.links[0].audiences must name the clients whose tokens are taken",
            ],
        );
    }

    #[test]
    fn t56_a_login_is_never_both_linked_and_an_account_of_its_own() {
        let with = |iss: &str| json!({"provider": "a.example", "iss": iss, "audiences": ["web"]});
        check(
            &json!([with("https://corp.example")]),
            &["POLICY.identity.links[0].iss is one of those whose tokens are exchanged"],
        );
        for name in ["lifeguard", "cognito-identity.amazonaws.com"] {
            check(
                &json!([{"provider": name, "audiences": ["web"]}]),
                &["POLICY.identity.links[0].provider is none that could be linked"],
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let one = json!({
            "provider": "a.example", "jwks": "http://a.example/", "algorithm": "HS256",
            "audiences": ["web"], "audience": "web",
        });
        check(
            &json!([one]),
            &[
                "POLICY.identity.links[0].jwks must be an https URL; http only to this machine",
                "POLICY.identity.links[0].algorithm must be one of RS256, RS384, RS512, PS256, \
                 PS384, PS512, ES256, ES384, EdDSA",
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
