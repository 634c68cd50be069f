//! The issuers of tokens that are exchanged.

use std::collections::{BTreeMap, BTreeSet};

use crate::fetchable::is_fetchable;
use crate::party::Party;
use crate::reader::Section;
use crate::tags::parse_tags;
use crate::token_type::TokenType;

/// The age at which a token is too old, in minutes, where nothing is configured.
const AGE_MINUTES: u64 = 5;
/// The greatest age that may be configured, in minutes.
const MOST_AGE_MINUTES: u64 = 60;

/// An issuer of tokens that are exchanged; its settings fix everything by which a token is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Address of its keys.
    pub jwks: String,
    /// The audience that a token's `aud` must name.
    pub audience: String,
    /// The one algorithm that it signs with.
    pub algorithm: Algorithm,
    /// The types that a token's `typ` may name, where there is one.
    pub types: BTreeSet<TokenType>,
    /// The greatest age of a token, in seconds since its `iat`.
    pub max_age: u64,
    /// The principal tags of its tokens: tag key to the name of the claim.
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

/// The names of the algorithms; Ed25519 has the one of RFC 8037 and the one of RFC 9864.
const ALGORITHMS: [(&str, Algorithm); 10] = [
    ("RS256", Algorithm::Rs256),
    ("RS384", Algorithm::Rs384),
    ("RS512", Algorithm::Rs512),
    ("PS256", Algorithm::Ps256),
    ("PS384", Algorithm::Ps384),
    ("PS512", Algorithm::Ps512),
    ("ES256", Algorithm::Es256),
    ("ES384", Algorithm::Es384),
    ("EdDSA", Algorithm::EdDsa),
    ("Ed25519", Algorithm::EdDsa),
];

/// The claims by which a token is judged; none of them may be a tag.
const JUDGED: [&str; 6] = ["aud", "exp", "iat", "iss", "nbf", "sub"];

/// Parses the list `issuers`. An issuer of which the identity pool accepts tokens itself would give
/// one user two identities, or let one of them stand for the other. `accepted` are the parties of
/// which the identity pool accepts tokens, beside those that it knows by name. Keys of such a party
/// are recognised only at an address that names it, as for a user pool or a social provider:
/// another issuer may keep its keys anywhere.
pub(crate) fn parse(
    section: &mut Section<'_>,
    user_pool: &str,
    accepted: &BTreeSet<Party>,
) -> BTreeMap<String, Issuer> {
    let mut issuers = BTreeMap::new();
    let mut parties = BTreeMap::new();
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
        let (iss, issuer) = parse_one(section.adopt(&name, entry));
        if iss.is_empty() {
            continue;
        }
        let party = Party::parse(&iss, user_pool);
        if is_of_identity_pool(&party, accepted) {
            section.complain(&format!("{name}.iss"), "is a provider of the identity pool itself");
        }
        if is_of_identity_pool(&Party::parse(&issuer.jwks, user_pool), accepted) {
            let what = "has the keys of a provider of the identity pool itself";
            section.complain(&format!("{name}.jwks"), what);
        }
        match parties.insert(party, iss.clone()) {
            None => {}
            Some(before) if before == iss => {
                section.complain(&format!("{name}.iss"), "stands twice");
            }
            Some(_) => {
                section.complain(&format!("{name}.iss"), "stands twice, in two spellings");
            }
        }
        issuers.insert(iss, issuer);
    }
    issuers
}

fn parse_one(mut section: Section<'_>) -> (String, Issuer) {
    let iss = section.required_text("iss");
    let jwks = section.required_text("jwks");
    if !jwks.is_empty() && !is_fetchable(&jwks) {
        section.complain("jwks", "must be an https URL; http only to this machine");
    }
    let audience = section.required_text("audience");
    let name = section.required_text("algorithm");
    let algorithm = parse_algorithm(&mut section, &name);
    let types = parse_types(&mut section);
    let minutes = section.number("max_age_minutes", 1, MOST_AGE_MINUTES, AGE_MINUTES);
    let what = "tag keys with the names of claims, none of iss, sub, aud, exp, nbf and iat";
    let tags = parse_tags(&mut section, "tags", what, |claim| {
        !claim.is_empty() && !JUDGED.contains(&claim)
    });
    section.finish();
    (iss, Issuer { jwks, audience, algorithm, types, max_age: minutes * 60, tags })
}

