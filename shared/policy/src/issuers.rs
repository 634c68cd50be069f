//! The issuers whose tokens are exchanged.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::{is_fetchable, read_tags};
use crate::reader::Section;

/// An issuer whose tokens are exchanged; everything by which a token is judged is fixed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Where its keys are.
    pub jwks: String,
    /// What a token's `aud` must name.
    pub audience: String,
    /// The one algorithm that it signs with.
    pub algorithm: Algorithm,
    /// What a token's `typ` must be.
    pub typ: String,
    /// The principal tags that its tokens give: tag key to the name of the claim.
    pub tags: BTreeMap<String, String>,
}

/// An algorithm with a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::Rs256),
    ("RS384", Algorithm::Rs384),
    ("RS512", Algorithm::Rs512),
    ("PS256", Algorithm::Ps256),
    ("PS384", Algorithm::Ps384),
    ("PS512", Algorithm::Ps512),
    ("ES256", Algorithm::Es256),
    ("ES384", Algorithm::Es384),
    ("EdDSA", Algorithm::EdDsa),
];

/// The issuers that identity pools take themselves, without their scheme; user pools aside.
const SOCIAL: [&str; 7] = [
    "accounts.google.com",
    "api.twitter.com",
    "appleid.apple.com",
    "graph.facebook.com",
    "www.amazon.com",
    "www.facebook.com",
    "limited.facebook.com",
];

/// The claims by which a token is judged; they are no tags.
const JUDGED: [&str; 6] = ["aud", "exp", "iat", "iss", "nbf", "sub"];

/// Reads the list `issuers`. An issuer that the identity pool takes itself would give one person
/// two identities, or let one of them stand for the other.
pub(crate) fn read(
    section: &mut Section<'_>,
    user_pool: &str,
    taken: &BTreeSet<String>,
) -> BTreeMap<String, Issuer> {
    let mut issuers = BTreeMap::new();
    let entries = match section.take("issuers") {
        None => return issuers,
        Some(serde_json::Value::Array(entries)) => entries,
        Some(_) => {
            section.complain("issuers", "must be a list of objects");
            return issuers;
        }
    };
    for (place, entry) in entries.into_iter().enumerate() {
        let name = format!("issuers[{place}]");
        let (iss, issuer) = read_one(section.adopt(&name, entry));
        if is_taken(&iss, user_pool, taken) {
            section.complain(&format!("{name}.iss"), "is a provider of the identity pool itself");
        }
        if issuers.insert(iss, issuer).is_some() {
            section.complain(&format!("{name}.iss"), "stands twice");
        }
    }
    issuers
}

fn read_one(mut section: Section<'_>) -> (String, Issuer) {
    let iss = section.required_text("iss");
    let jwks = section.required_text("jwks");
    if !jwks.is_empty() && !is_fetchable(&jwks) {
        section.complain("jwks", "must be an https URL; http only to this machine");
    }
    let audience = section.required_text("audience");
    let name = section.required_text("algorithm");
    let algorithm = read_algorithm(&mut section, &name);
    let typ = section.text("typ").unwrap_or_else(|| "JWT".to_owned());
    let what = "tag keys with the names of claims, none of iss, sub, aud, exp, nbf and iat";
    let tags = read_tags(&mut section, "tags", what, |claim| {
        !claim.is_empty() && !JUDGED.contains(&claim)
    });
    section.finish();
    (iss, Issuer { jwks, audience, algorithm, typ, tags })
}

/// The algorithm of this name; anything else is a complaint, a missing one is the caller's.
pub(crate) fn read_algorithm(section: &mut Section<'_>, name: &str) -> Algorithm {
    let algorithm = ALGORITHMS.into_iter().find(|(text, _)| *text == name);
    if algorithm.is_none() && !name.is_empty() {
        let names = ALGORITHMS.map(|(name, _)| name).join(", ");
        section.complain("algorithm", &format!("must be one of {names}"));
    }
    algorithm.map_or(Algorithm::Es256, |(_, algorithm)| algorithm)
}

fn is_taken(iss: &str, user_pool: &str, taken: &BTreeSet<String>) -> bool {
    let name = iss.strip_prefix("https://").unwrap_or(iss).trim_end_matches('/');
    SOCIAL.contains(&name)
        || name.starts_with("cognito-identity.")
        || (name.starts_with("cognito-idp.") && name.ends_with(&format!("/{user_pool}")))
        || taken.contains(iss)
}

#[cfg(test)]
mod tests {
    use crate::document::Policy;
    use serde_json::{Value, json};

    fn issuer(iss: &str) -> Value {
        json!({
            "iss": iss, "jwks": "https://id.example.com/keys",
            "audience": "lifeguard", "algorithm": "RS256",
        })
    }

    #[track_caller]
    fn check(issuers: &Value, expected: &[&str]) {
        let document = json!({
            "pool": "eu-west-1_Pool", "clients": {"web": {}},
            "identity": {
                "identity_pool": "eu-west-1:11111111-2222-4333-8444-555555555555",
                "provider": "lifeguard", "pool_issuers": ["https://corp.example"],
                "issuers": issuers,
            },
        });
        let mut complaints = Vec::new();
        let _ = Policy::read(&document.to_string(), &mut complaints);
        assert_eq!(complaints, expected);
    }

    #[test]
    fn an_issuer_stands_once_and_is_none_of_the_identity_pool() {
        check(&json!([issuer("https://a.example"), issuer("https://b.example")]), &[]);
        check(
            &json!([issuer("https://a.example"), issuer("https://a.example")]),
            &["POLICY.identity.issuers[1].iss stands twice"],
        );
        for iss in [
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool",
            "https://accounts.google.com",
            "accounts.google.com",
            "https://appleid.apple.com/",
            "https://cognito-identity.amazonaws.com",
            "https://corp.example",
        ] {
            check(
                &json!([issuer(iss)]),
                &["POLICY.identity.issuers[0].iss is a provider of the identity pool itself"],
            );
        }
    }

    #[test]
    fn what_a_token_is_judged_by_is_no_tag() {
        for claim in ["sub", "iss", "exp", ""] {
            let mut issuer = issuer("https://a.example");
            issuer["tags"] = json!({"person": claim});
            check(
                &json!([issuer]),
                &["POLICY.identity.issuers[0].tags must be an object of at most 50 tag keys with \
                   the names of claims, none of iss, sub, aud, exp, nbf and iat"],
            );
        }
    }

    #[test]
    fn what_a_token_is_judged_by_must_be_there() {
        check(
            &json!([{"jwks": "http://id.example.com", "algorithm": "HS256", "kid": "1"}]),
            &[
                "POLICY.identity.issuers[0].iss is missing",
                "POLICY.identity.issuers[0].jwks must be an https URL; http only to this machine",
                "POLICY.identity.issuers[0].audience is missing",
                "POLICY.identity.issuers[0].algorithm must be one of RS256, RS384, RS512, PS256, \
                 PS384, PS512, ES256, ES384, EdDSA",
                "POLICY.identity.issuers[0].kid is not a setting",
            ],
        );
        check(&json!({}), &["POLICY.identity.issuers must be a list of objects"]);
    }
}
