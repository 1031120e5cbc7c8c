//! Arithmetic of its own: whole numbers of any length, so that no function of the programs is asked whether it is right.

use num_bigint::BigUint;
use risk_oracle::state::{Bounds, Feed};
use strategy_router::state::{Ledger, Line};

use super::report::NavFigures;

/// Parts of which a line's widening counts.
const WIDEN_PARTS: u64 = 1_000_000_000;
/// Binary places of the totals' widening.
const WIDEN_PLACES: u64 = 16;
/// Width of a price's interval in confidences, hundredths: 2.12.
const INTERVAL_HUNDREDTHS: u64 = 212;
/// The oracle's flag of a second source that was old at the last update.
const SECOND_STALE: u8 = 8;

/// As many units; the greatest number for what no account could hold.
pub(super) fn units(number: &BigUint) -> i128 {
    i128::try_from(number.clone()).unwrap_or(i128::MAX)
}

/// a / b, rounded up; zero for a divisor of zero.
pub(super) fn div_up(a: BigUint, b: &BigUint) -> BigUint {
    if *b == BigUint::ZERO {
        return BigUint::ZERO;
    }
    (a + b - 1u8) / b
}

/// a / b, rounded down; zero for a divisor of zero.
pub(super) fn div_down(a: BigUint, b: &BigUint) -> BigUint {
    if *b == BigUint::ZERO {
        return BigUint::ZERO;
    }
    a / b
}

/// The square root, rounded up.
fn root_up(number: &BigUint) -> BigUint {
    let root = number.sqrt();
    if &root * &root == *number {
        root
    } else {
        root + 1u8
    }
}

/// What valuations are worth less and more by their age: the widening of all lines at the age of the oldest, base units,
/// rounded up.
pub(super) fn margin_up(widen: &BigUint, age: u64) -> BigUint {
    div_up(root_up(&(widen * widen * age)), &(BigUint::from(1u8) << WIDEN_PLACES))
}

/// The sum of the lines' widening, base units per √second × 2^16, each rounded up.
pub(super) fn widening<'a>(lines: impl Iterator<Item = (&'a Line, u64)>) -> BigUint {
    let of = |(line, mid): (&Line, u64)| {
        let product = (BigUint::from(mid) * line.widen_rate) << WIDEN_PLACES;
        div_up(product, &BigUint::from(WIDEN_PARTS))
    };
    lines.map(of).sum()
}

/// Adopted surplus that is not unlocked at `now`, base units, rounded up.
pub(super) fn locked_up(ledger: &Ledger, now: i64) -> BigUint {
    let gains = &ledger.gains;
    let length = u64::try_from(gains.end.saturating_sub(gains.start)).unwrap_or(0);
    let left = u64::try_from(gains.end.saturating_sub(now.max(gains.start))).unwrap_or(0);
    div_up(BigUint::from(gains.amount) * left, &BigUint::from(length))
}

/// What one line counts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Low, base units.
    pub low: u64,
    /// Mid, base units.
    pub mid: u64,
    /// High, base units.
    pub high: u64,
    /// Unix second of the valuation.
    pub at: i64,
}

/// Net asset value at `now` of the ledger with these values of its lines, in the order of its rows.
pub(super) fn nav(ledger: &Ledger, values: &[(&Line, Value)], now: i64) -> NavFigures {
    let sum = |part: fn(&Value) -> u64| -> BigUint { values.iter().map(|(_, value)| BigUint::from(part(value))).sum() };
    let oldest = values.iter().map(|(_, value)| value.at).min();
    let age = oldest.map_or(0, |oldest| u64::try_from(now.saturating_sub(oldest)).unwrap_or(0));
    let margin = margin_up(&widening(values.iter().map(|(line, value)| (*line, value.mid))), age);
    let cash = BigUint::from(ledger.cash_tracked);
    let owed = BigUint::from(ledger.keeper_owed);
    let less = |from: BigUint, what: &BigUint| if from > *what { from - what } else { BigUint::ZERO };
    let low = less(less(sum(|value| value.low), &margin) + &cash, &owed);
    NavFigures {
        low: units(&less(low, &locked_up(ledger, now))),
        mid: units(&less(sum(|value| value.mid) + &cash, &owed)),
        high: units(&less(sum(|value| value.high) + margin + cash, &owed)),
    }
}

