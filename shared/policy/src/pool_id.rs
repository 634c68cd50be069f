//! The ids of user pools and the names of Regions.

/// True if a text has the form of a user pool's id: its Region, `_`, and letters and digits.
pub(crate) fn is_pool_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(region, id)| {
        is_region(region) && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// True if a text has the form of a Region's name, such as `eu-west-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() >= 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(plain))
}
