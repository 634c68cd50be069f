//! Documents of the publishers of OpenID tokens, and claims of tokens that a test asks for.

use axum::response::Response;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};

use crate::signing_key::SigningKey;
use local_cognito_aws_emulation::{ApiError, wire};

/// The key set document of a publisher with one key.
pub fn key_set(key: Result<&SigningKey, ApiError>, algorithm: Algorithm) -> Response {
    match key {
        Ok(key) => wire::document(&json!({"keys": [key.public(algorithm)]})),
        Err(error) => wire::respond(Err(error)),
    }
}

/// The OpenID configuration of a stand-in that issues ID tokens.
pub fn configuration(issuer: &str, key_set: &str, algorithm: Algorithm) -> Response {
    wire::document(&json!({
        "issuer": issuer,
        "jwks_uri": key_set,
        "id_token_signing_alg_values_supported": [algorithm],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
    }))
}

/// Returns the answer of a stand-in to a request for a token.
pub fn minted(member: &str, token: Result<String, ApiError>) -> Response {
    match token {
        Ok(token) => wire::document(&json!({member: token})),
        Err(error) => wire::respond(Err(error)),
    }
}

/// The claims of a stand-in's token: what is wanted goes before what it says by itself, and what is
/// wanted to be null is left out.
pub fn claims<const N: usize>(
    own: [(&str, Value); N],
    wanted: Map<String, Value>,
) -> Map<String, Value> {
    let mut claims: Map<String, Value> =
        own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    claims.extend(wanted);
    claims.retain(|_, value| !value.is_null());
    claims
}

#[cfg(test)]
mod tests {
    use super::claims;
    use serde_json::{Map, json};

    #[test]
    fn what_is_wanted_goes_before_what_a_stand_in_says_by_itself() {
        let wanted = Map::from_iter([("aud".into(), json!("b")), ("exp".into(), json!(null))]);
        let claims = claims([("aud", json!("a")), ("iss", json!("i")), ("exp", json!(1))], wanted);
        assert_eq!(json!(claims), json!({"aud": "b", "iss": "i"}));
    }
}
