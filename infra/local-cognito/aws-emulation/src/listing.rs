//! Lists in pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::input::Input;

/// One page of `items`, and the token of the next one if there is more.
pub fn page(
    name: &str,
    items: Vec<Value>,
    limit: Option<u64>,
    token: &str,
    input: &Input,
) -> Result<Value, ApiError> {
    let start: usize = match input.text(token)? {
        None => 0,
        Some(given) => URL_SAFE_NO_PAD
            .decode(given)
            .ok()
            .and_then(|text| String::from_utf8(text).ok()?.parse().ok())
            .ok_or_else(|| ApiError::invalid("Invalid pagination token."))?,
    };
    let size = usize::try_from(limit.unwrap_or(60)).map_err(|_| ApiError::internal())?;
    let more = items.len() > start.saturating_add(size);
    let shown: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let mut answer = Map::new();
    answer.insert(name.to_owned(), shown.into());
    if more {
        let next = URL_SAFE_NO_PAD.encode(start.saturating_add(size).to_string());
        answer.insert(token.to_owned(), next.into());
    }
    Ok(Value::Object(answer))
}
