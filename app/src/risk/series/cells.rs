//! One cell of a price file.

use crate::date::Date;

/// Decimals of what [`price`] reads.
pub const DECIMALS: u32 = 24;
/// The highest price: 10^14.
const HIGHEST: u128 = 10_u128.pow(14 + DECIMALS);
/// What other tools write where there is no value.
const NOTHING: [&str; 9] = ["", "nan", "null", "none", "na", "n/a", "#n/a", "-", "nil"];
const SECONDS_A_DAY: i64 = 86_400;

/// Reads a positive number into units of 10^-24: digits with at most one point, or in the form 1.234e-5, rounded to the
/// nearest unit (half up).
///
/// # Errors
///
/// What is wrong with it, as the end of a sentence.
pub fn price(text: &str) -> Result<u128, &'static str> {
    const WRONG: &str = "is not a plain decimal number like 123.45: use a point for decimals and nothing for thousands";
    if NOTHING.contains(&text.to_ascii_lowercase().as_str()) {
        return Err("is no value: leave the row out, a day without a row counts as a gap");
    }
    let (negative, size) = text.strip_prefix('-').map_or((false, text), |size| (true, size));
    let (mantissa, power) = match size.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, power.parse::<i32>().map_err(|_| WRONG)?.clamp(-99, 99)),
        None => (size, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WRONG);
    }
    // Where the decimal point goes in `digits`, counted from their beginning.
    let point = whole.len() as i64 + i64::from(power);
    let end = point + i64::from(DECIMALS);
    let digit = |place: i64| {
        let byte = usize::try_from(place).ok().and_then(|place| digits.as_bytes().get(place));
        byte.map_or(0, |byte| u128::from(byte - b'0'))
    };
    let units = (0..end)
        .try_fold(0_u128, |units, place| units.checked_mul(10)?.checked_add(digit(place)))
        .map(|units| units.saturating_add(u128::from(digit(end) >= 5)))
        .filter(|units| *units <= HIGHEST);
    match units {
        None => Err("is above 100,000,000,000,000: give it in a larger unit"),
        Some(0) => Err("is not above zero: correct the row, or leave it out"),
        Some(_) if negative => Err("is not above zero: correct the row, or leave it out"),
        Some(units) => Ok(units),
    }
}

/// Reads a day: `2024-01-31`, `2024/01/31`, `20240131`; the same with a time of day behind it, at any offset from UTC; or the
/// seconds, milliseconds, microseconds or nanoseconds since 1970. It is the UTC day in which that moment lies.
pub fn day(text: &str) -> Option<Date> {
    if let Some(date) = unix(text) {
        return Some(date);
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Date::parse(&format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..)?));
    }
    let date = Date::parse(&text.get(..10)?.replace('/', "-"))?;
    let rest = text.get(10..)?;
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else { return rest.is_empty().then_some(date) };
    let seconds = date.start().checked_add(time_of_day(time.trim())?)?;
    u32::try_from(seconds.div_euclid(SECONDS_A_DAY)).ok().map(Date)
}

/// A moment as a number: with nine digits or more, so that it is no year and no `YYYYMMDD`.
fn unix(text: &str) -> Option<Date> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let a_second = match whole.len() {
        9..=10 => 1,
        12..=13 => 1_000,
        15..=16 => 1_000_000,
        18..=19 => 1_000_000_000,
        _ => return None,
    };
    u32::try_from(number / a_second / SECONDS_A_DAY).ok().map(Date)
}

/// Seconds from the day's beginning in UTC: `00:00`, `00:00:00`, `00:00:00.000`, with `Z`, `UTC` or `+02:00` behind it. Below zero
/// or over a day where the offset says so.
fn time_of_day(text: &str) -> Option<i64> {
    let utc = ["Z", "z", "UTC", "GMT"].iter().find_map(|zone| text.strip_suffix(zone));
    let (clock, offset) = match (utc, text.rfind(['+', '-'])) {
        (Some(clock), _) => (clock.trim_end(), 0),
        (None, Some(place)) => {
            let (clock, zone) = text.split_at(place);
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let zone = zone.get(1..)?;
            let (hours, minutes) = match zone.split_once(':') {
                Some(parts) => parts,
                None if zone.len() == 4 => zone.split_at(2),
                None => (zone, "0"),
            };
            (clock.trim_end(), sign * (number(hours, 14)? * 3_600 + number(minutes, 59)? * 60))
        }
        (None, None) => (text, 0),
    };
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if parts.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(number(hours, 23)? * 3_600 + number(minutes, 59)? * 60 + number(seconds, 59)? - offset)
}