/// Between what a feed's price lies, from its stored numbers; none where the interval reaches zero.
pub(super) fn bounds(feed: &Feed) -> Option<Bounds> {
    let interval = |price: u64, confidence: u64| {
        let margin = u64::try_from((u128::from(confidence) * u128::from(INTERVAL_HUNDREDTHS)).div_ceil(100)).ok()?;
        Some((price.checked_sub(margin).filter(|low| *low > 0)?, price.checked_add(margin)?))
    };
    let (low, high) = interval(feed.price, feed.confidence)?;
    if feed.second_feed_id == [0; 32] || feed.flags & SECOND_STALE != 0 {
        return Some(Bounds { low, mid: feed.price, high });
    }
    let (second_low, second_high) = interval(feed.second_price, feed.second_confidence)?;
    Some(Bounds { low: low.min(second_low), mid: feed.price, high: high.max(second_high) })
}

/// `amount` of a token in units of another: amount · price · 10^to / (price of the other · 10^from), before rounding.
pub(super) fn converted(
    amount: u64,
    (from_decimals, from_price): (u8, u64),
    (to_decimals, to_price): (u8, u64),
) -> (BigUint, BigUint) {
    let ten = |power: u8| BigUint::from(10u8).pow(u32::from(power));
    (BigUint::from(amount) * from_price * ten(to_decimals), BigUint::from(to_price) * ten(from_decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: u64) -> BigUint {
        BigUint::from(n)
    }

    #[test]
    fn rounding_goes_the_way_that_the_names_say() {
        assert_eq!((div_up(number(7), &number(2)), div_down(number(7), &number(2))), (number(4), number(3)));
        assert_eq!((div_up(number(8), &number(2)), div_up(number(8), &number(0))), (number(4), number(0)));
        assert_eq!((root_up(&number(9)), root_up(&number(10)), root_up(&number(0))), (number(3), number(4), number(0)));
    }

    #[test]
    fn nav_widens_with_the_age_of_the_oldest_line() {
        let mut ledger: Ledger = bytemuck::Zeroable::zeroed();
        (ledger.cash_tracked, ledger.keeper_owed) = (1_000, 30);
        // Half unlocked after three of six hours: ceil(101 / 2).
        (ledger.gains.amount, ledger.gains.start, ledger.gains.end) = (101, 1_000, 1_000 + 21_600);
        let mut line: Line = bytemuck::Zeroable::zeroed();
        // One part in a thousand of mid per √second.
        line.widen_rate = 1_000_000;
        let values = [
            (&line, Value { low: 90_000, mid: 100_000, high: 110_000, at: 1_000 + 10_800 - 9 }),
            (&line, Value { low: 500, mid: 500, high: 500, at: 1_000 + 10_800 }),
        ];
        // Widening 100.5 a √second, √9 = 3: 301.5, rounded up 302.
        let nav = nav(&ledger, &values, 1_000 + 10_800);
        assert_eq!(nav.low, 90_500 - 302 + 1_000 - 30 - 51);
        assert_eq!(nav.mid, 100_500 + 1_000 - 30);
        assert_eq!(nav.high, 110_500 + 302 + 1_000 - 30);
    }

    #[test]
    fn what_is_owed_beyond_all_leaves_nothing() {
        let mut ledger: Ledger = bytemuck::Zeroable::zeroed();
        (ledger.cash_tracked, ledger.keeper_owed) = (10, 11);
        assert_eq!(nav(&ledger, &[], 0), NavFigures { low: 0, mid: 0, high: 0 });
    }

    #[test]
    fn prices_convert_by_decimals() {
        // 1.5 tokens of 9 decimals at 150 in a currency of 6 decimals at 0.5: 450 whole.
        let (over, under) = converted(1_500_000_000, (9, 150), (6, 1));
        assert_eq!(div_down(over, &under), number(225_000_000));
    }
}
