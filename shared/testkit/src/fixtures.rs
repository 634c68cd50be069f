//! Values that the sample events and the tests share.

use lifeguard_policy::Variables;
use serde_json::{Value, json};

/// Time at which the tests begin, in seconds since 1970.
pub const NOW: u64 = 1_800_000_000;
/// The pool of every sample event.
pub const POOL: &str = "eu-west-1_Kp3VxQ7Lm";
/// The app client of the sample events that have one.
pub const CLIENT: &str = "4h7q2m9s1tk0c8v5e3rj6b1nd2";
/// The identity pool of the tests.
pub const IDENTITY_POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
/// An identity of the identity pool.
pub const IDENTITY: &str = "eu-west-1:c2a5d4e4-7051-40b3-9f0e-3d6a1f2b8c55";
/// The sub and the user name of the user of the sample events.
pub const SUB: &str = "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55";
/// The address of the user of the sample events.
pub const ADDRESS: &str = "noor.haddad@example.net";
/// The page to which the links of the tests lead.
pub const REDIRECT: &str = "https://app.example.net/";
/// The code key of the tests, under each version.
pub const KEY: [u8; 32] = [5; 32];
/// `KEY` in Base64.
const ENCODED_KEY: &str = "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=";

/// A `POLICY` that takes the sample events; its client is asked for the method first.
pub const POLICY: &str = r#"{"pool":"eu-west-1_Kp3VxQ7Lm","clients":{"4h7q2m9s1tk0c8v5e3rj6b1nd2":{"methods":["EMAIL_OTP"]}}}"#;

/// Returns a `POLICY` with these rules for the client of the sample events.
#[must_use]
pub fn policy_of_client(rules: &Value) -> String {
    json!({"pool": POOL, "clients": {CLIENT: rules}}).to_string()
}

/// Returns a `POLICY` with a code as the first challenge.
#[must_use]
pub fn code_policy() -> String {
    policy_of_client(&json!({"methods": ["EMAIL_OTP"], "default_method": "EMAIL_OTP"}))
}

/// Returns a `POLICY` with a link, and the code beside it, as the first challenge.
#[must_use]
pub fn link_policy() -> String {
    policy_of_client(&json!({
        "methods": ["MAGIC_LINK"], "default_method": "MAGIC_LINK",
        "redirects": [REDIRECT], "default_redirect": REDIRECT,
    }))
}

/// Returns the document of the secret with [`KEY`] under each of these versions.
#[must_use]
pub fn key_document(versions: &[u16]) -> String {
    let keys = versions.iter().map(|version| (version.to_string(), json!(ENCODED_KEY)));
    Value::Object(keys.collect()).to_string()
}

/// Loads the settings of a function from this `POLICY`; every other variable has the lower case
/// of its name as its value.
///
/// # Panics
/// If the settings are not usable.
pub fn settings<T>(policy: &str, load: impl FnOnce(&mut Variables<'_>) -> Option<T>) -> T {
    let look_up = |name: &str| match name {
        "POLICY" => Some(policy.to_owned()),
        name => Some(name.to_lowercase()),
    };
    let mut variables = Variables::new(&look_up);
    let settings = load(&mut variables);
    variables.finish(settings).unwrap()
}

#[cfg(test)]
mod tests {
    use lifeguard_sign_in::code_key::{CodeKey, Purpose};

    use super::{KEY, key_document};

    #[test]
    fn key_document_holds_the_key() {
        let keys = CodeKey::parse_all(&key_document(&[1, 7])).unwrap();
        for version in [1, 7] {
            let mac = |key: &CodeKey| key.mac(Purpose::AdapterAnswer, b"text");
            assert_eq!(mac(&keys[&version]), mac(&CodeKey::new(version, KEY)));
        }
    }
}
