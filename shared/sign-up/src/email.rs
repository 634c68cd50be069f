//! E-mail addresses, in the one form in which they are compared.

use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use unicode_security::{RestrictionLevel, RestrictionLevelDetection};

/// The longest address in bytes (RFC 5321: a path of 256 octets, less its two angle brackets).
const MOST_BYTES: usize = 254;
/// The longest part before the `@` in bytes (RFC 5321).
const MOST_LOCAL_BYTES: usize = 64;
/// Letters of Cyrillic, Greek and Armenian that read like ASCII ones. The whole table of UTS 39
/// would add 450 KB to every function, so names in rarer scripts pass.
const LOOKALIKES: &str = "асԁеԍһіјӏорԛѕԝхуъьҽпгѵѡαγικνορτυωϲϳհոսւօցյզք";

/// The address of an account, as far as it is usable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// None is given.
    Absent,
    /// One is given that we do not take.
    Unusable,
    /// A usable one.
    Usable(Email),
}

/// An address that can receive mail, as far as its text tells.
///
/// Two are equal if they are the same mailbox for certain: the domain is compared in lower-case
/// ASCII, the local part byte for byte. Case, tags and dots of the local part mean what the
/// receiving domain wants them to mean.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    local: String,
    domain: EmailDomain,
}

/// A mail domain in lower-case ASCII (UTS 46), with at least two labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailDomain(String);

impl Address {
    /// Reads an address; the empty text is no address.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "" => Self::Absent,
            text => Email::parse(text).map_or(Self::Unusable, Self::Usable),
        }
    }
}

impl Email {
    /// Reads `local@domain`; `None` for anything that is not plainly an address.
    ///
    /// Quoted local parts, address literals and local parts beyond ASCII are legal and refused:
    /// the first two are used by attackers only, and SES does not deliver to the third.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let usable = text.len() <= MOST_BYTES && is_local_part(local);
        let domain = usable.then(|| EmailDomain::parse(domain))??;
        (local.len() + 1 + domain.0.len() <= MOST_BYTES)
            .then(|| Self { local: local.to_owned(), domain })
    }

    /// The part before the `@`, as it was written.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &EmailDomain {
        &self.domain
    }
}

impl EmailDomain {
    /// Reads a domain in any case, in Unicode or in Punycode.
    ///
    /// A name is refused if mapping it changes more than its case, since the pool keeps the
    /// address as it was written; if one label mixes scripts; or if the whole name, though not
    /// ASCII, reads like one that is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let uts46 = Uts46::new();
        let hyphens = Hyphens::CheckFirstLast;
        let ascii = uts46
            .to_ascii(text.as_bytes(), AsciiDenyList::STD3, hyphens, DnsLength::Verify)
            .ok()?;
        let (shown, outcome) = uts46.to_unicode(text.as_bytes(), AsciiDenyList::STD3, hyphens);
        let (_, last_label) = ascii.rsplit_once('.')?;
        let is_name = !last_label.bytes().all(|byte| byte.is_ascii_digit());
        let is_as_written = text.is_ascii() || text.to_lowercase() == shown;
        (outcome.is_ok() && is_name && is_as_written && !is_misleading(&shown))
            .then(|| Self(ascii.into_owned()))
    }

    /// The domain in lower-case ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if this is `other` or a name below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_suffix(&other.0).is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }
}

/// The dot-atom of RFC 5322.
fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    local.len() <= MOST_LOCAL_BYTES && local.split('.').all(is_atom)
}

/// True if a domain, as users see it, reads like another one.
fn is_misleading(shown: &str) -> bool {
    let mixes_scripts =
        |label: &str| !label.check_restriction_level(RestrictionLevel::HighlyRestrictive);
    let reads_like_ascii = |letter: char| letter.is_ascii() || LOOKALIKES.contains(letter);
    !shown.is_ascii()
        && (shown.split('.').any(mixes_scripts) || shown.chars().all(reads_like_ascii))
}

