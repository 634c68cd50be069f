//! The claims of a token: whether they open a route, and how a function gets to see them.

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Demands of a route on a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demand<'a> {
    /// One of these has to be `iss`.
    pub(super) issuers: &'a [String],
    /// One of these has to be `aud` or, where there is no `aud`, `client_id`.
    pub(super) audience: &'a [String],
    /// One of these has to be among the token's scopes; none if it needs none.
    pub(super) scopes: &'a [String],
}

/// Judges the claims of a token after the check of its signature, at `now` in seconds since 1970.
/// ID and access tokens are treated alike: API Gateway cannot tell them apart.
pub(super) fn judge(
    claims: &Map<String, Value>,
    demand: &Demand<'_>,
    now: u64,
) -> Result<(), Refusal> {
    let seconds = |name: &str| claims.get(name).map(Value::as_u64);
    let issuer = claims.get("iss").and_then(Value::as_str);
    if !issuer.is_some_and(|issuer| demand.issuers.iter().any(|accepted| accepted == issuer)) {
        return Err(Refusal::BadToken("the token does not have a valid issuer"));
    }
    match seconds("exp") {
        Some(Some(expires)) if now < expires => {}
        _ => return Err(Refusal::BadToken("the token has expired")),
    }
    for name in ["nbf", "iat"] {
        match seconds(name) {
            None => {}
            Some(Some(from)) if from <= now => {}
            Some(_) => return Err(Refusal::BadToken("the token is not valid yet")),
        }
    }
    let audience = claims.get("aud").or_else(|| claims.get("client_id"));
    let names_us = |name: &str| demand.audience.iter().any(|accepted| accepted == name);
    let is_for_us = match audience {
        Some(Value::String(name)) => names_us(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(names_us),
        _ => false,
    };
    if !is_for_us {
        return Err(Refusal::BadToken("the token does not have a valid audience"));
    }
    let scopes = claims.get("scope").or_else(|| claims.get("scp"));
    let scopes = scopes.and_then(Value::as_str).unwrap_or_default();
    let has_one = scopes.split(' ').any(|held| demand.scopes.iter().any(|wanted| wanted == held));
    if demand.scopes.is_empty() || has_one { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// The claims as an event carries them: every value as text, lists in brackets, nulls left out.
pub(super) fn as_texts(claims: &Map<String, Value>) -> Map<String, Value> {
    claims.iter().filter_map(|(name, value)| Some((name.clone(), as_text(value)?.into()))).collect()
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => {
            let items: Vec<String> = list.iter().filter_map(as_text).collect();
            Some(format!("[{}]", items.join(" ")))
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(value.to_string()),
    }
}
