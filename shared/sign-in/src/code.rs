//! The code of a challenge: derived, never stored.

use sha2::{Digest, Sha256};

use crate::code_key::{CodeKey, Purpose};
use crate::encode::length_prefixed;
use crate::secret::Secret;
use crate::ticket::Challenge;

/// Letters of long codes: 32 that differ clearly.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The length of a long code.
pub(crate) const LONG_LENGTH: usize = 16;

/// Length of one of the two codes of every mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeLength {
    /// Digits: few enough to be guessed, so every wrong answer counts.
    Short,
    /// 80 bits: not guessed, so a wrong answer is refused without a write.
    Long,
}

/// Recipient of a code. Every member goes into the derivation, so a code of one user, client,
/// pool or address fits no other.
#[derive(Clone, Copy)]
pub struct Addressee<'a> {
    /// The pool's id.
    pub pool: &'a str,
    /// The app client's id.
    pub client: &'a str,
    /// The user's `sub`.
    pub sub: &'a str,
    /// The e-mail address, as the user's attribute has it.
    pub destination: &'a str,
}

/// Derives the short code of a challenge: HMAC-SHA-256, reduced to `digits` decimal digits.
///
/// 128 bits modulo a power of ten, so that no code is likelier than another by more than 2⁻⁹⁴;
/// leading zeros stay.
#[must_use]
pub fn short(key: &CodeKey, challenge: &Challenge, addressee: Addressee<'_>, digits: u8) -> Secret {
    let mac = key.mac(Purpose::ShortCode, &derivation(challenge, addressee));
    let bits = mac.iter().take(16).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let code = bits % 10u128.pow(u32::from(digits));
    Secret::new(format!("{code:0width$}", width = usize::from(digits)))
}

/// Derives the long code of a challenge: HMAC-SHA-256, reduced to 16 letters of 5 bits each.
#[must_use]
pub fn long(key: &CodeKey, challenge: &Challenge, addressee: Addressee<'_>) -> Secret {
    let mac = key.mac(Purpose::LongCode, &derivation(challenge, addressee));
    let bits = mac.iter().take(10).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |place: usize| {
        let index = (bits >> (5 * place)) & 31;
        LETTERS.get(index as usize).copied().unwrap_or(b'0')
    };
    Secret::new((0..LONG_LENGTH).rev().map(|place| char::from(letter(place))).collect())
}

/// The input of the derivation. Neither a life nor a method nor a length is in it: functions that
/// read different images of a row may print another minute, but never another code.
fn derivation(challenge: &Challenge, addressee: Addressee<'_>) -> Vec<u8> {
    let Addressee { pool, client, sub, destination } = addressee;
    length_prefixed(&[
        &challenge.key_version.to_be_bytes(),
        &challenge.id,
        &challenge.number.to_be_bytes(),
        pool.as_bytes(),
        client.as_bytes(),
        sub.as_bytes(),
        &Sha256::digest(destination),
        &challenge.issued.to_be_bytes(),
    ])
}

/// Returns the long code as a mail shows it: groups of four with a hyphen between.
#[must_use]
pub fn grouped(code: &Secret) -> Secret {
    let letters: Vec<char> = code.expose().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Secret::new(groups.join("-"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Addressee, grouped, long, short};
    use crate::answer::{Form, form};
    use crate::code_key::CodeKey;
    use crate::ticket::Challenge;
    use crate::ticket::tests::ticket;

    /// User of the tests of codes, links and verdicts.
    pub(crate) const NOOR: Addressee<'static> = Addressee {
        pool: "eu-west-1_Pool",
        client: "client",
        sub: "sub-1",
        destination: "noor@example.net",
    };

    fn key() -> CodeKey {
        CodeKey::new(1, [5; 32])
    }

    #[test]
    fn every_field_changes_both_codes() {
        let challenge = ticket().challenge;
        let codes = |key: &CodeKey, challenge: &Challenge, addressee: Addressee<'_>| {
            [short(key, challenge, addressee, 10), long(key, challenge, addressee)]
        };
        let base = codes(&key(), &challenge, NOOR);
        let mut others = Vec::new();
        for change in 0..4 {
            let mut other = challenge.clone();
            match change {
                0 => other.id[15] ^= 1,
                1 => other.number += 1,
                2 => other.issued -= 1,
                _ => other.key_version += 1,
            }
            others.push(codes(&key(), &other, NOOR));
        }
        for other in [
            Addressee { pool: "eu-west-1_Other", ..NOOR },
            Addressee { client: "other", ..NOOR },
            Addressee { sub: "sub-2", ..NOOR },
            Addressee { destination: "eve@example.net", ..NOOR },
        ] {
            others.push(codes(&key(), &challenge, other));
        }
        others.push(codes(&CodeKey::new(1, [6; 32]), &challenge, NOOR));
        for other in others {
            assert!(!other[0].matches(&base[0]) && !other[1].matches(&base[1]));
        }
    }

    /// A function that read another image of the row may think of another life.
    #[test]
    fn life_changes_neither_code() {
        let (challenge, mut other) = (ticket().challenge, ticket().challenge);
        other.life += 2_400;
        assert!(short(&key(), &other, NOOR, 8).matches(&short(&key(), &challenge, NOOR, 8)));
        assert!(long(&key(), &other, NOOR).matches(&long(&key(), &challenge, NOOR)));
    }

    /// T06: a million derived codes; each of the 80 counts of (place, digit) is within five
    /// standard deviations of an even draw.
    #[test]
    fn t06_a_biased_or_predictable_code() {
        const DRAWS: u32 = 1_000_000;
        let mut counts = [[0u32; 10]; 8];
        let mut challenge = ticket().challenge;
        for draw in 0..DRAWS {
            challenge.number = draw;
            let code = short(&key(), &challenge, NOOR, 8);
            assert_eq!(code.expose().len(), 8);
            for (place, digit) in code.expose().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        let mean = f64::from(DRAWS) / 10.0;
        let deviation = (mean * 0.9).sqrt();
        for count in counts.iter().flatten() {
            assert!((f64::from(*count) - mean).abs() < 5.0 * deviation, "{count} of {mean}");
        }
    }

    #[test]
    fn long_code_is_sixteen_letters_in_groups() {
        let code = long(&key(), &ticket().challenge, NOOR);
        assert_eq!(code.expose().len(), 16);
        let shown = grouped(&code);
        assert_eq!(shown.expose().len(), 19);
        let Form::Long(read) = form(&shown, 8) else { panic!("it has the form of a long code") };
        assert!(read.matches(&code));
    }
}
