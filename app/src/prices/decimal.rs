//! Decimal text to fixed point, without floats and without guessing.

use super::{MAX_PRICE_USD, PRICE_SCALE};

/// Why a text is not a usable price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Something else than digits with at most one point.
    #[error("is not a plain decimal number like 123.45")]
    NotDecimal,
    /// Zero or negative.
    #[error("is not above zero")]
    NotPositive,
    /// More digits after the point than 12.
    #[error("has more than 12 decimals")]
    TooManyDecimals,
    /// Above [`MAX_PRICE_USD`].
    #[error("is above 10,000,000 USD, more than a feed carries")]
    TooLarge,
}

const DECIMALS: usize = 12;

/// Reads a positive decimal number exactly into USD × 10^12. No sign, exponent, blank or separator is accepted, save a
/// leading minus, which is named as what it is.
pub fn parse_price(text: &str) -> Result<u64, DecimalError> {
    if let Some(rest) = text.strip_prefix('-') {
        return Err(if is_decimal(rest) { DecimalError::NotPositive } else { DecimalError::NotDecimal });
    }
    if !is_decimal(text) {
        return Err(DecimalError::NotDecimal);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > DECIMALS {
        return Err(DecimalError::TooManyDecimals);
    }
    let whole: u64 = whole.parse().map_err(|_| DecimalError::TooLarge)?;
    let padded = format!("{fraction:0<DECIMALS$}");
    let fraction: u64 = padded.parse().map_err(|_| DecimalError::NotDecimal)?;
    if whole > MAX_PRICE_USD || (whole == MAX_PRICE_USD && fraction > 0) {
        return Err(DecimalError::TooLarge);
    }
    match whole * PRICE_SCALE + fraction {
        0 => Err(DecimalError::NotPositive),
        price => Ok(price),
    }
}

/// Digits, or digits, a point and digits.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('.') {
        None => digits(text),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly() {
        assert_eq!(parse_price("1"), Ok(1_000_000_000_000));
        assert_eq!(parse_price("4.7432"), Ok(4_743_200_000_000));
        assert_eq!(parse_price("108356.93"), Ok(108_356_930_000_000_000));
        assert_eq!(parse_price("0.000000000001"), Ok(1));
        assert_eq!(parse_price("10000000"), Ok(10_000_000_000_000_000_000));
    }

    #[test]
    fn refuses_by_name() {
        for text in ["", ".", "1.", ".5", "1e5", "1,000", " 1", "1 ", "nan", "inf", "0x10", "+1", "--1", "1.2.3"] {
            assert_eq!(parse_price(text), Err(DecimalError::NotDecimal), "{text:?}");
        }
        for text in ["0", "0.000", "-1", "-0.5"] {
            assert_eq!(parse_price(text), Err(DecimalError::NotPositive), "{text:?}");
        }
        assert_eq!(parse_price("1.0000000000001"), Err(DecimalError::TooManyDecimals));
        assert_eq!(parse_price("10000000.01"), Err(DecimalError::TooLarge));
        assert_eq!(parse_price("99999999999999999999999"), Err(DecimalError::TooLarge));
    }
}
