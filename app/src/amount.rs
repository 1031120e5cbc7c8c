//! UI amounts ("12.5 USDC") and base units (12,500,000), converted exactly or not at all.
//!
//! No float is involved, so what a person types is what is signed. Nothing is rounded: an amount with more fraction
//! digits than the mint has is refused, since dropping a digit would sign something other than what was typed.

use thiserror::Error;

/// The largest number of decimals whose unit fits an amount of 64 bits.
pub const MAX_DECIMALS: u8 = 19;

/// Why a text is not an amount.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AmountError {
    /// Not digits with at most one point between them.
    #[error("'{0}' is not an amount: write digits with at most one point, such as 1250 or 0.75, without signs, spaces or separators")]
    Malformed(String),
    /// More fraction digits than the mint has.
    #[error("'{text}' has {digits} digits after the point, but this token has only {decimals}: shorten it")]
    TooPrecise {
        /// What was typed.
        text: String,
        /// Fraction digits found.
        digits: usize,
        /// Fraction digits allowed.
        decimals: u8,
    },
    /// Above 2^64 − 1 base units.
    #[error("'{0}' is more than this token can represent: use a smaller amount")]
    TooLarge(String),
    /// The mint's decimals are beyond what 64 bits can hold.
    #[error("a token with {0} decimals cannot be shown: at most {MAX_DECIMALS} are supported")]
    UnsupportedDecimals(u8),
}

/// Base units for a UI amount, exactly.
///
/// # Errors
///
/// As [`AmountError`] says; nothing is rounded.
pub fn parse(text: &str, decimals: u8) -> Result<u64, AmountError> {
    if decimals > MAX_DECIMALS {
        return Err(AmountError::UnsupportedDecimals(decimals));
    }
    let malformed = || AmountError::Malformed(text.to_owned());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(malformed()),
        None => (text, ""),
    };
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) {
        return Err(malformed());
    }
    if fraction.len() > usize::from(decimals) {
        return Err(AmountError::TooPrecise { text: text.to_owned(), digits: fraction.len(), decimals });
    }
    let padding = usize::from(decimals) - fraction.len();
    let mut units: u64 = 0;
    for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
        units = units
            .checked_mul(10)
            .and_then(|scaled| scaled.checked_add(u64::from(digit - b'0')))
            .ok_or_else(|| AmountError::TooLarge(text.to_owned()))?;
    }
    Ok(units)
}

/// The shortest UI amount for `units`, such as "12.5"; [`parse`] gives `units` back.
pub fn format(units: u64, decimals: u8) -> String {
    let full = format_full(units, decimals);
    match full.contains('.') {
        true => full.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => full,
    }
}

/// The UI amount with every decimal, such as "12.500000", for columns.
pub fn format_full(units: u64, decimals: u8) -> String {
    let places = usize::from(decimals);
    if places == 0 {
        return units.to_string();
    }
    let digits = format!("{units:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{whole}.{fraction}")
}

/// A count's digits in groups of three, for people: 1,234,567.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ui_amounts_become_base_units_exactly() {
        assert_eq!(parse("12.5", 6), Ok(12_500_000));
        assert_eq!(parse("0", 6), Ok(0));
        assert_eq!(parse("0.000001", 6), Ok(1));
        assert_eq!(parse("007", 0), Ok(7));
        assert_eq!(parse("18446744073709.551615", 6), Ok(u64::MAX));
        assert_eq!(parse("1", 19), Ok(10_000_000_000_000_000_000));
    }

    #[test]
    fn anything_but_plain_digits_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,000", "1_000", " 1", "1 ", "1.2.3", "0x1", "१"] {
            assert_eq!(parse(text, 6), Err(AmountError::Malformed(text.to_owned())), "{text:?}");
        }
    }

    #[test]
    fn precision_is_never_dropped() {
        assert_eq!(
            parse("1.0000000", 6),
            Err(AmountError::TooPrecise { text: "1.0000000".to_owned(), digits: 7, decimals: 6 })
        );
        assert_eq!(parse("1.5", 0), Err(AmountError::TooPrecise { text: "1.5".to_owned(), digits: 1, decimals: 0 }));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(parse("18446744073709.551616", 6), Err(AmountError::TooLarge("18446744073709.551616".to_owned())));
        assert_eq!(parse("2", 19), Err(AmountError::TooLarge("2".to_owned())));
        assert_eq!(parse("1", 20), Err(AmountError::UnsupportedDecimals(20)));
    }

    #[test]
    fn formatting_keeps_every_unit() {
        assert_eq!(format(12_500_000, 6), "12.5");
        assert_eq!(format(1, 6), "0.000001");
        assert_eq!(format(100_000_000, 6), "100");
        assert_eq!(format(100, 0), "100");
        assert_eq!(format_full(12_500_000, 6), "12.500000");
        assert_eq!(format_full(u64::MAX, 9), "18446744073.709551615");
        for units in [0, 1, 999_999, 1_000_000, 1_000_001, u64::MAX] {
            assert_eq!(parse(&format(units, 6), 6), Ok(units));
        }
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
