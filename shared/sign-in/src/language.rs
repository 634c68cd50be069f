//! The language of a message, out of what platforms write about languages.
//!
//! Any text is accepted; one that names no language of ours is English.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest text that is read, in bytes; the rest is ignored.
const LONGEST: usize = 512;
/// The weight of a language in a list without weights (RFC 9110, section 12.4.2), in thousandths.
const FULL_WEIGHT: u16 = 1000;

/// A language that messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, also where another language is asked for or none.
    #[default]
    English,
    /// Dutch.
    Dutch,
    /// German.
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::English, Self::Dutch, Self::German];

    /// The shortest code of ISO 639.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
            Self::German => "de",
        }
    }

    /// Reads a locale as platforms write it: a tag of BCP 47, an identifier of ICU, POSIX or
    /// Windows, a list such as `Accept-Language`, `LANGUAGE` or `ui_locales`. The first language
    /// of the highest weight that we have is the answer.
    #[must_use]
    pub fn from_locale(text: &str) -> Self {
        let items = beginning(text).split([',', ':']);
        let mut choices: Vec<(u16, Self)> = items.flat_map(choices_of).collect();
        // Stable: equal weights stay in the order of the list.
        choices.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        choices.first().map(|(_, language)| *language).unwrap_or_default()
    }

    /// The language of this name: a code of ISO 639-1, 639-2 or 639-3, one of Windows, or the
    /// name in English or in the language itself.
    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "en" | "eng" | "enu" | "english" => Some(Self::English),
            "nl" | "nld" | "dut" | "dutch" | "nederlands" => Some(Self::Dutch),
            "de" | "deu" | "ger" | "german" | "deutsch" => Some(Self::German),
            _ => None,
        }
    }
}

/// As much of a text as is read.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default()
}

/// The languages of one member of a list, which share its weight.
fn choices_of(item: &str) -> impl Iterator<Item = (u16, Language)> {
    let (tags, parameters) = item.split_once(';').unwrap_or((item, ""));
    let weight = weight(parameters);
    let tags = tags.split_whitespace().filter(move |_| weight > 0);
    tags.filter_map(move |tag| Some((weight, Language::named(primary(tag))?)))
}

/// The part of a tag that names the language: before script, region, variants, code set, modifier
/// and extensions.
fn primary(tag: &str) -> &str {
    let quoted = |letter: char| matches!(letter, '"' | '\'' | '[' | ']' | '(' | ')');
    let tag = tag.trim_matches(quoted);
    tag.split(['-', '_', '.', '@', '#']).next().unwrap_or_default()
}

/// The weight among the parameters of a member, in thousandths; full if there is none that can be
/// read.
fn weight(parameters: &str) -> u16 {
    let named = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let weight = named.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let weight = weight.map(|(_, value)| value.trim()).next();
    weight.and_then(thousandths).unwrap_or(FULL_WEIGHT)
}

fn thousandths(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let weight = whole.parse::<u16>().ok()?.checked_mul(FULL_WEIGHT)?;
    Some(weight.saturating_add(digits.parse().ok()?).min(FULL_WEIGHT))
}

/// The language's code.
impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Reads any value: texts, and lists of them, as locales, and everything else as no locale.
impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_any(LocaleReader { of_list: false })?;
        Ok(Self::from_locale(&text))
    }
}

/// Reads a value as the text of a locale.
struct LocaleReader {
    /// True for a member of a list: lists in lists are not read.
    of_list: bool,
}

impl<'de> DeserializeSeed<'de> for LocaleReader {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LocaleReader {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a locale")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(beginning(text).to_owned())
    }

