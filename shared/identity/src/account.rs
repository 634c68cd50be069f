//! Account of a user of the developer-authenticated provider.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_sign_in::encode::{hexadecimal, length_prefixed};
use lifeguard_sign_up::directory_name::DirectoryName;
use lifeguard_sign_up::email::Email;
use sha2::{Digest, Sha256};

/// Immutable, opaque id of an account in the identity pool.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// Key of an account's row: a plain hash of the address or id that identifies it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey(String);

/// Kind of an account's key; accounts of different kinds never merge by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Address in the built-in directory.
    Directory,
    /// Id in the operator's own directory, behind the HTTPS adapter.
    Adapter,
    /// (`iss`, `sub`) of a trusted issuer, as exact strings.
    Issuer,
}

/// Account status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It may be used.
    Active,
    /// An administrator has disabled it.
    Disabled,
}

impl AccountId {
    /// Creates an id from 16 random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(hexadecimal(&bytes))
    }

    /// Reads an id: 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns a hash of the id, for rows of other tables: codes are tied to the id itself, which
    /// no such row holds.
    #[must_use]
    pub fn tag(&self) -> String {
        hash_of("account-id", &[&self.0])
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({})", self.0)
    }
}

impl AccountKey {
    /// Returns the key of the user of the built-in directory with this address.
    #[must_use]
    pub fn from_address(address: &Email) -> Self {
        // The directory decides which of its mailboxes are one: case of the local part is none.
        Self::from_parts(
            "address",
            &[&address.local().to_ascii_lowercase(), address.domain().as_str()],
        )
    }

    /// Returns the key of a user of a trusted issuer.
    #[must_use]
    pub fn from_issuer(iss: &str, sub: &str) -> Self {
        Self::from_parts("issuer", &[iss, sub])
    }

    /// Returns the key of a user of the operator's own directory, by the id that it gives.
    #[must_use]
    pub fn from_adapter_id(id: &str) -> Self {
        Self::from_parts("adapter", &[id])
    }

    /// Returns the key of the row that counts the attempts at a name of the operator's own
    /// directory.
    #[must_use]
    pub fn from_adapter_name(name: &DirectoryName) -> Self {
        Self::from_parts("adapter-name", &[name.as_str()])
    }

    /// Wraps a key that was read from the table or from a token of ours.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_parts(kind: &str, parts: &[&str]) -> Self {
        Self(format!("v1#{}", hash_of(kind, parts)))
    }
}

/// Hashes texts, each with its length in front, so that no two lists of texts share one.
pub(crate) fn hash_of(kind: &str, parts: &[&str]) -> String {
    let fields: Vec<&[u8]> =
        std::iter::once(kind).chain(parts.iter().copied()).map(str::as_bytes).collect();
    URL_SAFE_NO_PAD.encode(Sha256::digest(length_prefixed(&fields)))
}

#[cfg(test)]
mod tests {
    use super::{AccountId, AccountKey};
    use lifeguard_sign_up::directory_name::DirectoryName;
    use lifeguard_sign_up::email::Email;

    #[test]
    fn an_id_is_32_hexadecimal_digits() {
        let id = AccountId::from_random([0xa5; 16]);
        assert_eq!(AccountId::parse(id.as_str()), Some(id));
        for text in
            ["", "a5", "A5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", "x:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"]
        {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn account_keys_are_exact_and_kinds_do_not_meet() {
        let key = |text: &str| AccountKey::from_address(&Email::parse(text).unwrap());
        assert_eq!(key("Noor@example.net"), key("noor@EXAMPLE.net"));
        assert_ne!(AccountKey::from_issuer("a", "Bob"), AccountKey::from_issuer("a", "bob"));
        assert_ne!(AccountKey::from_issuer("a", "b:c"), AccountKey::from_issuer("a:b", "c"));
        let name = DirectoryName::exact("bob").unwrap();
        assert_ne!(AccountKey::from_adapter_id("bob"), AccountKey::from_adapter_name(&name));
    }
}
