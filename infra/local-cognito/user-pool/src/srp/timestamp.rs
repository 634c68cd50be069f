//! The `TIMESTAMP` of a password proof: `EEE MMM d HH:mm:ss z yyyy` in English.
//!
//! Clients sign the text that they send, Cognito the time that it reads from it: a text that is read
//! but not written this way, with a leading zero in the day or another weekday, fails the proof.
//! Measurements say which texts are read: names in any letter case, `UTC` or `GMT`.

use local_cognito_aws_emulation::ApiError;

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/// The months and how many days they have outside of leap years.
const MONTHS: [(&str, u32); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// A time that a client says it signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp(String);

impl Timestamp {
    /// Reads a text of that form.
    ///
    /// # Errors
    /// `InvalidParameterException` for every other text.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        canonical(text).map(Self).ok_or_else(|| {
            ApiError::invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
        })
    }

    /// The one text that is signed for this time.
    pub(crate) fn canonical(&self) -> &str {
        &self.0
    }
}

fn canonical(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(' ').collect();
    let [weekday, month, day, time, zone, year] = parts.as_slice() else { return None };
    if !WEEKDAYS.iter().any(|name| name.eq_ignore_ascii_case(weekday)) {
        return None;
    }
    let known = |(name, _): &&(&str, u32)| name.eq_ignore_ascii_case(month);
    let place = MONTHS.iter().position(|known_month| known(&known_month))?;
    let (month, days) = MONTHS.get(place)?;
    let clock: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = clock.as_slice() else { return None };
    number(hour, 2..=2).filter(|hour| *hour < 24)?;
    number(minute, 2..=2).filter(|minute| *minute < 60)?;
    number(second, 2..=2).filter(|second| *second < 60)?;
    let year = number(year, 4..=4).filter(|year| *year > 0)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = if leap && *month == "Feb" { 29 } else { *days };
    let day = number(day, 1..=2).filter(|day| (1..=last).contains(day))?;
    if !matches!(*zone, "UTC" | "GMT") {
        return None;
    }
    let weekday = weekday_of(year, u32::try_from(place).ok()? + 1, day)?;
    Some(format!("{weekday} {month} {day} {hour}:{minute}:{second} UTC {year:04}"))
}

fn number(digits: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let fits = length.contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    digits.parse().ok().filter(|_| fits)
}

/// The weekday of a date by Zeller's congruence.
fn weekday_of(year: u32, month: u32, day: u32) -> Option<&'static str> {
    // January and February count as months 13 and 14 of the year before.
    let (year, month) = if month < 3 { (year - 1, month + 12) } else { (year, month) };
    let sum = day + 13 * (month + 1) / 5 + year + year / 4 + year / 400 + 6 * (year / 100);
    // Zeller counts from Saturday.
    let place = usize::try_from((sum + 6) % 7).ok()?;
    WEEKDAYS.get(place).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamp_is_signed_in_one_form_or_refused() {
        let signed = "Mon Nov 9 09:05:07 UTC 2026";
        for (sent, read) in [
            (signed, Some(signed)),
            ("Mon Nov 09 09:05:07 UTC 2026", Some(signed)),
            ("mon NOV 9 09:05:07 UTC 2026", Some(signed)),
            ("Tue Nov 9 09:05:07 UTC 2026", Some(signed)),
            ("Mon Nov 9 09:05:07 GMT 2026", Some(signed)),
            ("Thu Feb 29 23:59:59 UTC 2024", Some("Thu Feb 29 23:59:59 UTC 2024")),
            ("Sat Jan 1 00:00:00 UTC 2000", Some("Sat Jan 1 00:00:00 UTC 2000")),
            ("Wed Dec 31 00:00:00 UTC 2025", Some("Wed Dec 31 00:00:00 UTC 2025")),
            ("Sun Feb 29 09:05:07 UTC 2026", None),
            ("Mon Nov 9 9:05:07 UTC 2026", None),
            ("Mon Nov 9 24:05:07 UTC 2026", None),
            ("Mon Nov 9 09:05:07 utc 2026", None),
            ("Mon Nov 9 09:05:07 CET 2026", None),
            ("Mon Nov 9 09:05:07 +00:00 2026", None),
            ("Mo Nov 9 09:05:07 UTC 2026", None),
            ("Mo. Nov. 9 09:05:07 UTC 2026", None),
            ("lun. nov. 9 09:05:07 UTC 2026", None),
            ("Mon Nov  9 09:05:07 UTC 2026", None),
            (" Mon Nov 9 09:05:07 UTC 2026", None),
            ("Mon Nov 9 09:05:07 UTC 26", None),
            ("Mon Nov 9 09:05:07 UTC 0000", None),
            ("Mon Nov +9 09:05:07 UTC 2026", None),
            ("2026-11-09T09:05:07Z", None),
            ("", None),
        ] {
            let found = Timestamp::parse(sent).ok();
            assert_eq!(found.as_ref().map(Timestamp::canonical), read, "{sent:?}");
        }
    }
}
