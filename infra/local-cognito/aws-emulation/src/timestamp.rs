//! Points in time as AWS writes them.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Returns milliseconds since 1970 as `2026-01-31T12:00:00.000Z`.
#[must_use]
pub fn iso_8601(millis: u64) -> String {
    let at = utc(millis / 1000);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = at.to_hms();
    let millis = millis % 1000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Returns seconds since 1970 as `31/Jan/2026:12:00:00 +0000`.
#[must_use]
pub fn common_log(seconds: u64) -> String {
    let at = utc(seconds);
    let month = at.month().to_string();
    let month = month.get(..3).unwrap_or_default();
    let (hour, minute, second) = at.to_hms();
    format!("{:02}/{month}/{:04}:{hour:02}:{minute:02}:{second:02} +0000", at.day(), at.year())
}

/// Returns seconds since 1970 as `20260131T120000Z`.
#[must_use]
pub fn basic(seconds: u64) -> String {
    let at = utc(seconds);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = at.to_hms();
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Parses a point in time as `basic` writes it, in seconds since 1970; `None` for any other text.
#[must_use]
pub fn parse_basic(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let part = |from: usize, to: usize| u8::try_from(number(from, to)?).ok();
    let month = Month::try_from(part(4, 6)?).ok()?;
    let date = Date::from_calendar_date(number(0, 4)?.into(), month, part(6, 8)?).ok()?;
    let time = Time::from_hms(part(9, 11)?, part(11, 13)?, part(13, 15)?).ok()?;
    let at = PrimitiveDateTime::new(date, time).assume_utc();
    let seconds = u64::try_from(at.unix_timestamp()).ok()?;
    (basic(seconds) == text).then_some(seconds)
}

/// Returns the date and time of seconds since 1970; the last one of the year 9999 for all later
/// ones.
fn utc(seconds: u64) -> OffsetDateTime {
    let known = i64::try_from(seconds).ok().map(OffsetDateTime::from_unix_timestamp);
    known.and_then(Result::ok).unwrap_or_else(|| PrimitiveDateTime::MAX.assume_utc())
}

#[cfg(test)]
mod tests {
    use super::{basic, common_log, iso_8601, parse_basic};

    #[track_caller]
    fn check(millis: u64, expected: &str) {
        assert_eq!(iso_8601(millis), expected);
    }

    #[test]
    fn dates_around_leap_days_are_right() {
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_782_399_999, "2000-02-28T23:59:59.999Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(1_709_251_199_000, "2024-02-29T23:59:59.000Z");
        check(4_107_542_400_001, "2100-03-01T00:00:00.001Z");
    }

    #[test]
    fn a_log_date_names_its_month() {
        assert_eq!(common_log(0), "01/Jan/1970:00:00:00 +0000");
        assert_eq!(common_log(1_735_689_599), "31/Dec/2024:23:59:59 +0000");
    }

    #[test]
    fn a_basic_date_is_read_as_it_is_written() {
        for seconds in [0, 951_782_399, 951_782_400, 1_709_251_199, 4_107_542_400] {
            assert_eq!(parse_basic(&basic(seconds)), Some(seconds));
        }
        assert_eq!(basic(1_709_251_199), "20240229T235959Z");
    }

    #[test]
    fn what_is_no_basic_date_is_none() {
        for text in [
            "",
            "20260230T000000Z",
            "20260131T240000Z",
            "20260131T120000",
            "20260131T120000Z ",
            "2026-01-31T12:00:00Z",
            "+0260131T120000Z",
            "19691231T235959Z",
            "20260001T000000Z",
            "2026\u{e9}131T12000Z",
        ] {
            assert_eq!(parse_basic(text), None, "{text}");
        }
    }
}
