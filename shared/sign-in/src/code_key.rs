//! Key that codes and our own tokens are derived from.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use thiserror::Error;

/// One version of the code key: 32 bytes from which a separate key for each purpose is derived.
pub struct CodeKey {
    version: u16,
    bytes: SecretBox<[u8; 32]>,
}

/// Purpose of a derived value; each has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The short code of a mail.
    ShortCode,
    /// The long code of a mail.
    LongCode,
    /// The link that a mail carries.
    Link,
    /// The tag by which a repeated verdict is recognised.
    Verdict,
    /// A token for the next tokens of a session.
    RefreshToken,
    /// A token for our own routes.
    AccessToken,
    /// A token for AWS credentials and nothing else.
    CredentialsToken,
    /// The handle of a registration until the address is confirmed.
    Registration,
    /// The handle of a recovery until the code is answered.
    Recovery,
    /// The handle of a sign-in until the code beside its password is answered.
    SignIn,
    /// The mask over the content of the three before.
    Concealment,
    /// A request to the operator's directory.
    AdapterRequest,
    /// An answer of the operator's directory.
    AdapterAnswer,
    /// A request to the operator's endpoint that confirms challenges.
    ChallengeRequest,
    /// An answer of that endpoint.
    ChallengeAnswer,
    /// The name that the log has for a client's address.
    Source,
}

/// Error in a key document. It shows nothing of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not a JSON object from version to key.
    #[error("the code keys are not a JSON object from version to key")]
    Shape,
    /// A version is not a whole number from 1 to 65535.
    #[error("a code key's version is not a whole number from 1 to 65535")]
    Version,
    /// A key is not 32 bytes long.
    #[error("a code key is not 32 bytes in base64 or hexadecimal")]
    Length,
}

impl CodeKey {
    /// Creates a key of this version.
    #[must_use]
    pub fn new(version: u16, bytes: [u8; 32]) -> Self {
        Self { version, bytes: SecretBox::new(Box::new(bytes)) }
    }

    /// Reads the secret's document: a JSON object from version to 32 bytes in base64 or, as Secrets
    /// Manager can generate them, in lower-case hexadecimal.
    ///
    /// # Errors
    /// [`KeyError`] if any entry is unusable.
    pub fn parse_all(document: &str) -> Result<BTreeMap<u16, Self>, KeyError> {
        let entries: BTreeMap<String, String> =
            serde_json::from_str(document).map_err(|_| KeyError::Shape)?;
        if entries.is_empty() {
            return Err(KeyError::Shape);
        }
        entries
            .into_iter()
            .map(|(version, text)| {
                let version =
                    version.parse().ok().filter(|version| *version > 0).ok_or(KeyError::Version)?;
                let bytes = from_hexadecimal(&text).or_else(|| from_base64(&text));
                Ok((version, Self::new(version, bytes.ok_or(KeyError::Length)?)))
            })
            .collect()
    }

    /// Returns the version.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// Returns the HMAC-SHA-256 of `message` under the key for `purpose`.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, message: &[u8]) -> [u8; 32] {
        let label: &[u8] = match purpose {
            Purpose::ShortCode => b"lifeguard/2/short-code",
            Purpose::LongCode => b"lifeguard/2/long-code",
            Purpose::Link => b"lifeguard/2/link",
            Purpose::Verdict => b"lifeguard/1/verdict",
            Purpose::RefreshToken => b"lifeguard/1/refresh-token",
            Purpose::AccessToken => b"lifeguard/1/access-token",
            Purpose::CredentialsToken => b"lifeguard/1/credentials-token",
            Purpose::Registration => b"lifeguard/1/registration",
            Purpose::Recovery => b"lifeguard/1/recovery",
            Purpose::SignIn => b"lifeguard/1/sign-in",
            Purpose::Concealment => b"lifeguard/1/concealment",
            Purpose::AdapterRequest => b"lifeguard/1/adapter-request",
            Purpose::AdapterAnswer => b"lifeguard/1/adapter-answer",
            Purpose::ChallengeRequest => b"lifeguard/1/challenge-request",
            Purpose::ChallengeAnswer => b"lifeguard/1/challenge-answer",
            Purpose::Source => b"lifeguard/1/source",
        };
        hmac(&hmac(self.bytes.expose_secret(), label), message)
    }
}

impl Clone for CodeKey {
    fn clone(&self) -> Self {
        Self::new(self.version, *self.bytes.expose_secret())
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeKey({}, [redacted])", self.version)
    }
}

fn from_base64(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// 64 digits are 48 bytes as base64, so no text is a key in both ways.
fn from_hexadecimal(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits: Vec<u8> = text.bytes().map(|byte| digit(&byte)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high << 4 | low),
            _ => None,
        })
        .collect::<Option<_>>()?;
    bytes.try_into().ok()
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // HMAC fills a shorter key up to its block with zeros (RFC 2104, section 2).
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::{CodeKey, KeyError, Purpose};
    use secrecy::ExposeSecret;

    #[track_caller]
    fn check(document: &str, expected: Result<&[u16], KeyError>) {
        let read = CodeKey::parse_all(document).map(|keys| keys.into_keys().collect::<Vec<_>>());
        assert_eq!(read, expected.map(<[u16]>::to_vec));
    }

    #[test]
    fn a_key_document_holds_versions_of_32_bytes() {
        let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        check(&format!(r#"{{"2":"{key}","1":"{key}"}}"#), Ok(&[1, 2]));
        check("[]", Err(KeyError::Shape));
        check("{}", Err(KeyError::Shape));
        check(&format!(r#"{{"0":"{key}"}}"#), Err(KeyError::Version));
        check(&format!(r#"{{"one":"{key}"}}"#), Err(KeyError::Version));
        check(r#"{"1":"AAAA"}"#, Err(KeyError::Length));
        check(r#"{"1":"%%"}"#, Err(KeyError::Length));
    }

    #[test]
    fn a_generated_key_is_64_hexadecimal_digits() {
        let digits = "00ff102030405060708090a0b0c0d0e0f00112233445566778899aabbccddeef";
        let keys = CodeKey::parse_all(&format!(r#"{{"1":"{digits}"}}"#)).unwrap();
        let start = [0x00, 0xff, 0x10, 0x20];
        assert_eq!(keys[&1].bytes.expose_secret()[..4], start);
        assert_eq!(keys[&1].bytes.expose_secret()[31], 0xef);
        check(&format!(r#"{{"1":"{}"}}"#, &digits[1..]), Err(KeyError::Length));
        check(&format!(r#"{{"1":"{digits}00"}}"#), Err(KeyError::Length));
        check(&format!(r#"{{"1":"{}"}}"#, digits.to_uppercase()), Err(KeyError::Length));
    }

    #[test]
    fn each_purpose_and_each_key_has_macs_of_its_own() {
        let one = CodeKey::new(1, [1; 32]);
        let two = CodeKey::new(1, [2; 32]);
        assert_ne!(one.mac(Purpose::ShortCode, b"x"), one.mac(Purpose::LongCode, b"x"));
        assert_ne!(one.mac(Purpose::ShortCode, b"x"), one.mac(Purpose::Verdict, b"x"));
        assert_ne!(one.mac(Purpose::ShortCode, b"x"), two.mac(Purpose::ShortCode, b"x"));
        assert!(!format!("{one:?}").contains("1, 1"));
    }
}
