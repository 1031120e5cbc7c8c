//! Prices in units that a feed carries well.
//!
//! A feed's prices have twelve decimals and end at 10,000,000 USD. What is dearer does not fit, and what costs less than a
//! millionth would have its returns rounded. Such an asset's prices are brought in another unit, a power of ten of the
//! file's: returns, ranges and all figures made of them are the same in any unit.

use super::cells;
use super::rows::Prices;
use crate::date::Date;
use crate::prices::{Bar, MAX_PRICE_USD};

/// Units of 10^-24 in one.
const ONE: u128 = 10_u128.pow(cells::DECIMALS);
/// Decimals of a feed's prices.
const FEED_DECIMALS: i32 = 12;
/// Below this a feed's decimals are too coarse: a unit is a millionth of it.
const SMALL: u128 = ONE / 1_000_000;
/// What is brought in another unit has its lowest price at least here, where its highest allows it …
const AIM: u128 = ONE / 1_000;
/// … and that one at most here.
const LARGE: u128 = 1_000_000 * ONE;

/// The power of ten that these days' prices are multiplied by, and the bars; none where they are so far apart that the lowest
/// would round to nothing.
pub fn to_feed(days: &[(Date, Prices)]) -> Option<(i32, Vec<(Date, Bar)>)> {
    let all = || days.iter().flat_map(|(_, prices)| prices.iter().copied());
    let exponent = exponent(all().min()?, all().max()?);
    let bar = |(date, prices): &(Date, Prices)| {
        let [open, high, low, close] = prices.map(|price| units(price, exponent));
        Some((*date, Bar { open: open?, high: high?, low: low?, close: close? }))
    };
    Some((exponent, days.iter().map(bar).collect::<Option<_>>()?))
}

fn exponent(lowest: u128, highest: u128) -> i32 {
    let most = u128::from(MAX_PRICE_USD) * ONE;
    if highest > most {
        let divided = (1..).take_while(|power| highest / 10_u128.pow(power - 1) > LARGE).last().unwrap_or(0);
        return -i32::try_from(divided).unwrap_or(0);
    }
    if lowest >= SMALL {
        return 0;
    }
    let fits = |power: &u32| {
        let times = 10_u128.pow(power - 1);
        lowest.saturating_mul(times) < AIM && highest.saturating_mul(times * 10) <= LARGE
    };
    i32::try_from((1..=cells::DECIMALS).take_while(fits).last().unwrap_or(0)).unwrap_or(0)
}

/// A price times ten to the power, in a feed's units to the nearest, half up; none where that is zero or too large.
fn units(price: u128, exponent: i32) -> Option<u64> {
    let places = exponent + FEED_DECIMALS - cells::DECIMALS as i32;
    let power = 10_u128.checked_pow(places.unsigned_abs())?;
    let units = if places < 0 { price.checked_add(power / 2)? / power } else { price.checked_mul(power)? };
    u64::try_from(units).ok().filter(|units| *units > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(lowest: &str, highest: &str) -> Option<(i32, u64, u64)> {
        let [low, high] = [lowest, highest].map(|text| cells::price(text).expect("a price"));
        let (exponent, days) = to_feed(&[(Date(1), [low, high, low, high])])?;
        Some((exponent, days[0].1.low, days[0].1.high))
    }

    #[test]
    fn usual_prices_are_brought_as_they_are() {
        assert_eq!(feed("0.0000123", "0.000088"), Some((0, 12_300_000, 88_000_000)));
        assert_eq!(feed("0.000001", "10000000"), Some((0, 1_000_000, 10_000_000_000_000_000_000)));
        assert_eq!(feed("1.0000000000004", "1.0000000000005"), Some((0, 1_000_000_000_000, 1_000_000_000_001)));
    }

    #[test]
    fn others_come_in_a_unit_that_fits() {
        // 150,000,000 becomes 150,000: the least power that is at most a million.
        assert_eq!(feed("90000000", "150000000"), Some((-3, 90_000_000_000_000_000, 150_000_000_000_000_000)));
        assert_eq!(feed("1000000", "10000000.1"), Some((-2, 10_000_000_000_000_000, 100_000_001_000_000_000)));
        // A billionth becomes a thousandth.
        assert_eq!(feed("0.000000001234", "0.0000005"), Some((6, 1_234_000_000, 500_000_000_000)));
        // The highest stops it at a million.
        assert_eq!(feed("0.0000000001", "1000"), Some((3, 100_000, 1_000_000_000_000_000_000)));
    }

    #[test]
    fn what_no_unit_holds_is_none() {
        assert_eq!(feed("0.00000000000000000001", "1000000"), None);
        assert_eq!(feed("0.000001", "100000000000000"), None);
    }
}
