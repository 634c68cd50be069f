//! The meaning of each character of an answer.

/// The meaning of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// A character that a code can have, in ASCII and upper case.
    Code(char),
    /// Something invisible: it counts as if it were not there.
    Nothing,
    /// A mark that groups the characters of a code or surrounds it.
    Separator,
    /// A hyphen or dash, which does too.
    Hyphen,
    /// The end of what belongs together.
    Border,
    /// A letter that no code has: the end of what belongs together, and part of a sentence.
    Foreign,
    /// A character that neither keyboards nor mails have in texts.
    Control,
}

/// The zeros of the decimal digits of Unicode (general category Nd), each followed by its one to
/// nine. Keyboards of many languages enter them.
const ZEROS: [u32; 76] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
    0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50,
    0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce,
    0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// Hyphens and dashes of any script (general category Pd), the minus sign, the hyphen bullet, and the
/// sound marks and the line that Japanese keyboards enter for a hyphen.
const DASHES: [u32; 31] = [
    0x2d, 0x58a, 0x5be, 0x1400, 0x1806, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2043,
    0x2212, 0x2500, 0x2e17, 0x2e1a, 0x2e3a, 0x2e3b, 0x2e40, 0x2e5d, 0x301c, 0x3030, 0x30a0, 0x30fc,
    0xfe31, 0xfe32, 0xfe58, 0xfe63, 0xff70, 0x10d6e, 0x10ead,
];

/// The meaning of a character.
pub(super) fn classify(letter: char) -> Letter {
    match letter {
        '0'..='9' | 'A'..='Z' => Letter::Code(letter),
        'a'..='z' => Letter::Code(letter.to_ascii_uppercase()),
        // Full-width ASCII.
        '\u{ff01}'..='\u{ff5e}' => {
            let narrow = char::from_u32(u32::from(letter) - 0xfee0);
            narrow.map_or(Letter::Border, classify)
        }
        ' '
        | '\t'
        | '.'
        | '/'
        | '\u{a0}'
        | '\u{b7}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2022}'
        | '\u{2027}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{30fb}'
        | '\u{ff65}' => Letter::Separator,
        letter if DASHES.contains(&u32::from(letter)) => Letter::Hyphen,
        letter if is_mark(letter) => Letter::Separator,
        letter if is_invisible(letter) => Letter::Nothing,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' => Letter::Border,
        letter if letter.is_control() => Letter::Control,
        letter => match digit(letter) {
            Some(digit) => Letter::Code(digit),
            None if letter.is_alphabetic() => Letter::Foreign,
            None => Letter::Border,
        },
    }
}

/// Quotes, brackets and the marks of chats for bold, italic, struck and code.
const fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\'' | '`' | '\u{b4}' | '*' | '_' | '~' | '|'
            | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>'
            | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}'
            | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}' | '\u{301d}'..='\u{301f}'
    )
}

/// Characters that are not seen: soft hyphens, joiners, fillers, marks of direction, byte-order
/// marks, variation selectors and tags (property `Default_Ignorable_Code_Point`); anchors of
/// annotations, the box around a keycap, the place of a picture.
pub(super) const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The decimal digit that a character of any script is, in ASCII.
fn digit(letter: char) -> Option<char> {
    let letter = u32::from(letter);
    let place = ZEROS.partition_point(|zero| *zero <= letter).checked_sub(1)?;
    let value = letter.checked_sub(*ZEROS.get(place)?)?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::{Letter, ZEROS, classify};
    use icu_properties::CodePointMapData;
    use icu_properties::props::{
        BinaryProperty as _, DefaultIgnorableCodePoint, EnumeratedProperty as _, GeneralCategory,
    };

    #[test]
    fn decimal_digit_of_any_script_is_read_by_its_value() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let is_decimal = |letter: char| categories.get(letter) == GeneralCategory::DecimalNumber;
        let mut digits = 0;
        for letter in ('\0'..=char::MAX).filter(|letter| is_decimal(*letter)) {
            let Letter::Code(read) = classify(letter) else { panic!("{letter:?} is no digit") };
            assert!(read.is_ascii_digit(), "{letter:?}");
            digits += 1;
        }
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            for value in 0..10 {
                let letter = char::from_u32(zero + value).unwrap();
                assert_eq!(classify(letter), Letter::Code(char::from_digit(value, 10).unwrap()));
            }
        }
        // ASCII has its own arm; the full-width ones are in both.
        assert_eq!(digits, ZEROS.len() * 10 + 10);
    }

    #[test]
    fn no_character_but_those_of_codes_is_read_as_one() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        for letter in '\0'..=char::MAX {
            let latin = letter.is_ascii_alphabetic()
                || ('\u{ff21}'..='\u{ff3a}').contains(&letter)
                || ('\u{ff41}'..='\u{ff5a}').contains(&letter);
            let decimal = categories.get(letter) == GeneralCategory::DecimalNumber;
            let read = matches!(classify(letter), Letter::Code(_));
            assert_eq!(read, latin || decimal, "{letter:?}");
        }
    }

    /// By their properties in Unicode, so that no script is forgotten.
    #[test]
    fn dash_space_and_invisible_character_of_any_script_group() {
        for letter in '\0'..=char::MAX {
            let expected = match GeneralCategory::for_char(letter) {
                _ if DefaultIgnorableCodePoint::for_char(letter) => Letter::Nothing,
                GeneralCategory::DashPunctuation => Letter::Hyphen,
                GeneralCategory::SpaceSeparator => Letter::Separator,
                _ => continue,
            };
            assert_eq!(classify(letter), expected, "U+{:04X}", u32::from(letter));
        }
        // Not of these properties, and entered for a hyphen or a dot.
        for dash in ['\u{2043}', '\u{2212}', '\u{2500}', '\u{30fc}', '\u{ff70}'] {
            assert_eq!(classify(dash), Letter::Hyphen, "{dash}");
        }
        for dot in ['\u{b7}', '\u{2022}', '\u{2027}', '\u{30fb}', '\u{ff65}'] {
            assert_eq!(classify(dot), Letter::Separator, "{dot}");
        }
    }
}