/// An address is personal data: only its domain is shown.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted]@{}", self.domain.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Email, EmailDomain};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, prop_assume, proptest};

    #[track_caller]
    fn check(text: &str, domain: &str) {
        let email = Email::parse(text);
        let found = email.as_ref().map(|email| email.domain().as_str());
        assert_eq!(found.unwrap_or("refused"), domain, "for {text:?}");
    }

    #[test]
    fn plain_addresses_are_read() {
        check("noor@example.net", "example.net");
        check("noor.haddad+news@mail.example.net", "mail.example.net");
        check("o'neil@example.net", "example.net");
        check("noor@EXAMPLE.Net", "example.net");
        check("noor@münchen.example", "xn--mnchen-3ya.example");
        check("noor@MÜNCHEN.example", "xn--mnchen-3ya.example");
        check("noor@XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example");
        check("noor@faß.example", "xn--fa-hia.example");
        check("noor@例え.jp", "xn--r8jz45g.jp");
        check("noor@почта.рф", "xn--80a1acny.xn--p1ai");
        check("noor@хор.рф", "xn--n1aen.xn--p1ai");
    }

    #[test]
    fn what_is_not_plainly_an_address_is_refused() {
        let long_local = format!("{}@example.net", "a".repeat(65));
        let long = format!("a@{}", format!("{}.", "b".repeat(63)).repeat(4) + "net");
        let texts = [
            "noor",
            "@example.net",
            "noor@",
            "noor@@example.net",
            "noor@example.net@evil.example",
            "noor@localhost",
            "noor@example.net.",
            "noor@.example.net",
            "noor@example..net",
            "noor@-example.net",
            "noor@exam_ple.net",
            "noor@[192.0.2.1]",
            "noor@192.0.2.1",
            ".noor@example.net",
            "noor.@example.net",
            "no..or@example.net",
            "\"noor\"@example.net",
            "noor(a)@example.net",
            "noor,other@example.net",
            "noor <noor@example.net>",
            long_local.as_str(),
            long.as_str(),
        ];
        for text in texts {
            check(text, "refused");
        }
        assert_eq!(Address::parse("noor"), Address::Unusable);
        assert_eq!(Address::parse(""), Address::Absent);
    }

    #[test]
    fn t41_addresses_that_only_look_alike_are_refused() {
        let texts = [
            // Control, space, bidi and invisible characters.
            "no\u{0}or@example.net",
            "noor\r\nBcc: a@example.net",
            "noor@example.net\n",
            " noor@example.net",
            "noor@exa mple.net",
            "noor@exa\u{a0}mple.net",
            "\u{202e}noor@example.net",
            "noor@\u{202e}example.net",
            "noor@exam\u{ad}ple.net",
            "noor@exam\u{200b}ple.net",
            "noor@exam\u{200d}ple.net",
            // Full-width letters and an ideographic full stop, which mapping would take away.
            "ａdmin@example.net",
            "admin@ｅxample.net",
            "admin@example。net",
            // One Cyrillic or Greek letter among Latin ones.
            "аdmin@example.net",
            "admin@exаmple.net",
            "admin@exampλe.net",
            // All Cyrillic, and reads like apple.com, also in Punycode.
            "admin@аррӏе.com",
            "admin@xn--80ak6aa92e.com",
            // All Greek, all Armenian.
            "admin@κιτ.com",
            "admin@սոօ.com",
            // A mixed label in Punycode: the same as the Cyrillic letter above.
            "admin@xn--exmple-4nf.net",
            // Punycode that is none.
            "admin@xn--a.net",
        ];
        for text in texts {
            check(text, "refused");
        }
    }

    #[test]
    fn t41_tags_dots_and_case_of_the_local_part_make_other_addresses() {
        let email = |text| Email::parse(text).unwrap();
        for other in ["Noor.h@example.net", "noorh@example.net", "noor.h+a@example.net"] {
            assert_ne!(email("noor.h@example.net"), email(other));
        }
        assert_eq!(email("noor.h@EXAMPLE.net"), email("noor.h@example.net"));
    }

    #[test]
    fn a_domain_is_within_itself_and_its_parents_only() {
        let domain = |text| EmailDomain::parse(text).unwrap();
        let within = |name, other| domain(name).is_within(&domain(other));
        assert!(within("corp.example", "corp.example"));
        assert!(within("guest.corp.example", "corp.example"));
        assert!(!within("evilcorp.example", "corp.example"));
        assert!(!within("corp.example", "guest.corp.example"));
        assert!(!within("corp.example.evil.example", "corp.example"));
    }

    #[test]
    fn debug_does_not_show_who_it_is() {
        let email = Email::parse("noor@example.net").unwrap();
        assert_eq!(email.local(), "noor");
        assert_eq!(format!("{email:?}"), "[redacted]@example.net");
    }

    proptest! {
        #[test]
        fn t41_nothing_that_could_end_a_header_is_ever_an_address(text in any::<String>()) {
            if let Some(email) = Email::parse(&text) {
                let normal = format!("{}@{}", email.local(), email.domain().as_str());
                prop_assert!(normal.len() <= 254 && normal.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(normal.matches('@').count(), 1);
                prop_assert!(!normal.contains(['<', '>', '(', ')', '[', ']', ',', ';', ':', '"', '\\']));
            }
        }

        #[test]
        fn t41_the_normal_form_is_its_own_normal_form(
            local in "[a-zA-Z0-9._+-]{1,20}", domain in "[a-zA-Zäéñø例え]{1,9}(-[a-z]{1,4})?\\.[a-zA-Z]{2,4}",
        ) {
            let email = Email::parse(&format!("{local}@{domain}"));
            prop_assume!(email.is_some());
            let email = email.unwrap();
            prop_assert_eq!(email.local(), &local);
            let normal = format!("{}@{}", email.local(), email.domain().as_str());
            prop_assert_eq!(Email::parse(&normal), Some(email));
        }

        #[test]
        fn t41_addresses_are_equal_if_only_the_case_of_the_domain_differs(
            one in "[aAbB.+]{1,3}@[aAüÜ]{1,3}\\.[aA]{2}", other in "[aAbB.+]{1,3}@[aAüÜ]{1,3}\\.[aA]{2}",
        ) {
            let same = |one: &str, other: &str| {
                let (one, other) = (one.split_once('@').unwrap(), other.split_once('@').unwrap());
                one.0 == other.0 && one.1.to_lowercase() == other.1.to_lowercase()
            };
            if let (Some(first), Some(second)) = (Email::parse(&one), Email::parse(&other)) {
                prop_assert_eq!(first == second, same(&one, &other));
            }
        }

        #[test]
        fn t41_a_domain_is_what_idna_makes_of_it(domain in "[a-zA-Zäéßñø例え.-]{1,20}") {
            if let Some(read) = EmailDomain::parse(&domain) {
                let expected = idna::domain_to_ascii(&domain).ok();
                prop_assert_eq!(Some(read.as_str().to_owned()), expected);
            }
        }
    }
}
