//! Values that several commands take.

/// Seconds of a span such as `90`, `45s`, `10m`, `12h`, `7d`, `2w` or `1d12h`.
///
/// # Errors
///
/// For anything else, and beyond 32 bits.
pub fn seconds(text: &str) -> Result<u32, String> {
    let wrong = || "give a span of time such as 45s, 10m, 12h, 7d or 1d12h, or seconds".to_owned();
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let mut letters = behind.chars();
        let unit = match letters.next() {
            None if rest.len() == text.len() => 1,
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            Some('w') => 604_800,
            _ => return Err(wrong()),
        };
        total = number.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = letters.as_str();
    }
    match text.is_empty() {
        true => Err(wrong()),
        false => u32::try_from(total).map_err(|_| wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_seconds() {
        for (text, expected) in [
            ("0", 0),
            ("90", 90),
            ("45s", 45),
            ("10m", 600),
            ("12h", 43_200),
            ("7d", 604_800),
            ("2w", 1_209_600),
            ("1d12h30m5s", 131_405),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for wrong in ["", "d", "1x", "1d2", "-1", "1.5h", " 1", "4294967296", "50000d", "99999999999999999999"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