/// Parses one type or a list of types.
fn parse_types(section: &mut Section<'_>) -> BTreeSet<TokenType> {
    let names = match section.take("typ") {
        None => return BTreeSet::from([TokenType::new("JWT")]),
        Some(serde_json::Value::Array(names)) => names,
        Some(name) => vec![name],
    };
    let read = |name: &serde_json::Value| {
        name.as_str().filter(|name| !name.is_empty()).map(TokenType::new)
    };
    let types: Option<BTreeSet<TokenType>> = names.iter().map(read).collect();
    types.filter(|types| !types.is_empty()).unwrap_or_else(|| {
        section.complain("typ", "must be a text or a list of texts that are not empty");
        BTreeSet::new()
    })
}

/// Parses the name of an algorithm; an unknown name is a complaint, a missing one is the caller's.
pub(crate) fn parse_algorithm(section: &mut Section<'_>, name: &str) -> Algorithm {
    let algorithm = ALGORITHMS.into_iter().find(|(text, _)| *text == name);
    if algorithm.is_none() && !name.is_empty() {
        let names = ALGORITHMS.map(|(name, _)| name).join(", ");
        section.complain("algorithm", &format!("must be one of {names}"));
    }
    algorithm.map_or(Algorithm::Es256, |(_, algorithm)| algorithm)
}

