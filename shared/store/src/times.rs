//! Logs of times in a row: the newest first, in attributes of one letter and a place.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::LayoutError;
use crate::item::Item;

/// Reads the times of a log; 0 is none.
pub(crate) fn read(row: &Item, log: char, length: usize) -> Result<Vec<u64>, LayoutError> {
    let unusable = || LayoutError::Attribute(if log == 's' { "s1" } else { "t1" });
    let names: Vec<String> = (1..=length).map(|place| format!("{log}{place}")).collect();
    let times = names.iter().filter_map(|name| row.get(name)).map(|time| match time {
        AttributeValue::N(text) => text.parse().map_err(|_| unusable()),
        _ => Err(unusable()),
    });
    times.filter(|time| !matches!(time, Ok(0))).collect()
}
