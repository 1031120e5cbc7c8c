//! Calendar days in UTC, counted from 1 January 1970.

use std::fmt;

/// A UTC calendar day as the number of days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub u32);

const SECONDS_PER_DAY: i64 = 86_400;

impl Date {
    /// Reads exactly `YYYY-MM-DD`; `None` for anything else, days that do not exist, and years before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return None;
        }
        let number = |range: std::ops::Range<usize>| -> Option<u32> {
            let part = text.get(range)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        if year < 1970 || !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
            return None;
        }
        Some(Self(days_from_civil(year, month, day)))
    }

    /// The next day.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Unix seconds of the day's first moment.
    pub fn start(self) -> i64 {
        i64::from(self.0) * SECONDS_PER_DAY
    }

    /// Year, month (1–12), day of month (1–31).
    pub fn civil(self) -> (u32, u32, u32) {
        // Howard Hinnant, "chrono-compatible low-level date algorithms": days counted from 1 March of year 0.
        let shifted = self.0 + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        (year_of_era + era * 400 + u32::from(month <= 2), month, day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_from_civil(year: u32, month: u32, day: u32) -> u32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let year_of_era = year % 400;
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        // From `date -u -d … +%s` / 86400.
        for (text, days) in [
            ("1970-01-01", 0),
            ("2000-02-29", 11_016),
            ("2020-09-01", 18_506),
            ("2024-02-29", 19_782),
            ("2025-06-30", 20_269),
        ] {
            assert_eq!(Date::parse(text), Some(Date(days)), "{text}");
            assert_eq!(Date(days).to_string(), text);
        }
    }

    #[test]
    fn every_day_survives_the_round_trip() {
        for days in 0..60_000 {
            assert_eq!(Date::parse(&Date(days).to_string()), Some(Date(days)));
        }
    }

    #[test]
    fn refuses_what_is_not_a_day() {
        for text in ["", "2021-02-29", "2021-13-01", "2021-00-10", "2021-04-31", "2021-1-01", "21-01-01", "2021/01/01"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        for text in ["1969-12-31", " 2021-01-01", "2021-01-01T", "+021-01-01", "２021-01-1"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