fn number(text: &str, most: i64) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10^12 units.
    const MILLIONTH_MILLIONTH: u128 = 1_000_000_000_000;

    #[test]
    fn prices_of_any_tool_are_read_exactly() {
        let one = MILLIONTH_MILLIONTH * MILLIONTH_MILLIONTH;
        assert_eq!(price("123.45"), Ok(12_345 * one / 100));
        assert_eq!(price("1.234e-05"), Ok(1_234 * one / 100_000_000));
        assert_eq!(price("6.5E4"), Ok(65_000 * one));
        assert_eq!(price("6.5e+04"), Ok(65_000 * one));
        assert_eq!(price("0.30000000000000004"), Ok(3 * one / 10 + 40_000_000));
        assert_eq!(
            (price("0.0000123"), price(".5"), price("5.")),
            (Ok(one / 100_000_000 * 1_230), Ok(one / 2), Ok(5 * one))
        );
        // Half a unit and less than that.
        assert_eq!((price("5e-25"), price("1.5e-24")), (Ok(1), Ok(2)));
        assert!(price("4.9e-25").expect_err("nothing").contains("not above zero"));
        assert_eq!(price("100000000000000"), Ok(HIGHEST));
    }

    #[test]
    fn what_is_no_price_is_refused_by_name() {
        let says = |text: &str| price(text).expect_err(text);
        for text in ["0", "0.000", "-1", "-1e3", "1e-40"] {
            assert!(says(text).contains("not above zero"), "{text}");
        }
        for text in ["1e15", "100000000000000.1", "9e99", &"9".repeat(60)] {
            assert!(says(text).contains("above 100,000"), "{text}");
        }
        for text in ["", "NaN", "null", "N/A", "-"] {
            assert!(says(text).contains("leave the row out"), "{text}");
        }
        for text in
            ["e5", "1e", "1e5.5", "1e+", "0x1e5", "1,000", "1e5e5", "inf", "$5", "1.2.3", ".", "--1", "+1", "1 000"]
        {
            assert!(says(text).contains("plain decimal"), "{text}");
        }
    }

    #[test]
    fn days_are_read_in_the_forms_of_other_tools() {
        // 2024-02-29 is day 19,782 (`date -u -d 2024-02-29 +%s` is 1709164800).
        for text in [
            "2024-02-29",
            "2024/02/29",
            "20240229",
            "1709164800",
            "1709164800.0",
            "1709251199",
            "1709164800000",
            "1709164800000000",
            "1709164800000000000",
            "2024-02-29T00:00:00Z",
            "2024-02-29T00:00:00.000Z",
            "2024-02-29 00:00:00",
            "2024-02-29 00:00:00 UTC",
            "2024-02-29 00:00:00+00:00",
            "2024-02-29T23:59:59",
            "2024-02-29T02:00+02:00",
            "2024-02-28T19:00:00-0500",
        ] {
            assert_eq!(day(text), Some(Date(19_782)), "{text}");
        }
        // Midnight two hours east of UTC is still the day before there.
        assert_eq!(day("2024-02-29T00:00:00+02:00"), Some(Date(19_781)));
        // Before September 2001 seconds have nine digits.
        assert_eq!(day("946684800"), Date::parse("2000-01-01"));
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "2024-02-30",
            "01/02/2024",
            "2024-2-29",
            "29.02.2024",
            "Feb 29, 2024",
            "2024-02-29x",
            "2024-02-29T25:00",
            "2024-02-29T12",
            "2024-02-29T12:00:00:00",
            "2024-02-29T12:00+99:00",
            "1709164800x",
            "45351",
            "12345678901",
            "-1709164800",
            "１７０９１６４８００",
            "1969-12-31",
            "1970-01-01T00:00:00+02:00",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
