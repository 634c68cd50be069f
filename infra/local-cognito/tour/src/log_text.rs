//! The text of a log line, as far as a search for secrets reads it.

/// Returns a log line without its times and the ids of AWS, which stand at its front: the digits of
/// one in a while are those of a code.
#[must_use]
pub fn without_time(line: &str) -> &str {
    let digits: fn(char) -> bool = |letter| letter.is_ascii_digit();
    let id: fn(char) -> bool = |letter| letter.is_ascii_hexdigit() || letter == '-';
    let time: fn(char) -> bool = |letter| letter.is_ascii_digit() || "-:.TZ".contains(letter);
    let front = [
        ("{\"timestamp\":\"", time, "\""),
        (",\"cold_start\":", char::is_alphabetic as fn(char) -> bool, ""),
        (",\"function_request_id\":\"", id, "\""),
        (",\"xray_trace_id\":\"", id, "\""),
        (",\"_aws\":{\"Timestamp\":", digits, ""),
    ];
    front.into_iter().fold(line, |rest, (before, value, after)| {
        let value = rest.strip_prefix(before).map(|rest| rest.trim_start_matches(value));
        value.and_then(|rest| rest.strip_prefix(after)).unwrap_or(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::without_time;

    #[test]
    fn times_and_ids_are_left_out_and_nothing_else() {
        for (line, rest) in [
            (
                concat!(
                    r#"{"timestamp":"2026-11-29T21:38:27.123456Z","cold_start":true,"#,
                    r#""function_request_id":"0f-12345678","xray_trace_id":"1-12345678-0f","#,
                    r#""_aws":{"Timestamp":1764452307123,"CloudWatchMetrics":[]},"level":"INFO"}"#,
                ),
                r#","CloudWatchMetrics":[]},"level":"INFO"}"#,
            ),
            (
                r#"{"timestamp":"2026-11-29T21:38:27.123456Z","level":"INFO"}"#,
                r#","level":"INFO"}"#,
            ),
            (
                r#"{"timestamp":"2026-11-29T21:38:27.1Z","function_request_id":"a@b.example"}"#,
                r#","function_request_id":"a@b.example"}"#,
            ),
            (r#"{"timestamp":"noor","level":"INFO"}"#, r#"{"timestamp":"noor","level":"INFO"}"#),
            ("12345678", "12345678"),
        ] {
            assert_eq!(without_time(line), rest);
        }
    }
}
