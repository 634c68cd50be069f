//! Attributes of an item, read with their names for complaints.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::LayoutError;

/// An item as DynamoDB returns it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A number; absent reads as 0, which is before every real time and number.
pub(crate) fn number(item: &Item, name: &'static str) -> Result<u64, LayoutError> {
    match item.get(name) {
        None => Ok(0),
        Some(AttributeValue::N(text)) => text.parse().map_err(|_| LayoutError::Attribute(name)),
        Some(_) => Err(LayoutError::Attribute(name)),
    }
}

/// A text; absent reads as empty.
pub(crate) fn text<'a>(item: &'a Item, name: &'static str) -> Result<&'a str, LayoutError> {
    match item.get(name) {
        None => Ok(""),
        Some(AttributeValue::S(text)) => Ok(text),
        Some(_) => Err(LayoutError::Attribute(name)),
    }
}

/// Bytes; absent reads as empty.
pub(crate) fn bytes<'a>(item: &'a Item, name: &'static str) -> Result<&'a [u8], LayoutError> {
    match item.get(name) {
        None => Ok(&[]),
        Some(AttributeValue::B(bytes)) => Ok(bytes.as_ref()),
        Some(_) => Err(LayoutError::Attribute(name)),
    }
}

/// A map; absent reads as empty.
pub(crate) fn map<'a>(
    item: &'a Item,
    name: &'static str,
) -> Result<impl Iterator<Item = (&'a str, &'a Item)>, LayoutError> {
    let entries = match item.get(name) {
        None => None,
        Some(AttributeValue::M(entries)) => Some(entries),
        Some(_) => return Err(LayoutError::Attribute(name)),
    };
    let entries = entries.into_iter().flatten();
    let entries = entries.map(move |(key, entry)| match entry {
        AttributeValue::M(entry) => Ok((key.as_str(), entry)),
        _ => Err(LayoutError::Attribute(name)),
    });
    entries.collect::<Result<Vec<_>, _>>().map(Vec::into_iter)
}

/// A number as an attribute.
pub(crate) fn n(number: impl Into<u64>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

/// Bytes as an attribute.
pub(crate) fn b(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(bytes.to_vec().into())
}

/// A text as an attribute.
pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A map as an attribute.
pub(crate) fn m<const N: usize>(entries: [(&str, AttributeValue); N]) -> AttributeValue {
    let entries = entries.into_iter().map(|(name, value)| (name.to_owned(), value));
    AttributeValue::M(entries.collect())
}

/// The assignments that take the newest time off a log: each place takes the time behind it, the
/// last one none.
pub(crate) fn unshift(log: char, length: usize) -> String {
    let moved = (1..length)
        .map(|place| format!("{log}{place} = if_not_exists({log}{}, :zero), ", place + 1));
    moved.chain([format!("{log}{length} = :zero")]).collect()
}

/// The assignments that move a log of times by one: the first takes `:now`, each other the value
/// its predecessor had. DynamoDB reads every right-hand side from the item before the update.
pub(crate) fn shift(log: char, length: usize) -> String {
    (2..=length).fold(format!("{log}1 = :now"), |assignments, place| {
        format!("{assignments}, {log}{place} = if_not_exists({log}{}, :zero)", place - 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{shift, unshift};

    #[test]
    fn a_log_is_moved_by_one() {
        assert_eq!(
            shift('s', 3),
            "s1 = :now, s2 = if_not_exists(s1, :zero), s3 = if_not_exists(s2, :zero)"
        );
    }

    #[test]
    fn newest_time_is_taken_off_a_log() {
        assert_eq!(
            unshift('s', 3),
            "s1 = if_not_exists(s2, :zero), s2 = if_not_exists(s3, :zero), s3 = :zero"
        );
    }
}
