//! From which moment to which, in UTC.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use thiserror::Error;

const DAY: i64 = 86_400;

/// Why a period cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PeriodError {
    /// Not a day.
    #[error("'{0}' is no day: write it as 2026-01-31")]
    NotADay(String),
    /// It ends before it begins.
    #[error("the period ends on {to}, before it begins on {from}: exchange --from and --to")]
    Backwards {
        /// First day.
        from: String,
        /// Last day.
        to: String,
    },
}

/// Whole days in UTC, the first and the last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Unix second of the first moment.
    pub from: i64,
    /// Unix second just after the last moment.
    pub until: i64,
}

impl Period {
    /// All time.
    pub const EVER: Self = Self { from: 0, until: i64::MAX };

    /// From the first moment of `from` to the last of `to`.
    ///
    /// # Errors
    ///
    /// [`PeriodError::Backwards`].
    pub fn days(from: Date, to: Date) -> Result<Self, PeriodError> {
        if to < from {
            return Err(PeriodError::Backwards { from: from.to_string(), to: to.to_string() });
        }
        Ok(Self { from: midnight(from), until: midnight(to).saturating_add(DAY) })
    }
}

/// Reads a day, such as `2026-01-31`.
///
/// # Errors
///
/// [`PeriodError::NotADay`].
pub fn day(text: &str) -> Result<Date, PeriodError> {
    // The parser would also take a time of day, which would be dropped in silence.
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| plain).ok_or_else(|| PeriodError::NotADay(text.to_owned()))
}

/// The day in UTC that holds a Unix second.
pub fn day_of(unix: i64) -> Date {
    jiff::Timestamp::from_second(unix).map(|time| time.to_zoned(TimeZone::UTC).date()).unwrap_or_default()
}

/// Unix second of a day's first moment in UTC.
pub fn midnight(day: Date) -> i64 {
    day.to_zoned(TimeZone::UTC).map(|time| time.timestamp().as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_in_utc() {
        let (first, last) = (day("2024-02-28").unwrap(), day("2024-02-29").unwrap());
        let period = Period::days(first, last).unwrap();
        // From `date -u -d 2024-02-28 +%s`, and two days later.
        assert_eq!((period.from, period.until), (1_709_078_400, 1_709_251_200));
        assert_eq!((day_of(period.from), day_of(period.until - 1)), (first, last));
        assert!(matches!(Period::days(last, first), Err(PeriodError::Backwards { .. })));
        assert_eq!(Period::days(first, first).unwrap().until - period.from, 86_400);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "2023-02-29", "2024-13-01", "28.02.2024", "2024-2-28", "2024-02-28T10:00", "20240228"] {
            assert_eq!(day(text), Err(PeriodError::NotADay(text.to_owned())), "{text}");
        }
    }
}
