//! Forms in which a secret could show.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A secret as it is, reversed, in hexadecimal digits, and in both alphabets of base64 at each of
/// the three places where it can begin among other bytes.
pub(crate) fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_vec(), secret.iter().rev().copied().collect()];
    let hex = |digits: fn(&u8) -> String| secret.iter().map(digits).collect::<String>();
    forms.push(hex(|byte| format!("{byte:02x}")).into_bytes());
    forms.push(hex(|byte| format!("{byte:02X}")).into_bytes());
    for before in 0..3 {
        let text = [vec![0; before], secret.to_vec()].concat();
        // Only the letters that hold nothing but bits of the secret.
        let (first, end) = ((before * 8).div_ceil(6), text.len() * 8 / 6);
        for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
            forms.push(encoded.as_bytes()[first..end].to_vec());
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

/// True if a text contains one of the forms.
pub(crate) fn shows(forms: &[Vec<u8>], text: &[u8]) -> bool {
    forms.iter().any(|form| text.windows(form.len()).any(|window| window == form.as_slice()))
}
