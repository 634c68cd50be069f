//! Documents and answers of the issuers of OpenID tokens: of the pools and of the stand-ins that
//! sign any token that a test asks for.

use axum::response::Response;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};

use crate::aws_api::{ApiError, wire};
use crate::signing_key::SigningKey;

/// Returns the key set document of an issuer with one key.
pub(crate) fn key_set(key: Result<&SigningKey, ApiError>, algorithm: Algorithm) -> Response {
    match key {
        Ok(key) => wire::document(&json!({"keys": [key.public(algorithm)]})),
        Err(error) => wire::respond(Err(error)),
    }
}

/// Returns the OpenID configuration of a stand-in that issues ID tokens.
pub(crate) fn configuration(issuer: &str, key_set: &str, algorithm: Algorithm) -> Response {
    wire::document(&json!({
        "issuer": issuer,
        "jwks_uri": key_set,
        "id_token_signing_alg_values_supported": [algorithm],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
    }))
}

/// Returns a stand-in's answer to a request for a token.
pub(crate) fn minted(member: &str, token: Result<String, ApiError>) -> Response {
    match token {
        Ok(token) => wire::document(&json!({member: token})),
        Err(error) => wire::respond(Err(error)),
    }
}

/// Returns the claims of a stand-in's token: requested claims replace its own, and a claim that is
/// requested as null is left out.
pub(crate) fn claims<const N: usize>(
    own: [(&str, Value); N],
    requested: Map<String, Value>,
) -> Map<String, Value> {
    let mut claims: Map<String, Value> =
        own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    claims.extend(requested);
    claims.retain(|_, value| !value.is_null());
    claims
}

#[cfg(test)]
mod tests {
    use super::claims;
    use serde_json::{Map, json};

    #[test]
    fn requested_claims_replace_those_of_the_stand_in() {
        let requested = Map::from_iter([("aud".into(), json!("b")), ("exp".into(), json!(null))]);
        let claims =
            claims([("aud", json!("a")), ("iss", json!("i")), ("exp", json!(1))], requested);
        assert_eq!(json!(claims), json!({"aud": "b", "iss": "i"}));
    }
}
