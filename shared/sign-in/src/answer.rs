//! Reads the code that a user has typed or pasted.
//!
//! Mail programs, chats and keyboards add to a code, before, between and after its characters:
//! `docs/flows/mail-code.md` has the table. What is added is taken away, so that every spelling of
//! the right code is right; and an answer never holds more than one candidate, so that one answer
//! is one guess.

pub mod fragment;
mod letter;

use std::collections::BTreeSet;

use self::letter::{Letter, classify};
use crate::code::{CodeLength, LONG_LENGTH};
use crate::secret::Secret;

/// The longest answer that is looked at, in bytes: a whole mail with its link.
pub const LONGEST: usize = 4096;

/// A run of ASCII letters or digits, in upper case.
struct Word {
    text: String,
    /// The gap between the word before and this one.
    joint: Joint,
}

/// The gap between two words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// Spaces, dots, slashes, quotes and the like.
    Separator,
    /// The same with a hyphen among them.
    Hyphen,
    /// Anything else, or there is no word before.
    Border,
}

/// The words of an answer.
#[derive(Default)]
struct Words {
    list: Vec<Word>,
    /// True if letters of another script are among them.
    foreign: bool,
}

/// An answer by its form, which alone decides how it is judged: for known and unknown users alike.
#[derive(Clone, Debug)]
pub enum Form {
    /// Exactly one long code, in its normal form.
    Long(Secret),
    /// Anything else: garbage too is judged and counted as a short code. `None` if it can be none.
    Short(Option<Secret>),
}

/// Reads the form of an answer that is no link; `digits` is the number of digits that a short code
/// has.
#[must_use]
pub fn form(answer: &Secret, digits: u8) -> Form {
    let long = candidate(answer, digits, CodeLength::Long);
    long.map_or_else(|| Form::Short(candidate(answer, digits, CodeLength::Short)), Form::Long)
}

/// True if an answer holds a code of either length.
pub(crate) fn holds_code(answer: &Secret, digits: u8) -> bool {
    !matches!(form(answer, digits), Form::Short(None))
}

/// Reads the one candidate of an answer for a code of this length; `digits` is the number of
/// digits that a short code has. `None` for an answer that holds none, or two.
fn candidate(answer: &Secret, digits: u8, length: CodeLength) -> Option<Secret> {
    let text = Some(answer.expose()).filter(|text| text.len() <= LONGEST)?;
    let words = words(text)?;
    let read = match length {
        CodeLength::Short => short(&words, usize::from(digits)),
        CodeLength::Long => long(&words, usize::from(digits)),
    };
    read.map(Secret::new)
}

/// A short code: all digits of an answer without letters, if they are that many or the same ones
/// twice, or else the one group of that many digits among the words.
fn short(words: &Words, digits: usize) -> Option<String> {
    let whole = once(concat(&words.list), digits);
    if whole.len() == digits && is_number(&whole) && !words.foreign {
        return Some(whole);
    }
    let long = long_groups(&words.list);
    let numbers = runs(&words.list, |place, word| is_number(&word.text) && !long.contains(&place));
    only(numbers.flat_map(|run| groups(run, digits)))
}

/// A long code: all letters and digits of an answer, or else the one word or group among them that
/// no other text has the form of. A short code of `digits` that was pasted twice is none, unless it
/// stands in the groups of a long one.
fn long(words: &Words, digits: usize) -> Option<String> {
    let whole = once(concat(&words.list), LONG_LENGTH);
    if whole.len() == LONG_LENGTH && !words.foreign {
        let short = once(whole.clone(), digits);
        let is_short = short.len() == digits && is_number(&short);
        return in_alphabet(&whole).filter(|_| !is_short || !long_groups(&words.list).is_empty());
    }
    let with_digit = |word: &&Word| {
        word.text.len() == LONG_LENGTH && word.text.bytes().any(|b| b.is_ascii_digit())
    };
    let plain = words.list.iter().filter(with_digit).map(|word| word.text.clone());
    let starts = long_groups(&words.list).into_iter().step_by(LONG_GROUPS);
    let grouped =
        starts.filter_map(|place| Some(concat(words.list.get(place..place + LONG_GROUPS)?)));
    only(plain.chain(grouped).filter_map(|text| in_alphabet(&text)))
}

