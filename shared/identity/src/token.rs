//! Tokens of ours: opaque texts under a MAC, so that one that was made up costs no call.
//!
//! A token names the version of its key, the row of its account and a session; nothing of it is
//! stored, neither the token nor a hash. Each kind has a prefix and, more to the point, a key of
//! its own, so that no token passes for one of another kind. Reading gives an `Unverified…` with
//! the version of the key; only `verify` makes a token of it.

pub mod access;
pub mod credentials;
pub mod handle;
pub mod refresh;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::secret::Secret;

use crate::account::AccountKey;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 512;

/// The text with the MAC over every byte of it behind a dot.
fn sealed(key: &CodeKey, purpose: Purpose, text: &str) -> Secret {
    let mac = URL_SAFE_NO_PAD.encode(key.mac(purpose, text.as_bytes()));
    Secret::new(format!("{text}.{mac}"))
}

/// True if a token is what [`sealed`] makes of its text under this key, byte for byte.
fn is_sealed(key: &CodeKey, purpose: Purpose, token: &Secret) -> bool {
    let text = token.expose().rsplit_once('.').map_or("", |(text, _)| text);
    sealed(key, purpose, text).matches(token)
}

/// The parts of a token with this prefix; the last is its MAC.
fn parts<'a, const N: usize>(token: &'a Secret, prefix: &str) -> Option<[&'a str; N]> {
    let text = Some(token.expose()).filter(|text| text.len() <= LONGEST)?;
    let rest = text.strip_prefix(prefix)?.strip_prefix('.')?;
    rest.split('.').collect::<Vec<_>>().try_into().ok()
}

/// A part that holds these bytes.
fn encoded(bytes: &[&[u8]]) -> String {
    URL_SAFE_NO_PAD.encode(bytes.concat())
}

/// The bytes of a part.
fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// The row at the end of a token's bytes.
fn row(bytes: &[u8]) -> Option<AccountKey> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())?;
    Some(AccountKey::from_stored(text.to_owned()))
}
