//! The normal form of passwords: the OpaqueString profile of PRECIS (RFC 8265, section 4.2).
//!
//! Keyboards and platforms encode one letter in several ways, and their hashes differ. Spaces become
//! U+0020, letters are composed (NFC), and nothing else is changed: no case, no width. Code points
//! outside the FreeformClass (RFC 8264, section 4.3) are rejected: they are invisible, unassigned, or
//! not text.
//!
//! The class is checked after composition, where the RFC checks before: a syllable of Korean is the
//! same password composed and in its parts, of which the class admits none.

use icu_properties::props::{
    BinaryProperty as _, CanonicalCombiningClass, DefaultIgnorableCodePoint,
    EnumeratedProperty as _, GeneralCategory, HangulSyllableType, JoiningType, Script,
};
use unicode_normalization::UnicodeNormalization as _;

/// Returns the normal form of a text; `None` for an empty one and for one with a code point that the
/// class does not admit.
pub(crate) fn enforce(text: &str) -> Option<String> {
    let is_space =
        |letter: char| GeneralCategory::for_char(letter) == GeneralCategory::SpaceSeparator;
    let mapped = text.chars().map(|letter| if is_space(letter) { ' ' } else { letter });
    let letters: Vec<char> = mapped.nfc().collect();
    let admitted = !letters.is_empty()
        && letters.iter().enumerate().all(|(place, letter)| is_admitted(*letter, place, &letters));
    admitted.then(|| letters.into_iter().collect())
}

/// True for a code point of the FreeformClass: the algorithm of RFC 8264, section 8, with the rules
/// for joiners and others that depend on their neighbours (RFC 5892, appendix A).
fn is_admitted(letter: char, place: usize, letters: &[char]) -> bool {
    let before = place.checked_sub(1).and_then(|place| letters.get(place)).copied();
    let after = letters.get(place + 1).copied();
    let in_script =
        |letter: Option<char>, script| letter.is_some_and(|one| Script::for_char(one) == script);
    let after_virama = before.is_some_and(|one| {
        CanonicalCombiningClass::for_char(one) == CanonicalCombiningClass::Virama
    });
    match letter {
        '\u{200c}' => after_virama || joins(place, letters),
        '\u{200d}' => after_virama,
        '\u{b7}' => before == Some('l') && after == Some('l'),
        '\u{375}' => in_script(after, Script::Greek),
        '\u{5f3}' | '\u{5f4}' => in_script(before, Script::Hebrew),
        '\u{30fb}' => letters.iter().any(|one| {
            [Script::Hiragana, Script::Katakana, Script::Han].contains(&Script::for_char(*one))
        }),
        '\u{660}'..='\u{669}' => !letters.iter().any(|one| ('\u{6f0}'..='\u{6f9}').contains(one)),
        '\u{6f0}'..='\u{6f9}' => !letters.iter().any(|one| ('\u{660}'..='\u{669}').contains(one)),
        '\u{640}' | '\u{7fa}' | '\u{302e}' | '\u{302f}' | '\u{3031}'..='\u{3035}' | '\u{303b}' => {
            false
        }
        letter => is_text(letter),
    }
}

