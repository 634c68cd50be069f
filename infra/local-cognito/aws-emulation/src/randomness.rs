//! Random bytes, digits and names: the one reading of the system's randomness.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::ApiError;

/// Fresh random bytes.
#[expect(clippy::disallowed_methods, reason = "the one reading of the system's randomness")]
pub fn bytes<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ApiError::internal())?;
    Ok(bytes)
}

/// A version 4 UUID as text.
pub fn uuid() -> Result<String, ApiError> {
    Ok(uuid::Builder::from_random_bytes(bytes()?).into_uuid().to_string())
}

/// The version 4 UUID of a seed; it looks like one of [`uuid()`].
pub fn stable_uuid(seed: [u8; 16]) -> String {
    uuid::Builder::from_random_bytes(seed).into_uuid().to_string()
}

/// An opaque text of 86 URL-safe characters.
pub fn opaque() -> Result<String, ApiError> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<64>()?))
}

/// Six uniform decimal digits.
pub fn six_digits() -> Result<String, ApiError> {
    Ok(format!("{:06}", below(1_000_000)?))
}

/// `length` uniform characters of `alphabet`.
pub fn word(alphabet: &str, length: usize) -> Result<String, ApiError> {
    let letters: Vec<char> = alphabet.chars().collect();
    let count = u32::try_from(letters.len()).map_err(|_| ApiError::internal())?;
    let mut word = String::with_capacity(length);
    while word.len() < length {
        let place = usize::try_from(below(count)?).map_err(|_| ApiError::internal())?;
        word.extend(letters.get(place));
    }
    Ok(word)
}

/// A uniform number below `limit`, by rejection.
fn below(limit: u32) -> Result<u32, ApiError> {
    let accepted = u32::MAX - u32::MAX % limit;
    loop {
        let drawn = u32::from_be_bytes(bytes()?);
        if drawn < accepted {
            return Ok(drawn % limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_six_digits_and_every_digit_occurs() {
        let codes: Vec<String> = (0..200).map(|_| six_digits().unwrap()).collect();
        assert!(codes.iter().all(|code| code.len() == 6));
        for digit in '0'..='9' {
            assert!(codes.iter().any(|code| code.contains(digit)), "no {digit}");
        }
    }

    #[test]
    fn opaque_texts_fit_the_limits_of_a_session() {
        let text = opaque().unwrap();
        assert!((20..=2048).contains(&text.len()));
        assert_ne!(text, opaque().unwrap());
    }
}
