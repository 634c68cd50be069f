//! The code of a challenge: derived, never stored.

use sha2::{Digest, Sha256};

use crate::code_key::{CodeKey, Purpose};
use crate::encode::length_prefixed;
use crate::secret::Secret;
use crate::ticket::{Challenge, CodeLength};

/// The letters of long codes: 32 of them, none like another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The length of a long code.
pub(crate) const LONG_LENGTH: usize = 16;

/// Whom a code is for. Every member goes into the derivation, so a code of one person, client,
/// pool or address fits no other.
#[derive(Clone, Copy)]
pub struct Addressee<'a> {
    /// The pool's id.
    pub pool: &'a str,
    /// The app client's id.
    pub client: &'a str,
    /// The person's `sub`.
    pub sub: &'a str,
    /// The e-mail address, as the user's attribute has it.
    pub destination: &'a str,
}

/// Derives the code of a challenge: HMAC-SHA-256, reduced to `digits` decimal digits or to 16
/// letters of 5 bits each.
///
/// The short code is 128 bits modulo a power of ten, so that no code is likelier than another by
/// more than 2⁻⁹⁴; leading zeros stay.
#[must_use]
pub fn derive(
    key: &CodeKey,
    challenge: &Challenge,
    addressee: Addressee<'_>,
    digits: u8,
) -> Secret {
    let Addressee { pool, client, sub, destination } = addressee;
    let length = match challenge.code_length {
        CodeLength::Short => digits,
        CodeLength::Long => 0,
    };
    let message = length_prefixed(&[
        &challenge.key_version.to_be_bytes(),
        &[length],
        challenge.method.name().as_bytes(),
        &challenge.id,
        &challenge.number.to_be_bytes(),
        pool.as_bytes(),
        client.as_bytes(),
        sub.as_bytes(),
        &Sha256::digest(destination),
        &challenge.issued.to_be_bytes(),
        &challenge.expires.to_be_bytes(),
    ]);
    let mac = key.mac(Purpose::Code, &message);
    Secret::new(match challenge.code_length {
        CodeLength::Short => short(mac, digits),
        CodeLength::Long => long(mac),
    })
}

fn short(mac: [u8; 32], digits: u8) -> String {
    let bits = mac.iter().take(16).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let code = bits % 10u128.pow(u32::from(digits));
    format!("{code:0width$}", width = usize::from(digits))
}

fn long(mac: [u8; 32]) -> String {
    let bits = mac.iter().take(10).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |place: usize| {
        let index = (bits >> (5 * place)) & 31;
        LETTERS.get(index as usize).copied().unwrap_or(b'0')
    };
    (0..LONG_LENGTH).rev().map(|place| char::from(letter(place))).collect()
}

/// The code as a mail shows it: groups of four with a hyphen between, or the digits as they are.
#[must_use]
pub fn grouped(code: &Secret, length: CodeLength) -> Secret {
    match length {
        CodeLength::Short => code.clone(),
        CodeLength::Long => {
            let letters: Vec<char> = code.expose().chars().collect();
            let groups: Vec<String> =
                letters.chunks(4).map(|group| group.iter().collect()).collect();
            Secret::new(groups.join("-"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Addressee, derive, grouped};
    use crate::answer::candidate;
    use crate::code_key::CodeKey;
    use crate::ticket::tests::ticket;
    use crate::ticket::{Challenge, CodeLength};

    const NOOR: Addressee<'static> = Addressee {
        pool: "eu-west-1_Pool",
        client: "client",
        sub: "sub-1",
        destination: "noor@example.net",
    };

    fn key() -> CodeKey {
        CodeKey::new(1, [5; 32])
    }

    #[test]
    fn every_field_changes_the_code() {
        let challenge = ticket().challenge;
        let code = |challenge: &Challenge, addressee: Addressee<'_>| {
            derive(&key(), challenge, addressee, 10)
        };
        let base = code(&challenge, NOOR);
        let mut others = Vec::new();
        for change in 0..6 {
            let mut other = challenge.clone();
            match change {
                0 => other.id[15] ^= 1,
                1 => other.number += 1,
                2 => other.issued -= 1,
                3 => other.expires += 1,
                4 => other.key_version += 1,
                _ => other.code_length = CodeLength::Long,
            }
            others.push(code(&other, NOOR));
        }
        others.push(code(&challenge, Addressee { pool: "eu-west-1_Other", ..NOOR }));
        others.push(code(&challenge, Addressee { client: "other", ..NOOR }));
        others.push(code(&challenge, Addressee { sub: "sub-2", ..NOOR }));
        others.push(code(&challenge, Addressee { destination: "eve@example.net", ..NOOR }));
        others.push(derive(&CodeKey::new(1, [6; 32]), &challenge, NOOR, 10));
        assert!(others.iter().all(|other| !other.matches(&base)));
        assert!(code(&challenge, NOOR).matches(&base));
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
            let code = derive(&key(), &challenge, NOOR, 8);
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
    fn a_long_code_is_sixteen_letters_in_groups() {
        let mut challenge = ticket().challenge;
        challenge.code_length = CodeLength::Long;
        let code = derive(&key(), &challenge, NOOR, 8);
        assert_eq!(code.expose().len(), 16);
        let shown = grouped(&code, CodeLength::Long);
        assert_eq!(shown.expose().len(), 19);
        assert!(candidate(&shown, 8, CodeLength::Long).unwrap().matches(&code));
    }
}
