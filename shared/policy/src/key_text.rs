//! Texts that look like a key, where only names of secrets may stand.

use serde_json::Value;

/// Characters from which on a text of letters and digits may be a key: 30 bytes in base64.
const KEY_LETTERS: usize = 40;
/// Characters of 32 bytes in hexadecimal.
const KEY_DIGITS: usize = 64;
/// Characters of the id of an access key of AWS behind its four first ones.
const ACCESS_KEY: usize = 16;

/// Lists of the settings that hold hashes of secrets, which are as long as keys and are none.
const HASHES: [&str; 1] = ["POLICY.api.origin_secret_hashes"];

/// True if a text looks like a key, a secret document, or the id of an access key: every principal
/// that may read the configuration of a function could read it.
#[must_use]
pub(crate) fn looks_like_a_key(text: &str) -> bool {
    let text = text.trim();
    text.contains("-----BEGIN") || is_access_key(text) || is_hexadecimal(text) || is_base64(text)
}

/// Returns the path of each text in a JSON value that [`looks_like_a_key`], below `path`.
pub(crate) fn paths(path: &str, value: &Value) -> Vec<String> {
    match value {
        _ if HASHES.contains(&path) => Vec::new(),
        Value::String(text) if looks_like_a_key(text) => vec![path.to_owned()],
        Value::Array(list) => list.iter().flat_map(|item| paths(path, item)).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| paths(&format!("{path}.{name}"), value))
            .collect(),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn is_access_key(text: &str) -> bool {
    let rest = text.strip_prefix("AKIA").or_else(|| text.strip_prefix("ASIA"));
    rest.is_some_and(|rest| {
        rest.len() == ACCESS_KEY
            && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

fn is_hexadecimal(text: &str) -> bool {
    text.len() >= KEY_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Base64 of random bytes has letters of both cases and digits; names have hyphens, dots or colons.
fn is_base64(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    letters.len() >= KEY_LETTERS
        && letters.bytes().all(plain)
        && letters.bytes().any(|byte| byte.is_ascii_uppercase())
        && letters.bytes().any(|byte| byte.is_ascii_lowercase())
        && letters.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::paths;
    use serde_json::json;

    #[test]
    fn key_is_found_at_any_depth_and_a_hash_is_none() {
        let key = "0123456789abcdef".repeat(4);
        let value = json!({
            "pool": "eu-west-1_Pool", "clients": {"a": {"redirects": ["https://a.example/", key]}},
            "api": {"origin_secret_hashes": [key], "other": [key]}, "key_version": 1, "x": null,
        });
        let found = ["POLICY.api.other", "POLICY.clients.a.redirects"];
        assert_eq!(paths("POLICY", &value), found);
    }
}