    fn visit_bool<E>(self, _: bool) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<String, A::Error> {
        let mut texts = String::new();
        if self.of_list {
            while list.next_element::<IgnoredAny>()?.is_some() {}
        }
        while let Some(text) = list.next_element_seed(Self { of_list: true })? {
            if texts.len() < LONGEST {
                texts.push_str(&text);
                texts.push(',');
            }
        }
        Ok(texts)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::Language;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use serde_json::{Value, json};

    use Language::{Dutch, English, German};

    #[track_caller]
    fn check(locale: &str, expected: Language) {
        assert_eq!(Language::from_locale(locale), expected, "{locale:?}");
        let read: Language = serde_json::from_value(locale.into()).unwrap();
        assert_eq!(read, expected, "{locale:?} as JSON");
    }

    /// BCP 47: subtags, letter case, script, region, variants, extensions, private use.
    #[test]
    fn tag_of_bcp_47_is_read_by_its_language() {
        for tag in [
            "de",
            "DE",
            "de-DE",
            "de-de",
            "dE-aT",
            "de-Latn-DE",
            "de-CH-1996",
            "de-DE-u-co-phonebk",
            "de-Latn-DE-1996-t-en-a-x-y",
            "de-x-private",
            "de-419",
            "de-",
        ] {
            check(tag, German);
        }
        for tag in ["nl", "nl-NL", "nl-BE", "nl-Latn-NL-u-ca-gregory", "NL-nl"] {
            check(tag, Dutch);
        }
        for tag in [
            "en-GB",
            "zh-Hant-TW",
            "zh-yue-HK",
            "x-private",
            "x-de",
            "i-klingon",
            "art-lojban",
            "sgn-NL",
            "mul",
            "und",
            "zxx",
            "und-DE",
            "fr-FR",
            "-nl",
            "-",
            "deDE",
            "d",
            "dex",
        ] {
            check(tag, English);
        }
    }

    /// ICU, Java, Android, Apple, POSIX, glibc's aliases and Windows.
    #[test]
    fn locale_of_a_platform_is_read_by_its_language() {
        for locale in [
            "de_DE",
            "de_Latn_DE",
            "de_DE_POSIX",
            "de_DE_#Latn",
            "de_DE_#u-co-phonebk",
            "de_DE@collation=phonebook;currency=EUR",
            "de-DE@euro",
            "de_DE.UTF-8",
            "de_DE.utf8@euro",
            "de_DE.ISO-8859-15@euro",
            "de@euro",
            "de.UTF-8",
            "deu",
            "ger_DEU",
            "DEU",
            "german",
            "deutsch",
            "German_Germany.1252",
            "German (Germany)",
            " de_DE\n",
            "\u{a0}de",
            "\"de-DE\"",
        ] {
            check(locale, German);
        }
        for locale in ["nl_NL@calendar=gregorian", "nld", "dut_NLD", "Dutch_Belgium.1252", "nl_"] {
            check(locale, Dutch);
        }
        for locale in [
            "C",
            "POSIX",
            "C.UTF-8",
            "en_US_POSIX",
            "en_US.UTF-8",
            "root",
            "",
            " ",
            "_DE",
            "@euro",
            ".UTF-8",
            "@",
            "*",
            "fr_FR@euro",
            "English_United States.1252",
            "null",
            "undefined",
        ] {
            check(locale, English);
        }
    }

    /// `Accept-Language` (RFC 9110), `LANGUAGE` of gettext, `ui_locales` of OpenID Connect.
    #[test]
    fn list_is_read_by_its_weights_and_then_its_order() {
        check("nl-NL,nl;q=0.9,en;q=0.8", Dutch);
        check("fr-CH, fr;q=0.9, de;q=0.8, nl;q=0.7, *;q=0.5", German);
        check("nl;q=0.2, de;q=0.75, en;q=0.7", German);
        check("de;q=0.5,nl;q=0.5", German);
        check("en;q=0.9,de;q=0.901", German);
        check("de; Q=0.5 , nl ; q=0.6", Dutch);
        check("de;level=1;q=0.1,nl;q=0.2", Dutch);
        check("de;q=0,nl;q=0.001", Dutch);
        check("de;q=0.000", English);
        check("de;q=0.5,nl", Dutch);
        check("nl;q=0.5,de;q=", German);
        check("nl;q=0.5,de;q=high", German);
        check("nl;q=0.5,de;q=-1", German);
        check("nl,de;q=99999999999999", Dutch);
        check("de;q=0.99999,nl", Dutch);
        check("fr,,;q=1,,nl", Dutch);
        check("en, de", English);
        check("de:nl:en", German);
        check("fr_CH.UTF-8:nl_BE.UTF-8", Dutch);
        check("fr-CA nl de", Dutch);
        check("C:de", German);
    }

    #[test]
    fn long_locale_is_read_from_its_beginning() {
        check(&format!("de-{}", "x".repeat(100_000)), German);
        check(&format!("fr{},de", "-x".repeat(100_000)), English);
        check(&format!("{}de", "é".repeat(100_000)), English);
        check(&"nl,".repeat(100_000), Dutch);
        check(&"\u{10000}".repeat(1_000), English);
    }

    #[track_caller]
    fn check_value(value: Value, expected: Language) {
        let text = value.to_string();
        assert_eq!(serde_json::from_str::<Language>(&text).unwrap(), expected, "{text}");
        assert_eq!(serde_json::from_value::<Language>(value).unwrap(), expected, "{text}");
    }

    #[test]
    fn value_that_is_no_text_is_no_locale() {
        for value in [
            json!(null),
            json!(true),
            json!(0),
            json!(-7),
            json!(1.5),
            json!(u64::MAX),
            json!({}),
            json!({"language": "de", "more": [1, {"a": "nl"}]}),
            json!([]),
            json!([null, 1, {}, ["de"]]),
        ] {
            check_value(value, English);
        }
        check_value(json!(["nl-NL", "de"]), Dutch);
        check_value(json!([null, ["nl"], {"a": 1}, "fr", "de"]), German);
        let deep = format!("[{}{}]", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(serde_json::from_str::<Language>(&deep).unwrap(), English);
        let long = format!("[{}\"de\"]", "\"fr\",".repeat(10_000));
        assert_eq!(serde_json::from_str::<Language>(&long).unwrap(), English);
    }

    #[test]
    fn code_of_every_language_is_read_as_that_language() {
        for language in Language::ALL {
            check(language.code(), language);
            assert_eq!(serde_json::to_value(language).unwrap(), json!(language.code()));
        }
    }

    proptest! {
        #[test]
        fn any_locale_is_read_as_one_of_our_languages(text in "(?s).{0,600}") {
            prop_assert!(Language::ALL.contains(&Language::from_locale(&text)));
        }

        #[test]
        fn what_follows_the_language_changes_nothing(
            rest in "([-_.@#][A-Za-z0-9=]{0,8}){0,6}",
            language in proptest::sample::select(&Language::ALL),
        ) {
            let locale = format!("{}{rest}", language.code());
            prop_assert_eq!(Language::from_locale(&locale), language);
        }
    }
}
