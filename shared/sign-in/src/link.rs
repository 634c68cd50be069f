//! Magic links: a redirect and a fragment that the client sends back as its answer.
//!
//! ```text
//! <redirectUri>#<base64url {"userName","iat","exp","c","n","k"}>.<base64url MAC>
//! ```
//!
//! `c` is the challenge's id, `n` its number, `k` the version of the key. Like the code, the link
//! is derived and never stored. Opening it does nothing by itself: the fragment never reaches a
//! server, and only the client's answer spends it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::answer::fragment::{Pasted, pasted};
use crate::answer::holds_code;
use crate::budget::LONGEST_LIFE;
use crate::client_policy::LinkBinding;
use crate::code::Addressee;
use crate::code_key::{CodeKey, Purpose};
use crate::encode::length_prefixed;
use crate::redirect::RedirectUri;
use crate::secret::Secret;
use crate::ticket::Challenge;

/// The longest fragment that is looked at, in bytes.
const LONGEST: usize = 1024;

/// The members of a link, in the order of the wire. The published client reads `userName`,
/// `iat` and `exp`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    #[serde(rename = "userName")]
    user_name: String,
    iat: u64,
    exp: u64,
    c: String,
    n: u32,
    k: u16,
}

/// The challenge a fragment claims to be of; nothing of it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedLink {
    /// The challenge as the fragment has it; its life is the one that the link claims.
    pub challenge: Challenge,
}

/// Returns the time from which on a challenge's link is expired, in seconds since 1970: bound to
/// its session it is valid as long as the short code, else as long as the long one.
#[must_use]
pub fn expires(challenge: &Challenge, binding: LinkBinding) -> u64 {
    match binding {
        LinkBinding::SameSession => challenge.short_expires(),
        LinkBinding::AnyBrowser => challenge.long_expires(),
    }
}

/// Derives the fragment of a challenge's link.
#[must_use]
pub fn fragment(
    key: &CodeKey,
    challenge: &Challenge,
    binding: LinkBinding,
    addressee: Addressee<'_>,
    user_name: &str,
) -> Secret {
    let payload = Payload {
        user_name: user_name.to_owned(),
        iat: challenge.issued,
        exp: expires(challenge, binding),
        c: URL_SAFE_NO_PAD.encode(challenge.id),
        n: challenge.number,
        k: challenge.key_version,
    };
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&payload).unwrap_or_default());
    let Addressee { pool, client, sub, destination } = addressee;
    let message = length_prefixed(&[
        payload.as_bytes(),
        pool.as_bytes(),
        client.as_bytes(),
        sub.as_bytes(),
        &Sha256::digest(destination),
    ]);
    let mac = URL_SAFE_NO_PAD.encode(key.mac(Purpose::Link, &message));
    Secret::new(format!("{payload}.{mac}"))
}

/// The whole link, as the mail has it.
#[must_use]
pub fn address(redirect: &RedirectUri, fragment: &Secret) -> Secret {
    Secret::new(format!("{}#{}", redirect.as_str(), fragment.expose()))
}

/// True if an answer is meant to be a link: it holds one, or several; or it holds a dot and no
/// code, and so is the rest of one. `digits` is the number of digits that a short code has.
#[must_use]
pub fn is_meant(answer: &Secret, digits: u8) -> bool {
    match pasted(answer) {
        Pasted::One(_) | Pasted::Several => true,
        Pasted::Nothing => answer.expose().contains('.') && !holds_code(answer, digits),
    }
}

/// Reads which challenge the one link of an answer claims to be of; `None` if there is none, or not
/// exactly one.
#[must_use]
pub fn read(answer: &Secret) -> Option<UnverifiedLink> {
    let fragment = offered(answer)?;
    let (payload, _mac) = fragment.expose().split_once('.')?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let payload: Payload = serde_json::from_slice(&payload).ok()?;
    let life = payload.exp.checked_sub(payload.iat).filter(|life| *life <= LONGEST_LIFE)?;
    Some(UnverifiedLink {
        challenge: Challenge {
            id: URL_SAFE_NO_PAD.decode(payload.c).ok()?.try_into().ok()?,
            number: payload.n,
            issued: payload.iat,
            life,
            key_version: payload.k,
        },
    })
}

