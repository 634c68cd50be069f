//! Forms of the addresses of a user, and delivery details that mask them.

use serde_json::{Value, json};

/// The address attributes, in the order in which a pool without other settings prefers them.
pub(crate) const ADDRESSES: [&str; 2] = ["phone_number", "email"];

/// True for a text in the form of an e-mail address.
pub(crate) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
            && !text.chars().any(char::is_whitespace)
    })
}

/// True for a text in the form of a phone number.
pub(crate) fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Returns the `CodeDeliveryDetails` of a message to this address.
pub(crate) fn delivery_details(attribute: &str, address: &str) -> Value {
    let (medium, destination) = if attribute == "email" {
        ("EMAIL", masked_email(address))
    } else {
        ("SMS", masked_phone_number(address))
    };
    json!({
        "AttributeName": attribute,
        "DeliveryMedium": medium,
        "Destination": destination,
    })
}

fn masked_email(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, "example"));
    let first = |text: &str| text.chars().next().unwrap_or('x');
    format!("{}***@{}***", first(local), first(domain))
}

fn masked_phone_number(address: &str) -> String {
    let digits: Vec<char> = address.chars().filter(char::is_ascii_digit).collect();
    let hidden = digits.len().saturating_sub(4);
    let shown: String = digits.iter().skip(hidden).collect();
    format!("+{}{shown}", "*".repeat(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_forms_are_recognized() {
        assert!(is_email("noor@example.net"));
        for text in ["noor", "@example.net", "noor@example", "no or@example.net"] {
            assert!(!is_email(text), "{text}");
        }
        assert!(is_phone_number("+31612345678"));
        for text in ["31612345678", "+", "+31-6", "+1234567890123456"] {
            assert!(!is_phone_number(text), "{text}");
        }
    }

    #[test]
    fn destinations_are_masked() {
        assert_eq!(masked_email("noor@example.net"), "n***@e***");
        assert_eq!(masked_phone_number("+31612345678"), "+*******5678");
    }
}
