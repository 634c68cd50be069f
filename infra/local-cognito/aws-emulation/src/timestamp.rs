//! Points in time as AWS writes them.

/// Milliseconds since 1970 as `2026-01-31T12:00:00.000Z`.
#[must_use]
pub fn iso_8601(millis: u64) -> String {
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{millis:03}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
    )
}

/// Seconds since 1970 as `31/Jan/2026:12:00:00 +0000`.
#[must_use]
pub fn common_log(seconds: u64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let month = (1..).zip(MONTHS).find(|(number, _)| *number == month);
    let month = month.map_or("", |(_, name)| name);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{day:02}/{month}/{year:04}:{hour:02}:{minute:02}:{second:02} +0000")
}

/// Seconds since 1970 as `20260131T120000Z`.
#[must_use]
pub fn basic(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// The point in time that `basic` writes as `text`, in seconds since 1970; nothing for any other
/// text.
#[must_use]
pub fn of_basic(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(9, 11)?, number(11, 13)?, number(13, 15)?);
    let days = days_until(year, month, day)?;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    (basic(seconds) == text).then_some(seconds)
}

/// The day number since 1970 of a Gregorian date, the reverse of `civil`.
fn days_until(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.checked_sub(1)?;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

/// The Gregorian date of a day number since 1970, counted in eras of 400 years that begin in
/// March, so that the leap day is the last day of a year.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{basic, common_log, iso_8601, of_basic};

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
            assert_eq!(of_basic(&basic(seconds)), Some(seconds));
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
            assert_eq!(of_basic(text), None, "{text}");
        }
    }
}
