//! Which principal tags a token carries.

use std::collections::BTreeMap;

use lifeguard_policy::identity::IdentityPolicy;
use lifeguard_policy::issuers::Issuer;
use lifeguard_policy::tags::is_tag_value;
use serde_json::{Map, Value};

/// Principal tags. Their keys stand in the settings, and so does where their values come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// The tags of everybody in the directory.
    #[must_use]
    pub fn of_directory(policy: &IdentityPolicy) -> Self {
        Self(policy.tags.clone())
    }

    /// The tags that a token of this issuer gives. A claim that is absent gives none; `None` if
    /// one has a value that no tag may have, so that a rule which looks for the tag is not fooled
    /// by a part of it.
    #[must_use]
    pub fn of_claims(issuer: &Issuer, claims: &Map<String, Value>) -> Option<Self> {
        let given = issuer.tags.iter().filter_map(|(key, claim)| Some((key, claims.get(claim)?)));
        given
            .map(|(key, value)| {
                let value = value.as_str().filter(|value| is_tag_value(value))?;
                Some((key.clone(), value.to_owned()))
            })
            .collect::<Option<_>>()
            .map(Self)
    }

    /// Keys with their values.
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
        let tags = Tags::of_claims(&issuer(), claims.as_object().unwrap());
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
        fn t58_whatever_the_claims_keys_are_listed_and_values_are_plain(
            claims in prop::collection::btree_map(".{0,12}", ".{0,300}", 0..6),
            value in any::<String>(),
        ) {
            let mut map: Map<String, Value> =
                claims.into_iter().map(|(name, value)| (name, value.into())).collect();
            map.insert("tenant_id".to_owned(), value.into());
            for (key, value) in Tags::of_claims(&issuer(), &map).unwrap_or_default().0 {
                prop_assert!(key == "tenant" && is_tag_key(&key) && is_tag_value(&value));
            }
        }
    }
}