/// The one link of an answer, to be compared with a [`fragment`] byte by byte: every member of the
/// link is under its MAC, and so is every byte of their encoding.
pub(crate) fn offered(answer: &Secret) -> Option<Secret> {
    match pasted(answer) {
        Pasted::One(fragment) => Some(fragment).filter(|link| link.expose().len() <= LONGEST),
        Pasted::Nothing | Pasted::Several => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{fragment, offered, read};
    use crate::client_policy::LinkBinding::{self, AnyBrowser, SameSession};
    use crate::code::Addressee;
    use crate::code::tests::NOOR;
    use crate::code_key::CodeKey;
    use crate::secret::Secret;
    use crate::ticket::Challenge;
    use crate::ticket::tests::ticket;
    use proptest::prelude::{prop_assert, proptest};

    fn challenge() -> Challenge {
        ticket().challenge
    }

    fn key() -> CodeKey {
        CodeKey::new(1, [5; 32])
    }

    fn fits(
        answer: &Secret,
        key: &CodeKey,
        challenge: &Challenge,
        binding: LinkBinding,
        addressee: Addressee<'_>,
        user_name: &str,
    ) -> bool {
        let expected = fragment(key, challenge, binding, addressee, user_name);
        offered(answer).is_some_and(|offered| offered.matches(&expected))
    }

    #[test]
    fn a_link_names_its_challenge_and_is_short() {
        let name = "c2a5d4e4-7051-70b3-9f0e-3d6a1f2b8c55";
        for (binding, life) in [(SameSession, 600), (AnyBrowser, challenge().life)] {
            let link = fragment(&key(), &challenge(), binding, NOOR, name);
            assert_eq!(read(&link).unwrap().challenge, Challenge { life, ..challenge() });
            assert!(link.expose().len() < 250, "{} characters", link.expose().len());
        }
    }

    /// Functions may read different images of a row: a link bound to its session is the same.
    #[test]
    fn life_changes_no_link_bound_to_its_session() {
        let other = Challenge { life: 3_900, ..challenge() };
        let link = |challenge: &Challenge, binding: LinkBinding| {
            fragment(&key(), challenge, binding, NOOR, "noor")
        };
        assert!(link(&other, SameSession).matches(&link(&challenge(), SameSession)));
        assert!(!link(&other, AnyBrowser).matches(&link(&challenge(), AnyBrowser)));
    }

    /// T23: every field of two values, and the link of one fits no other.
    #[test]
    fn t23_substitution_between_people_clients_pools_and_challenges() {
        let mut cases = Vec::new();
        for bits in 0..512u32 {
            let bit = |place: u32| bits >> place & 1;
            let pick = |place, one, other| if bit(place) == 0 { one } else { other };
            let mut challenge = challenge();
            challenge.id[15] ^= u8::try_from(bit(0)).unwrap();
            challenge.number += bit(1);
            challenge.issued += u64::from(bit(2));
            challenge.life -= u64::from(bit(3));
            let addressee = Addressee {
                pool: pick(4, NOOR.pool, "eu-west-1_Other"),
                client: pick(5, NOOR.client, "other"),
                sub: pick(6, NOOR.sub, "sub-2"),
                destination: pick(7, NOOR.destination, "eve@example.net"),
            };
            cases.push((challenge, addressee, pick(8, "noor", "eve")));
        }
        let links: Vec<Secret> = cases
            .iter()
            .map(|(challenge, addressee, name)| {
                fragment(&key(), challenge, AnyBrowser, *addressee, name)
            })
            .collect();
        for (place, (challenge, addressee, name)) in cases.iter().enumerate() {
            for (other, link) in links.iter().enumerate() {
                let fits = fits(link, &key(), challenge, AnyBrowser, *addressee, name);
                assert_eq!(fits, other == place, "{other} for {place}");
            }
        }
        let other = CodeKey::new(1, [6; 32]);
        assert!(!fits(&links[0], &other, &cases[0].0, AnyBrowser, cases[0].1, "noor"));
    }

    #[test]
    fn t23_every_flipped_bit_of_a_link() {
        let link = fragment(&key(), &challenge(), SameSession, NOOR, "noor");
        for place in 0..link.expose().len() {
            for bit in 0..7 {
                let mut bytes = link.expose().as_bytes().to_vec();
                bytes[place] ^= 1 << bit;
                let Ok(text) = String::from_utf8(bytes) else { continue };
                assert!(!fits(&Secret::new(text), &key(), &challenge(), SameSession, NOOR, "noor"));
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,200}") {
            let answer = Secret::new(text);
            let _ = read(&answer);
            prop_assert!(!fits(&answer, &key(), &challenge(), SameSession, NOOR, "noor"));
        }
    }
}
