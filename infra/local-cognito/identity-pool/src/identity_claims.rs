//! Claims of the identity pool's own tokens.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

const ISSUER: &str = "https://cognito-identity.amazonaws.com";
const POOL_ARN: &str = "https://cognito-identity.amazonaws.com/identity-pool-arn";
const TAGS: &str = "https://aws.amazon.com/tags";

/// Identity that a token is for, with its methods and principal tags.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct IdentityClaims {
    pub(crate) pool: String,
    pub(crate) identity: String,
    pub(crate) amr: Vec<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// Times and id of a new token.
pub(crate) struct TokenFacts<'a> {
    pub(crate) region: &'a str,
    /// In seconds since 1970.
    pub(crate) now: u64,
    /// Life in seconds.
    pub(crate) life: u64,
    /// Id of the token.
    pub(crate) jti: String,
}

impl IdentityClaims {
    /// Returns the claims of a new token.
    pub(crate) fn to_claims(&self, facts: TokenFacts<'_>) -> Map<String, Value> {
        let TokenFacts { region, now, life, jti } = facts;
        let arn =
            format!("arn:aws:cognito-identity:{region}:000000000000:identitypool/{}", self.pool);
        let mut claims: Map<String, Value> = [
            ("iss", json!(ISSUER)),
            ("aud", json!(self.pool)),
            ("sub", json!(self.identity)),
            ("amr", json!(self.amr)),
            ("iat", json!(now)),
            ("exp", json!(now.saturating_add(life))),
            ("jti", json!(jti)),
            (POOL_ARN, json!(arn)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
        if !self.tags.is_empty() {
            let tags: Map<String, Value> =
                self.tags.iter().map(|(key, value)| (key.clone(), json!([value]))).collect();
            claims.insert(TAGS.to_owned(), json!({"principal_tags": tags}));
        }
        claims
    }

    /// Reads the claims of a verified token.
    pub(crate) fn from_claims(claims: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(ISSUER) {
            return None;
        }
        let amr = claims.get("amr")?.as_array()?;
        let tags = claims.get(TAGS).and_then(|tags| tags.get("principal_tags")?.as_object());
        Some(Self {
            pool: text("aud")?.to_owned(),
            identity: text("sub")?.to_owned(),
            amr: amr
                .iter()
                .map(|entry| entry.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
            tags: tags
                .into_iter()
                .flatten()
                .map(|(key, values)| Some((key.clone(), values.get(0)?.as_str()?.to_owned())))
                .collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_a_token_are_read_back() {
        let identity = IdentityClaims {
            pool: "eu-west-1:11".into(),
            identity: "eu-west-1:22".into(),
            amr: vec!["authenticated".into(), "lifeguard".into()],
            tags: BTreeMap::from([("team".into(), "red".into())]),
        };
        let facts = TokenFacts { region: "eu-west-1", now: 100, life: 900, jti: "j".into() };
        let mut claims = identity.to_claims(facts);
        assert_eq!(IdentityClaims::from_claims(&claims).unwrap(), identity);
        assert_eq!(claims["exp"], 1000);
        assert_eq!(claims[TAGS], json!({"principal_tags": {"team": ["red"]}}));
        claims.insert("iss".into(), json!("https://elsewhere.example"));
        assert!(IdentityClaims::from_claims(&claims).is_none());
    }
}