/// The number of groups that a long code is shown in.
const LONG_GROUPS: usize = 4;

/// The places of words that make up long codes as a mail shows them: four groups of four with
/// hyphens between, and no fifth.
fn long_groups(words: &[Word]) -> BTreeSet<usize> {
    let mut places = BTreeSet::new();
    let mut start = 0;
    while start < words.len() {
        let rest = words.iter().skip(start + 1);
        let length = 1 + rest.take_while(|word| word.joint == Joint::Hyphen).count();
        let group = words.iter().skip(start).take(length);
        let even = group.into_iter().all(|word| word.text.len() * LONG_GROUPS == LONG_LENGTH);
        if length == LONG_GROUPS && even {
            places.extend(start..start + length);
        }
        start += length;
    }
    places
}

/// The text as a long code has it: letters that are taken for digits are read as those (O as 0, I
/// and L as 1). `None` with a letter that no long code has.
fn in_alphabet(text: &str) -> Option<String> {
    let read = |letter: char| match letter {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        'U' => None,
        letter => Some(letter),
    };
    text.chars().map(read).collect()
}

/// The stretches of words for which `holds` holds and that only grouping parts.
fn runs(words: &[Word], holds: impl Fn(usize, &Word) -> bool) -> impl Iterator<Item = Vec<&str>> {
    let mut runs: Vec<Vec<&str>> = vec![Vec::new()];
    for (place, word) in words.iter().enumerate() {
        let holds = holds(place, word);
        if !holds || word.joint == Joint::Border {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut().filter(|_| holds) {
            run.push(&word.text);
        }
    }
    runs.into_iter()
}

/// Every stretch of these numbers that makes `digits` digits in groups of one size, the last of
/// which may be smaller: so a date is no code.
fn groups(run: Vec<&str>, digits: usize) -> Vec<String> {
    let mut found = Vec::new();
    for start in 0..run.len() {
        let rest = run.get(start..).unwrap_or_default();
        let size = rest.first().map_or(0, |first| first.len());
        let mut text = String::new();
        for number in rest {
            let whole = text.len().is_multiple_of(size);
            if !whole || number.len() > size || text.len() + number.len() > digits {
                break;
            }
            text.push_str(number);
        }
        if text.len() == digits {
            found.push(text);
        }
    }
    found
}

/// The one text of these, however often it comes.
fn only(texts: impl Iterator<Item = String>) -> Option<String> {
    let texts: BTreeSet<String> = texts.collect();
    let mut texts = texts.into_iter();
    texts.next().filter(|_| texts.next().is_none())
}

/// The first half of a text that is that half twice, as a second paste leaves it, if it has this
/// length; any other text as it is.
fn once(text: String, length: usize) -> String {
    match text.split_at_checked(length) {
        Some((head, tail)) if head == tail => head.to_owned(),
        Some(_) | None => text,
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn concat(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect()
}

/// The words of a text; `None` with control characters in it, which no keyboard and no mail adds.
fn words(text: &str) -> Option<Words> {
    let mut words = Words::default();
    let mut joint = Some(Joint::Border);
    for letter in text.chars() {
        match classify(letter) {
            Letter::Code(letter) => match (joint.take(), words.list.last_mut()) {
                (None, Some(word)) => word.text.push(letter),
                (joint, _) => {
                    let joint = joint.unwrap_or(Joint::Border);
                    words.list.push(Word { text: letter.to_string(), joint });
                }
            },
            Letter::Nothing => {}
            Letter::Separator => joint = Some(joint.unwrap_or(Joint::Separator)),
            Letter::Hyphen => {
                let between = joint.filter(|joint| *joint == Joint::Border);
                joint = Some(between.unwrap_or(Joint::Hyphen));
            }
            Letter::Border => joint = Some(Joint::Border),
            Letter::Foreign => {
                joint = Some(Joint::Border);
                words.foreign = true;
            }
            Letter::Control => return None,
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, candidate};
    use crate::code::CodeLength;
    use crate::secret::Secret;
    use proptest::prelude::{prop_assert, prop_assert_eq, prop_assume, proptest};

    const CODE: &str = "04719382";
    const LONG: &str = "0A1B2C3D4E5F6G7H";

    fn short(answer: &str, digits: u8) -> Option<String> {
        let read = candidate(&Secret::new(answer.to_owned()), digits, CodeLength::Short);
        read.map(|code| code.expose().to_owned())
    }

    fn long(answer: &str) -> Option<String> {
        let read = candidate(&Secret::new(answer.to_owned()), 8, CodeLength::Long);
        read.map(|code| code.expose().to_owned())
    }

    #[track_caller]
    fn is_the_code(answer: &str) {
        assert_eq!(short(answer, 8).as_deref(), Some(CODE), "{answer:?}");
    }

    #[track_caller]
    fn is_no_code(answer: &str) {
        assert_eq!(short(answer, 8), None, "{answer:?}");
    }

    /// Marks before and after a code, and in the middle of one that is grouped.
    #[test]
    fn spelling_of_the_right_code_is_the_right_code() {
        let around = [
            " ",
            "\t",
            "\n",
            "\r\n",
            "\u{b}",
            "\u{c}",
            "\u{85}",
            "\u{2028}",
            "\u{2029}",
            "\u{a0}",
            "\u{202f}",
            "\u{2007}",
            "\u{2009}",
            "\u{3000}",
            "\u{ad}",
            "\u{200b}",
            "\u{200c}",
            "\u{200d}",
            "\u{200e}",
            "\u{200f}",
            "\u{202a}",
            "\u{202c}",
            "\u{202e}",
            "\u{2060}",
            "\u{2066}",
            "\u{2069}",
            "\u{feff}",
            "\u{fe0f}",
            "\u{fffc}",
            "-",
            "\u{2010}",
            "\u{2011}",
            "\u{2013}",
            "\u{2014}",
            "\u{2212}",
            "\u{ff0d}",
            ".",
            "\u{b7}",
            "/",
            "\u{ff0e}",
            "'",
            "\"",
            "`",
            "*",
            "**",
            "```",
            "_",
            "~~",
            "||",
            "(",
            ")",
            "[",
            "]",
            "<",
            ">",
            "{",
            "}",
            "\u{ab}",
            "\u{bb}",
            "\u{2018}",
            "\u{2019}",
            "\u{201c}",
            "\u{201d}",
            "\u{201e}",
            "\u{2039}",
            "\u{300c}",
            "\u{300d}",
            "\u{3010}",
            "\u{3011}",
            "\u{ff08}",
            "\u{ff09}",
            "",
            "  ",
            " - ",
            "=\r\n",
            ",",
            ":",
            ";",
            "+",
            "#",
            "\u{1f511}",
            "\u{30fc}",
            "\u{ff70}",
            "\u{301c}",
            "\u{30a0}",
            "\u{30fb}",
            "\u{ff65}",
            "\u{3164}",
            "\u{115f}",
            "\u{180f}",
            "\u{e0020}",
            "\u{fffa}",
        ];
        let (head, tail) = CODE.split_at(4);
        for mark in around {
            is_the_code(&format!("{mark}{CODE}"));
            is_the_code(&format!("{CODE}{mark}"));
            is_the_code(&format!("{mark}{CODE}{mark}"));
            is_the_code(&format!("{head}{mark}{tail}"));
            is_the_code(&format!("{mark}{head}{mark}{tail}{mark}"));
        }
        for answer in ["047 193 82", "04-71-93-82", "0 4 7 1 9 3 8 2", "0471938-2", "`0471` `9382`"]
        {
            is_the_code(answer);
        }
        let keycaps: String =
            CODE.chars().map(|digit| format!("{digit}\u{fe0f}\u{20e3}")).collect();
        is_the_code(&keycaps);
    }

    #[test]
    fn code_in_the_digits_of_any_script_is_the_right_code() {
        for answer in [
            "٠٤٧١٩٣٨٢",
            "۰۴۷۱۹۳۸۲",
            "०४७१९३८२",
            "০৪৭১৯৩৮২",
            "๐๔๗๑๙๓๘๒",
            "០៤៧១៩៣៨២",
            "၀၄၇၁၉၃၈၂",
            "０４７１９３８２",
            "𝟎𝟒𝟕𝟏𝟗𝟑𝟖𝟐",
            "𝟶𝟺𝟽𝟷𝟿𝟹𝟾𝟸",
            "٠٤٧١ ٩٣٨٢",
            "\u{200f}٠٤٧١\u{a0}٩٣٨٢\u{200f}",
            "０４７１－９３８２",
            "0٤7١9٣8٢",
        ] {
            is_the_code(answer);
        }
        for answer in ["⁰⁴⁷¹⁹³⁸²", "⓪④⑦①⑨③⑧②", "零四七一九三八二", "〇四七一九三八二"]
        {
            is_no_code(answer);
        }
    }

    #[test]
    fn code_is_found_in_the_text_around_it() {
        for answer in [
            "Code: 0471 9382",
            "code=04719382",
            "Your code is 04719382.",
            "Your code is 04719382. 5 minutes are left.",
            "04719382 is your code, valid for 5 minutes",
            "04719382 - 5 min left",
            "G-04719382",
            "G-0471-9382",
            "#04719382 @app.example.com",
            "Acme 24:\n\n    04719382\n\nIt works once, for 5 min.",
            "This is the sign-in code for Acme.com:\n\n    04719382\n\nIt works once, for 5 min, and only \
         where it was asked for.\nIf it was not you who asked for it, ignore this message.\n",
            "Ihr Code für Acme: *0471 9382*",
            "Sent 29.11.2026, 10:23: 04719382",
            "2026-11-29 10:23 code 04719382",
            "您的验证码是04719382，5分钟内有效",
            "コード：0471ー9382",
            "メール 0471・9382",
            "code 0471\u{1806}9382",
            "code 0471\u{3164}9382",
            "[04719382](tel:04719382)",
            "10:23 04719382",
            "[10:23] 0471 9382",
            "29.11.2026, 10:23:45\n04719382",
            "04719382\n10:24",
            "5\n04719382",
            "04719382 5",
            "04719382\n04719382",
            "0471938204719382",
            "0471 93820471 9382",
            "رمز التحقق: ٠٤٧١٩٣٨٢",
            "Ваш код 04719382",
            "Code 04719382 (04719382)",
            "> Code:\r\n> 0471=20\r\n> 04719382",
            "0A1B-2345-6789-0C1D or 04719382",
        ] {
            is_the_code(answer);
        }
    }

    #[test]
    fn answer_without_exactly_one_code_holds_none() {
        for answer in [
            "",
            " ",
            "-",
            ".",
            "code",
            "null",
            "0471938",
            "047193820",
            "0471938204719383",
            "047193820471938204719382",
            "10:23 0471938",
            "04719382 04719383",
            "10:23 04719382 04719383",
            "04719382, 04719383",
            "04719382\n04719383",
            "04719382 or 04719383",
            "code 0471-9382 or 04719383",
            "code 0471 9382 0471 9383",
            "code 12 34 56 78 90",
            "code 04719382 id 04719383",
            "O4719382",
            "code04719382",
            "04719382x",
            "0471x9382",
            "code 29.11.2026",
            "code 2026-11-29",
            "code 123 45678",
            "code 04 719382",
            "x 0471\n9382",
            "04719382\0",
            "\u{7}04719382",
            "0471\u{1b}9382",
            "\u{80}04719382",
            "é0471 938",
            "0A1B-2345-6789-0C1D",
            "code 0A1B-2345-6789-0C1D",
        ] {
            is_no_code(answer);
        }
        is_the_code(&format!("{CODE}{}", " ".repeat(LONGEST - 8)));
        is_no_code(&format!("{CODE}{}", " ".repeat(LONGEST - 7)));
        is_no_code(&CODE.repeat(16_384));
        assert_eq!(short("04719382", 6), None);
        assert_eq!(short("047193", 6).as_deref(), Some("047193"));
        assert_eq!(short("code 04719 38245", 10).as_deref(), Some("0471938245"));
    }

    #[test]
    fn long_code_is_read_in_every_spelling() {
        for answer in [
            "0A1B2C3D4E5F6G7H",
            "0a1b2c3d4e5f6g7h",
            "0A1B-2C3D-4E5F-6G7H",
            "0a1b 2c3d 4e5f 6g7h",
            "0A1B\u{2011}2C3D\u{2011}4E5F\u{2011}6G7H",
            "*0A1B-2C3D-4E5F-6G7H*",
            "0A1B2C3D\n4E5F6G7H",
            "OAIB-2C3D-4E5F-6G7H",
            "oalb2c3d4e5f6g7h",
            "０Ａ１Ｂ－２Ｃ３Ｄ－４Ｅ５Ｆ－６Ｇ７Ｈ",
            "Code: 0A1B-2C3D-4E5F-6G7H.",
            "Your code is 0A1B2C3D4E5F6G7H",
            "04719382 or 0A1B-2C3D-4E5F-6G7H",
            "code 0A1B-2C3D-4E5F-6G7H, id 04719382",
            "0A1B-2C3D-4E5F-6G7H0A1B-2C3D-4E5F-6G7H",
            "0a1b2c3d4e5f6g7h 0A1B-2C3D-4E5F-6G7H",
        ] {
            assert_eq!(long(answer).as_deref(), Some(LONG), "{answer:?}");
        }
        for answer in [
            "",
            "0A1B-2C3D-4E5F-6G7",
            "0A1B-2C3D-4E5F-6G7HJ",
            "UA1B-2C3D-4E5F-6G7H",
            "0471938204719382",
            "0471 9382 0471 9382",
            "responsibility",
            "many responsibilities",
            "code 0A1B-2C3D-4E5F-6G7H-8J9K",
            "code 0A1B 2C3D 4E5F 6G7H",
            "0A1B-2C3D-4E5F-6G7H or 0A1B-2C3D-4E5F-6G7J",
            "04719382",
            "é 0A1B 2C3D 4E5F 6G7H",
        ] {
            assert_eq!(long(answer), None, "{answer:?}");
        }
    }

    proptest! {
        /// A candidate has the digits of its answer, in order and without another between.
        #[test]
        fn t07_the_normal_form_of_any_answer(answer in "(?s)[0-9٠-٩ .\\-a-z\\PC]{0,80}") {
            if let Some(code) = short(&answer, 8) {
                prop_assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(short(&code, 8), Some(code.clone()), "the normal form is its own");
                let digits: Vec<String> =
                    answer.chars().filter_map(|letter| short(&letter.to_string(), 1)).collect();
                prop_assert!(digits.concat().contains(&code));
            }
            if let Some(code) = long(&answer) {
                prop_assert_eq!(long(&code), Some(code.clone()));
                prop_assert_eq!(code.len(), 16);
            }
        }

        #[test]
        fn two_codes_in_one_answer_are_none(
            one in "[0-9]{8}",
            other in "[0-9]{8}",
            before in "([a-z]{0,4}[ \n.,:;*é验-]){0,3}",
            between in "[ \n.,:;*é验-]{1,3}([a-z]{1,4}[ \n.,:;*é验-]){0,3}",
            after in "([ \n.,:;*é验-][a-z]{0,4}){0,3}",
            grouped in proptest::bool::ANY,
        ) {
            prop_assume!(one != other);
            let shown = |code: &str| match grouped {
                true => format!("{} {}", &code[..4], &code[4..]),
                false => code.to_owned(),
            };
            let answer = format!("{before}{}{between}{}{after}", shown(&one), shown(&other));
            let read = short(&answer, 8);
            prop_assert!(read.is_none_or(|read| read != one && read != other), "{answer:?}");
        }

        #[test]
        fn any_code_is_read_from_any_grouping(
            code in "[0-9]{6,10}",
            marks in "[ \u{a0}\\-\u{200b}`]{12}",
        ) {
            let digits = u8::try_from(code.len()).unwrap();
            let pairs = code.chars().zip(marks.chars());
            let answer: String = pairs.flat_map(|(digit, mark)| [digit, mark]).collect();
            prop_assert_eq!(short(&answer, digits), Some(code));
        }
    }
}
