//! Names in the operator's own directory, as their attempts are counted.
//!
//! Most directories take `noor`, `NOOR` and `noor ` for one user. If each spelling were
//! counted by itself, an attacker would have a budget of guesses for every way to write a name.

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::GeneralSecurityProfile as _;

/// The longest name, in bytes.
const LONGEST: usize = 254;

/// The spellings of a name that belong to one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// Case, width, composition and outer blanks make no difference.
    Folded,
    /// Every byte makes one.
    Exact,
}

/// A name as its attempts are counted; what the directory is asked stays as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryName(String);

impl DirectoryName {
    /// A name of a directory with these spellings; `None` if it is empty, too long, or has
    /// invisible letters.
    #[must_use]
    pub fn parse(name: &str, spelling: Spelling) -> Option<Self> {
        match spelling {
            Spelling::Folded => Self::folded(name),
            Spelling::Exact => Self::exact(name),
        }
    }

    /// A name of a directory in which case, width, composition and outer blanks make no
    /// difference; `None` if it is empty, too long, or has invisible letters.
    #[must_use]
    pub fn folded(name: &str) -> Option<Self> {
        let name = admitted(name.trim())?;
        // By way of capitals, for what has several small forms: s and ſ, σ and ς, ss and ß.
        let letters = name.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
        let folded: String = letters.nfkc().collect();
        Some(Self(folded.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// A name of a directory in which every byte counts; `None` as for [`Self::folded`].
    #[must_use]
    pub fn exact(name: &str) -> Option<Self> {
        Some(Self(admitted(name)?.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name without what a directory may skip: letters that UTS 39 keeps out of identifiers, such as
/// those of no width, and control characters. Full-width letters are among them.
fn admitted(name: &str) -> Option<&str> {
    let plain =
        |letter: char| letter == ' ' || letter.is_ascii_graphic() || letter.identifier_allowed();
    let sized = (1..=LONGEST).contains(&name.len());
    (sized && name.chars().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::DirectoryName;
    use proptest::prelude::*;

    fn folded(name: &str) -> Option<String> {
        DirectoryName::folded(name).map(|name| name.0)
    }

    #[test]
    fn t62_spellings_of_one_name_are_one() {
        for spelling in ["noor", "NOOR", "nOOr", " noor", "noor  ", "\tnoor\n"] {
            assert_eq!(folded(spelling).as_deref(), Some("noor"), "{spelling:?}");
        }
        for (one, other) in [
            ("jos\u{e9}", "JOSE\u{301}"),
            ("CORP\\noor  ba", "corp\\noor ba"),
            ("noor@EXAMPLE.net", "noor@example.net"),
            ("stra\u{df}e", "STRASSE"),
            ("\u{3c3}\u{3c2}", "\u{3a3}\u{3a3}"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        assert_ne!(folded("noor"), folded("nora"));
    }

    #[test]
    fn t62_names_with_invisible_letters_are_rejected() {
        for name in
            ["", " ", "no\u{200b}or", "noor\u{ad}", "no\u{0}or", "\u{feff}noor", "n\u{2060}"]
        {
            assert_eq!(folded(name), None, "{name:?}");
            assert!(DirectoryName::exact(name).is_none() || name == " ", "{name:?}");
        }
        assert_eq!(folded(&"n".repeat(255)), None);
    }

    #[test]
    fn in_an_exact_directory_every_letter_counts() {
        assert_ne!(DirectoryName::exact("Noor"), DirectoryName::exact("noor"));
        assert_ne!(DirectoryName::exact("noor "), DirectoryName::exact("noor"));
    }

    proptest! {
        #[test]
        fn t62_folding_knows_no_case_and_is_done_once(name in "[a-zA-Zäöéñ ΣσßÅ.@\\\\-]{1,30}") {
            let once = folded(&name);
            prop_assert_eq!(&once, &folded(&name.to_uppercase()));
            prop_assert_eq!(&once, &folded(&name.to_lowercase()));
            if let Some(once) = once {
                prop_assert_eq!(folded(&once), Some(once));
            }
        }
    }
}
