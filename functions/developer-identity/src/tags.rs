//! The principal tags of a token.

use std::collections::BTreeMap;

use lifeguard_policy::identity::IdentityPolicy;
use lifeguard_policy::issuers::Issuer;
use lifeguard_policy::tags::is_tag_value;
use serde_json::{Map, Value};

/// Principal tags. The settings fix their keys and the sources of their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// Returns the tags of every user of the directory.
    #[must_use]
    pub fn from_directory(policy: &IdentityPolicy) -> Self {
        Self(policy.tags.clone())
    }

    /// Returns the tags of a token of this issuer. An absent claim gives no tag. `None` if a claim
    /// has a value that is not valid for a tag, so that a policy never matches a part of it.
    #[must_use]
    pub fn from_claims(issuer: &Issuer, claims: &Map<String, Value>) -> Option<Self> {
        let given = issuer.tags.iter().filter_map(|(key, claim)| Some((key, claims.get(claim)?)));
        given
            .map(|(key, value)| {
                let value = value.as_str().filter(|value| is_tag_value(value))?;
                Some((key.clone(), value.to_owned()))
            })
            .collect::<Option<_>>()
            .map(Self)
    }

    /// Returns keys with their values.
    #[must_use]
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Tags;
    use lifeguard_policy::issuers::{Algorithm, Issuer};
    use lifeguard_policy::tags::{is_tag_key, is_tag_value};
    use lifeguard_policy::token_type::TokenType;
    use proptest::prelude::{any, prop, prop_assert, proptest};
    use serde_json::{Map, Value, json};

    fn issuer() -> Issuer {
        Issuer {
            jwks: "https://id.example.com/keys".to_owned(),
            audience: "lifeguard".to_owned(),
            algorithm: Algorithm::Es256,
            types: [TokenType::new("JWT")].into(),
            max_age: 300,
            tags: [("tenant".to_owned(), "tenant_id".to_owned())].into(),
        }
    }

    #[track_caller]
    fn check(claims: Value, expected: Option<&[(&str, &str)]>) {
        let tags = Tags::from_claims(&issuer(), claims.as_object().unwrap());
        let expected = expected.map(|tags| {
            tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        });
        assert_eq!(tags.map(|tags| tags.0), expected, "{claims}");
    }

    #[test]
    fn t58_only_listed_claims_become_tags() {
        check(json!({"tenant_id": "acme"}), Some(&[("tenant", "acme")]));
        check(json!({"tenant_id": "acme", "role": "admin"}), Some(&[("tenant", "acme")]));
        check(json!({"tenant": "acme"}), Some(&[]));
        for value in [json!("a*"), json!(""), json!(["acme"]), json!(7), json!(null), json!("${x}")]
        {
            check(json!({ "tenant_id": value }), None);
        }
    }

    proptest! {
        #[test]
        fn t58_claims_of_any_form_give_listed_keys_and_plain_values(
            claims in prop::collection::btree_map(".{0,12}", ".{0,300}", 0..6),
            value in any::<String>(),
        ) {
            let mut map: Map<String, Value> =
                claims.into_iter().map(|(name, value)| (name, value.into())).collect();
            map.insert("tenant_id".to_owned(), value.into());
            for (key, value) in Tags::from_claims(&issuer(), &map).unwrap_or_default().0 {
                prop_assert!(key == "tenant" && is_tag_key(&key) && is_tag_value(&value));
            }
        }
    }
}
