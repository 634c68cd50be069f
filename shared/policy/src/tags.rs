//! Principal tags.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::reader::Section;

/// The most principal tags of one token (the quota of the identity pool).
const MOST_TAGS: usize = 50;
/// The longest key of a principal tag, in characters (AWS STS).
const LONGEST_TAG_KEY: usize = 128;
/// The longest value of a principal tag, in characters (AWS STS).
const LONGEST_TAG_VALUE: usize = 256;

/// True if a text may be the key of a principal tag: letters that STS accepts, in ASCII, without
/// the prefix that AWS reserves.
///
/// ```
/// use lifeguard_policy::tags::is_tag_key;
///
/// assert!(is_tag_key("team"));
/// assert!(!is_tag_key("aws:team"));
/// ```
#[must_use]
pub fn is_tag_key(text: &str) -> bool {
    is_tag_text(text, LONGEST_TAG_KEY) && !text.to_ascii_lowercase().starts_with("aws:")
}

/// True if a text may be the value of a principal tag.
///
/// ```
/// use lifeguard_policy::tags::is_tag_value;
///
/// assert!(is_tag_value("Team A"));
/// assert!(!is_tag_value(""));
/// ```
#[must_use]
pub fn is_tag_value(text: &str) -> bool {
    is_tag_text(text, LONGEST_TAG_VALUE)
}

fn is_tag_text(text: &str, longest: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _.:/=+-@".contains(&byte);
    (1..=longest).contains(&text.len()) && text.bytes().all(plain)
}

/// Parses an object from tag key to a text that `is_value` accepts.
pub(crate) fn parse_tags(
    section: &mut Section<'_>,
    name: &str,
    what: &str,
    is_value: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let Some(value) = section.take(name) else {
        return BTreeMap::new();
    };
    let read = |(key, value): (&String, &Value)| {
        let value = value.as_str().filter(|value| is_value(value))?;
        is_tag_key(key).then(|| (key.clone(), value.to_owned()))
    };
    let tags = value.as_object().filter(|members| members.len() <= MOST_TAGS);
    let tags: Option<BTreeMap<String, String>> =
        tags.and_then(|members| members.iter().map(read).collect());
    tags.unwrap_or_else(|| {
        section.complain(name, &format!("must be an object of at most {MOST_TAGS} {what}"));
        BTreeMap::new()
    })
}

#[cfg(test)]
mod tests {
    use super::{is_tag_key, is_tag_value};

    #[test]
    fn tags_are_limited_to_letters_of_sts() {
        assert!(is_tag_key("team") && is_tag_value("Team A_1.2:3/4=5+6-7@8"));
        for text in ["", "a*", "a${b}", "é", "a\n"] {
            assert!(!is_tag_key(text) && !is_tag_value(text), "{text:?}");
        }
        assert!(!is_tag_key("aws:x") && !is_tag_key("AWS:x") && !is_tag_key(&"k".repeat(129)));
        assert!(is_tag_value(&"v".repeat(256)) && !is_tag_value(&"v".repeat(257)));
    }
}
