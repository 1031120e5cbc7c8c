//! NAV from the ledger's own numbers, by its definition.

use strategy_router::state::{Ledger, Nav};

/// Binary places of the ledger's widening.
const WIDEN_BITS: u32 = 16;

/// NAV at `now`; none while a valuation that counts is older than the limits allow.
pub fn nav(ledger: &Ledger, now: i64) -> Option<Nav> {
    let totals = &ledger.totals;
    let is_valued = totals.oldest_at != i64::MAX;
    let age = if is_valued { u128::try_from(now - totals.oldest_at).unwrap_or(0) } else { 0 };
    if age > u128::from(ledger.limits.max_valuation_age) {
        return None;
    }
    // widen · √age, rounded up: the root of a perfect square is exact, any other is one more than its floor.
    let square = u128::from(totals.widen) * u128::from(totals.widen) * age;
    let root = square.isqrt();
    let width = if root * root == square { root } else { root + 1 };
    let margin = u64::try_from(width.div_ceil(1 << WIDEN_BITS)).ok()?;
    let locked = locked(ledger, now);
    let (cash, owed) = (ledger.cash_tracked, ledger.keeper_owed);
    Some(Nav {
        low: (cash + totals.low.saturating_sub(margin)).saturating_sub(owed).saturating_sub(locked),
        mid: (cash + totals.mid).saturating_sub(owed),
        high: (cash + totals.high + margin).saturating_sub(owed),
    })
}

/// What of adopted gains and kept fees NAV low does not count yet, rounded up.
pub fn locked(ledger: &Ledger, now: i64) -> u64 {
    let gains = &ledger.gains;
    if gains.amount == 0 || now >= gains.end {
        return 0;
    }
    let (left, length) = (gains.end.abs_diff(now.max(gains.start)), gains.end.abs_diff(gains.start));
    let locked = (u128::from(gains.amount) * u128::from(left)).div_ceil(length.into());
    u64::try_from(locked).expect("at most the amount")
}
