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
use crate::code::LONG_LENGTH;
use crate::secret::Secret;
use crate::ticket::CodeLength;

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
    Blank,
    /// The same with a hyphen among them.
    Hyphen,
    /// Anything else, or there is no word before.
    Border,
}

/// The words of an answer.
#[derive(Default)]
struct Words {
    list: Vec<Word>,
    /// True if letters of another script stand among them.
    foreign: bool,
}

/// Reads the one candidate of an answer for a code of this length; `digits` is the number of
/// digits that a short code has. `None` for an answer that holds none, or two.
#[must_use]
pub fn candidate(answer: &Secret, digits: u8, length: CodeLength) -> Option<Secret> {
    let text = Some(answer.expose()).filter(|text| text.len() <= LONGEST)?;
    let words = words(text)?;
    let read = match length {
        CodeLength::Short => short(&words, usize::from(digits)),
        CodeLength::Long => long(&words),
    };
    read.map(Secret::new)
}

/// A short code: all digits of an answer without letters, or else the one group of that many digits
/// among the words.
fn short(words: &Words, digits: usize) -> Option<String> {
    let all_digits = words.list.iter().all(|word| is_number(&word.text));
    if all_digits && !words.foreign {
        let text = concat(&words.list);
        return (text.len() == digits).then_some(text);
    }
    let long = long_groups(&words.list);
    let numbers = runs(&words.list, |place, word| is_number(&word.text) && !long.contains(&place));
    only(numbers.flat_map(|run| groups(run, digits)))
}

/// A long code: all letters and digits of an answer, or else the one word or group among them that
/// no other text has the form of.
fn long(words: &Words) -> Option<String> {
    let whole = concat(&words.list);
    if whole.len() == LONG_LENGTH && !words.foreign {
        return in_alphabet(&whole);
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
            Letter::Blank => joint = Some(joint.unwrap_or(Joint::Blank)),
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
mod tests;
