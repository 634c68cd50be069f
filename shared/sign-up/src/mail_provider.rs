//! Mail providers with very many users, which limits by domain must not treat as one party.

use crate::email::EmailDomain;

/// The domains of large providers, sorted; see `data/README.md`.
const LARGE: &str = include_str!("../data/large-mail-providers.txt");

/// True for a domain of a large mail provider. Names below one are other domains.
#[must_use]
pub fn is_large(domain: &EmailDomain) -> bool {
    LARGE.lines().any(|large| large == domain.as_str())
}

#[cfg(test)]
mod tests {
    use super::{LARGE, is_large};
    use crate::email::EmailDomain;

    #[test]
    fn listed_domains_are_sorted_and_in_their_compared_form() {
        let lines: Vec<&str> = LARGE.lines().collect();
        assert!(lines.is_sorted_by(|one, next| one < next));
        for line in lines {
            let domain = EmailDomain::parse(line);
            assert_eq!(domain.as_ref().map(EmailDomain::as_str), Some(line));
        }
    }

    #[test]
    fn only_listed_domains_are_large() {
        for (domain, expected) in [
            ("gmail.com", true),
            ("GMAIL.com", true),
            ("a.gmail.com", false),
            ("gmail.com.example.net", false),
            ("notgmail.com", false),
            ("example.net", false),
        ] {
            assert_eq!(is_large(&EmailDomain::parse(domain).unwrap()), expected, "{domain}");
        }
    }
}