/// True if the identity pool accepts tokens of this party itself.
fn is_of_identity_pool(party: &Party, accepted: &BTreeSet<Party>) -> bool {
    match party {
        Party::IdentityPools | Party::Social(_) => true,
        Party::UserPool(_) | Party::Other(_) => accepted.contains(party),
    }
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
        let _ = Policy::parse(&document.to_string(), &mut complaints);
        assert_eq!(complaints, expected);
    }

    #[test]
    fn issuer_that_stands_twice_in_any_spelling_is_refused() {
        check(&json!([issuer("https://a.example"), issuer("https://b.example")]), &[]);
        check(
            &json!([issuer("https://a.example"), issuer("https://a.example")]),
            &["POLICY.identity.issuers[1].iss stands twice"],
        );
        for (one, same) in [
            ("https://a.example", "https://a.example/"),
            ("https://a.example/x", "https://A.example:443/x"),
            ("https://a.example", "http://a.example"),
            (
                "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
                "https://issuer-cognito-idp.us-east-1.amazonaws.com/eu-west-1_Other",
            ),
        ] {
            check(
                &json!([issuer(one), issuer(same)]),
                &["POLICY.identity.issuers[1].iss stands twice, in two spellings"],
            );
        }
    }

    #[test]
    fn t56_provider_of_identity_pool_is_no_issuer_in_any_spelling() {
        let pool = "eu-west-1_Pool";
        for iss in [
            format!("https://cognito-idp.eu-west-1.amazonaws.com/{pool}"),
            format!("https://issuer-cognito-idp.eu-west-1.amazonaws.com/{pool}"),
            format!("https://cognito-idp.us-east-1.amazonaws.com/{pool}"),
            format!("https://issuer-cognito-idp.us-east-1.amazonaws.com/{pool}"),
            format!("https://cognito-idp.cn-north-1.amazonaws.com.cn/{pool}"),
            format!("https://cognito-idp-fips.us-east-1.amazonaws.com/{pool}"),
            format!("https://cognito-idp.eu-west-1.api.aws/{pool}"),
            format!("http://cognito-idp.eu-west-1.amazonaws.com/{pool}"),
            format!("HTTPS://COGNITO-IDP.EU-WEST-1.AMAZONAWS.COM/{pool}"),
            format!("https://cognito-idp.eu-west-1.amazonaws.com:443/{pool}"),
            format!("https://cognito-idp.eu-west-1.amazonaws.com/{pool}/"),
            format!("https://cognito-idp.eu-west-1.amazonaws.com./{pool}"),
            format!("https://me@cognito-idp.eu-west-1.amazonaws.com/{pool}"),
            format!("https://cognito-idp\u{3002}eu-west-1\u{3002}amazonaws\u{3002}com/{pool}"),
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1%5fPool".to_owned(),
            format!("cognito-idp.eu-west-1.amazonaws.com/{pool}"),
            format!("http://localhost:4480/{pool}"),
            "https://accounts.google.com".to_owned(),
            "accounts.google.com".to_owned(),
            "https://Accounts.Google.com/".to_owned(),
            "https://appleid.apple.com/".to_owned(),
            "https://www.facebook.com".to_owned(),
            "https://limited.facebook.com".to_owned(),
            "https://www.amazon.com".to_owned(),
            "https://api.twitter.com".to_owned(),
            "https://cognito-identity.amazonaws.com".to_owned(),
            "https://cognito-identity.cn-north-1.amazonaws.com.cn".to_owned(),
            "https://corp.example".to_owned(),
            "http://CORP.example:443/".to_owned(),
        ] {
            check(
                &json!([issuer(&iss)]),
                &["POLICY.identity.issuers[0].iss is a provider of the identity pool itself"],
            );
        }
    }

    #[test]
    fn t56_keys_of_identity_pool_provider_serve_no_issuer() {
        for jwks in [
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool/.well-known/jwks.json",
            "https://issuer-cognito-idp.us-east-1.amazonaws.com/eu-west-1_Pool/.well-known/jwks.json",
            "http://localhost:4480/eu-west-1_Pool/.well-known/jwks.json",
            "https://www.googleapis.com/oauth2/v3/certs",
            "https://appleid.apple.com/auth/keys",
            "https://cognito-identity.amazonaws.com/.well-known/jwks_uri",
        ] {
            let mut issuer = issuer("https://a.example");
            issuer["jwks"] = jwks.into();
            let what = "has the keys of a provider of the identity pool itself";
            check(&json!([issuer]), &[&format!("POLICY.identity.issuers[0].jwks {what}")]);
        }
    }

    #[test]
    fn issuers_of_other_parties_are_accepted() {
        for iss in [
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
            "https://kubernetes.default.svc.cluster.local",
            "kubernetes/serviceaccount",
            "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
            "https://token.actions.githubusercontent.com",
            "https://gitlab.com",
            "https://tenant.eu.auth0.com/",
            "https://tenant.okta.com/oauth2/default",
            "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0",
            "https://sts.windows.net/11111111-2222-4333-8444-555555555555/",
            "https://keycloak.example/realms/Staff",
            "https://securetoken.google.com/project",
            "Example Corporation",
        ] {
            check(&json!([issuer(iss)]), &[]);
        }
    }

    #[test]
    fn algorithm_is_named_as_a_header_names_it() {
        for name in [
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
            "Ed25519",
        ] {
            check(&json!([with("algorithm", name.into())]), &[]);
        }
        for name in ["rs256", "ED25519", "Ed448", "ES512", "ES256K", "HS256", "none"] {
            let what = "must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, \
                        EdDSA, Ed25519";
            let expected = format!("POLICY.identity.issuers[0].algorithm {what}");
            check(&json!([with("algorithm", name.into())]), &[&expected]);
        }
    }

    fn with(member: &str, value: Value) -> Value {
        let mut issuer = issuer("https://a.example");
        issuer[member] = value;
        issuer
    }

    #[test]
    fn typ_is_one_text_or_list_of_texts() {
        for typ in [
            json!(null),
            json!("JWT"),
            json!("at+jwt"),
            json!(["JWT"]),
            json!(["JWT", "application/at+jwt"]),
        ] {
            let mut issuer = issuer("https://a.example");
            issuer["typ"] = typ;
            check(&json!([issuer]), &[]);
        }
        for typ in [json!(""), json!([]), json!([""]), json!(["JWT", 1]), json!(1), json!({})] {
            let mut issuer = issuer("https://a.example");
            issuer["typ"] = typ;
            let what = "must be a text or a list of texts that are not empty";
            check(&json!([issuer]), &[&format!("POLICY.identity.issuers[0].typ {what}")]);
        }
    }

    #[test]
    fn t67_token_age_is_one_hour_at_most() {
        for minutes in [json!(null), json!(1), json!(5), json!(60)] {
            let mut issuer = issuer("https://a.example");
            issuer["max_age_minutes"] = minutes;
            check(&json!([issuer]), &[]);
        }
        for minutes in [json!(0), json!(61), json!(-1), json!(1.5), json!("5")] {
            let mut issuer = issuer("https://a.example");
            issuer["max_age_minutes"] = minutes;
            let what = "must be a whole number from 1 to 60";
            let path = "POLICY.identity.issuers[0].max_age_minutes";
            check(&json!([issuer]), &[&format!("{path} {what}")]);
        }
    }

    #[test]
    fn claim_that_is_judged_is_refused_as_a_tag() {
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
    fn issuer_without_audience_or_keys_is_refused() {
        check(
            &json!([{"jwks": "http://id.example.com", "algorithm": "HS256", "kid": "1"}]),
            &[
                "POLICY.identity.issuers[0].iss is missing",
                "POLICY.identity.issuers[0].jwks must be an https URL; http only to this machine",
                "POLICY.identity.issuers[0].audience is missing",
                "POLICY.identity.issuers[0].algorithm must be one of RS256, RS384, RS512, PS256, \
                 PS384, PS512, ES256, ES384, EdDSA, Ed25519",
                "POLICY.identity.issuers[0].kid is not a setting",
            ],
        );
        check(&json!({}), &["POLICY.identity.issuers must be a list of objects"]);
    }
}