/// True for visible letters, marks, digits, symbols and punctuation, and for spaces.
fn is_text(letter: char) -> bool {
    let old_jamo = matches!(
        HangulSyllableType::for_char(letter),
        HangulSyllableType::LeadingJamo
            | HangulSyllableType::VowelJamo
            | HangulSyllableType::TrailingJamo
    );
    let ignorable = DefaultIgnorableCodePoint::for_char(letter);
    let category = !matches!(
        GeneralCategory::for_char(letter),
        GeneralCategory::Unassigned
            | GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    category && !old_jamo && !ignorable
}

/// True for a non-joiner between letters that would join (RFC 5892, appendix A.1).
fn joins(place: usize, letters: &[char]) -> bool {
    let joining = |letter: &char| JoiningType::for_char(*letter);
    let seen = |joining: &JoiningType| *joining != JoiningType::Transparent;
    let before = letters.iter().take(place).rev().map(joining).find(seen);
    let after = letters.iter().skip(place + 1).map(joining).find(seen);
    matches!(before, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(after, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

#[cfg(test)]
mod tests {
    use super::enforce;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use unicode_normalization::UnicodeNormalization as _;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(enforce(text).as_deref(), expected, "{text:?}");
    }

    /// The examples of RFC 8265, section 4.3, first.
    #[test]
    fn spellings_of_one_password_have_one_normal_form() {
        check("correct horse battery staple", Some("correct horse battery staple"));
        check("Correct Horse Battery Staple", Some("Correct Horse Battery Staple"));
        check("πßå", Some("πßå"));
        check("Jack of ♦s", Some("Jack of ♦s"));
        check("foo\u{1680}bar", Some("foo bar"));
        check("", None);
        check("my cat is a \u{9}by", None);
        for space in [
            '\u{a0}', '\u{1680}', '\u{2000}', '\u{2003}', '\u{2007}', '\u{200a}', '\u{202f}',
            '\u{205f}', '\u{3000}',
        ] {
            check(&format!("a{space}b"), Some("a b"));
        }
        check("e\u{301}", Some("é"));
        check("A\u{30a}", Some("Å"));
        check("\u{212b}", Some("Å"));
        check("q\u{307}\u{323}", Some("q\u{323}\u{307}"));
        check("\u{1112}\u{1161}\u{11ab}", Some("한"));
        check("が", Some("が"));
        check("か\u{3099}", Some("が"));
        check("\u{958}", Some("\u{915}\u{93c}"));
    }

    #[test]
    fn case_and_width_and_compatibility_stay() {
        for text in
            ["Zwölf", "ZWÖLF", "ｐａｓｓ", "ﬁ", "²", "①", "Ａ a", "ſ", "🦀🥑", " x ", "a  b"]
        {
            check(text, Some(text));
        }
    }

    #[test]
    fn code_point_outside_the_class_is_refused() {
        for letter in [
            '\0',
            '\t',
            '\n',
            '\r',
            '\u{7f}',
            '\u{80}',
            '\u{85}',
            '\u{ad}',
            '\u{34f}',
            '\u{640}',
            '\u{7fa}',
            '\u{115f}',
            '\u{1100}',
            '\u{11ff}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{2029}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{302e}',
            '\u{3031}',
            '\u{303b}',
            '\u{3164}',
            '\u{378}',
            '\u{e000}',
            '\u{fdd0}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffff}',
            '\u{e0020}',
            '\u{f0000}',
            '\u{10ffff}',
        ] {
            check(&format!("a{letter}b"), None);
        }
    }

    /// RFC 5892, appendix A.
    #[test]
    fn code_point_with_a_rule_is_admitted_among_its_neighbours() {
        for (text, admitted) in [
            ("क्\u{200c}ष", true),
            ("क्\u{200d}ष", true),
            ("می\u{200c}خواهم", true),
            ("م\u{64e}\u{200c}\u{64e}ی", true),
            ("ا\u{200c}ی", false),
            ("می\u{200d}خ", false),
            ("👩\u{200d}🔬", false),
            ("col·lecció", true),
            ("a·b", false),
            ("l·", false),
            ("\u{375}α", true),
            ("\u{375}a", false),
            ("א\u{5f3}", true),
            ("a\u{5f4}", false),
            ("カ\u{30fb}カ", true),
            ("a\u{30fb}b", false),
            ("٤٢", true),
            ("۴۲", true),
            ("٤۲", false),
        ] {
            let normal: String = text.nfc().collect();
            check(text, admitted.then_some(normal.as_str()));
        }
    }

    proptest! {
        #[test]
        fn normal_form_is_its_own_and_one_for_all_spellings(text in "(?s).{0,40}") {
            let normal = enforce(&text);
            if let Some(normal) = &normal {
                prop_assert_eq!(enforce(normal), Some(normal.clone()));
                prop_assert!(normal.chars().all(|letter| letter == ' ' || !letter.is_whitespace()));
            }
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(enforce(&decomposed), normal.clone());
            let spaced = text.replace(' ', "\u{a0}");
            prop_assert_eq!(enforce(&spaced), normal);
        }
    }
}
