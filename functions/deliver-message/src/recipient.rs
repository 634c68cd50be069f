//! The address of a mail.

use std::fmt;

use lifeguard_sign_up::email::EmailDomain;

/// A single address: nothing in it can name a second one or end a header line.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(String);

impl Recipient {
    /// Parses an address; `None` for anything that is not of the form `name@domain`, and for
    /// quoted names and comments, for which this project has no use.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let special = |letter: char| {
            letter.is_control() || letter.is_whitespace() || "()<>[]:;,\\\"".contains(letter)
        };
        let (name, domain) = address.split_once('@')?;
        let plain = !name.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !address.contains(special);
        let domain = plain.then(|| in_ascii(domain))??;
        Some(Self(format!("{name}@{domain}")))
    }

    /// Returns the address, for the mail service alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Returns the domain as SES takes it: in Punycode where it is not ASCII.
fn in_ascii(domain: &str) -> Option<String> {
    match domain.is_ascii() {
        true => Some(domain.to_owned()),
        false => EmailDomain::parse(domain).map(|domain| domain.as_str().to_owned()),
    }
}

/// Hides the address.
impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recipient([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::Recipient;

    #[track_caller]
    fn check(address: &str, plain: bool) {
        let read = Recipient::parse(address);
        assert_eq!(read.is_some(), plain, "{address:?}");
        assert!(!format!("{read:?}").contains("noor"));
    }

    #[test]
    fn recipient_is_one_address_and_nothing_else() {
        check("noor.haddad+codes@example.net", true);
        check("noor@bücher.example", true);
        let unicode = Recipient::parse("noor@bücher.example").unwrap();
        assert_eq!(unicode.expose(), "noor@xn--bcher-kva.example");
        check("", false);
        check("noor", false);
        check("@example.net", false);
        check("noor@", false);
        check("noor@example.net,eve@example.org", false);
        check("noor@example.net\r\nBcc: eve@example.org", false);
        check("Noor <noor@example.net>", false);
        check("\"noor@example.org\"@example.net", false);
    }
}
