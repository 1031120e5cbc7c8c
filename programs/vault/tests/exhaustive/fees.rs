//! What is charged, and up to where.

use super::*;
use vault::math::{
    deposit, due, fee_shares_down, is_due, management_down, mark_up, performance_down, redeem, share_price_down,
    share_price_up, Due, Exit, CRYSTALLISE_EVERY, PRICE_BITS, PRICE_ONE, YEAR,
};
use vault::state::Fees;

const YEAR_BPS: u128 = YEAR as u128 * 10_000;
const BPS: u128 = 10_000;

fn fees(management_bps: u16, performance_bps: u16, mark: u64) -> Fees {
    Fees {
        recipient: [1; 32].into(),
        management_bps,
        performance_bps,
        entry_bps: 0,
        exit_bps: 0,
        mark,
        crystallised_at: 0,
        minted: 0,
    }
}

#[test]
fn management_is_its_part_of_time_and_at_most_half() {
    let year = YEAR as i64;
    let times =
        [i64::MIN, -1, 0, 1, 86_399, 86_400, year / 2, year - 1, year, year + 1, 9 * year, 10 * year, 11 * year];
    for low in 0..=160_u64 {
        for bps in (0..=500_u16).step_by(4).chain([1, 499]) {
            let mut before = 0;
            for seconds in times {
                let fee = u128::from(management_down(Assets(low), bps, seconds).0);
                let part = (u128::from(bps) * seconds.max(0) as u128).min(YEAR_BPS / 2);
                let exact = u128::from(low) * part;
                assert!(fee * YEAR_BPS <= exact && (fee + 1) * YEAR_BPS > exact && fee * 2 <= u128::from(low));
                assert!(fee >= before, "later is never less");
                before = fee;
            }
        }
    }
}

fn performance_is_its_rate_of_the_gain<const V: u64>() {
    for pool in pools::<V>(24) {
        let (a, s) = priced(pool);
        let at = share_price_down(pool);
        let exact_price = a << PRICE_BITS;
        assert!(u128::from(at) * s <= exact_price && (u128::from(at) + 1) * s > exact_price);
        assert!(share_price_up(pool) - at <= 1 && u128::from(share_price_up(pool)) * s >= exact_price);
        // Marks at every price of a small pool near this one, and next to this one.
        let marks = (0..=24).map(|assets| share_price_up(Pool::<V> { assets: Assets(assets), ..pool }));
        for mark in marks.chain([0, at.saturating_sub(1), at, at + 1, u64::MAX]) {
            for bps in [0, 1, 1_000, 2_999, 3_000] {
                let fee = u128::from(performance_down(pool, mark, bps).0);
                if at <= mark {
                    assert_eq!(fee, 0);
                    continue;
                }
                // gain = S · (price − mark), over (S + V) · 2^40.
                let gain = u128::from(pool.shares.0) * (exact_price - u128::from(mark) * s);
                let unit = BPS * (s << PRICE_BITS);
                assert!(fee * unit <= u128::from(bps) * gain, "at most its rate of the gain");
                assert!((fee + 2) * unit > u128::from(bps) * gain, "and less than two units below it");
                assert!(fee * BPS <= u128::from(bps) * u128::from(pool.assets.0 + V), "and of what there is");
            }
        }
    }
}

#[test]
fn performance_is_at_most_its_rate_of_the_gain() {
    performance_is_its_rate_of_the_gain::<1>();
    performance_is_its_rate_of_the_gain::<2>();
    performance_is_its_rate_of_the_gain::<3>();
}

fn fee_shares_are_optimal<const V: u64>() {
    for pool in pools::<V>(48) {
        let (a, s) = priced(pool);
        for fee in 0..=pool.assets.0 {
            let made = u128::from(fee_shares_down(Assets(fee), pool).0);
            let fee = u128::from(fee);
            // Worth made · (L + V) / (S + V + made) ≤ fee; with one share more it would be more.
            assert!(made * a <= fee * (s + made), "worth at most the fee");
            assert!((made + 1) * a > fee * (s + made + 1), "and one more would be worth more");
            // Who holds the rest keeps at least all but the fee.
            assert!(a * s >= (a - fee) * (s + made));
        }
    }
}

#[test]
fn fee_shares_are_worth_the_fee_and_not_a_share_more() {
    fee_shares_are_optimal::<1>();
    fee_shares_are_optimal::<2>();
    fee_shares_are_optimal::<3>();
}

/// One crystallisation, as the vault does it: the shares made, and the fees after.
fn crystallise<const V: u64>(fees: &mut Fees, pool: &mut Pool<V>, now: i64) -> Due {
    let due = due(fees, *pool, now);
    if !pool.shares.is_zero() {
        fees.mark = mark_up(fees.mark, *pool, due.shares);
    }
    fees.crystallised_at = fees.crystallised_at.max(now);
    pool.shares.0 += due.shares.0;
    due
}

fn crystallisation<const V: u64>() {
    let year = YEAR as i64;
    for before in pools::<V>(20) {
        for (management, performance) in [(0, 0), (500, 0), (0, 3_000), (200, 1_000), (500, 3_000)] {
            for mark in [0, PRICE_ONE / 2, PRICE_ONE, PRICE_ONE * 3 / 2] {
                for now in [0, 1, 86_400, year, 20 * year] {
                    let (mut fees, mut pool) = (fees(management, performance, mark), before);
                    let first = crystallise(&mut fees, &mut pool, now);
                    let charged = u128::from(first.management.0 + first.performance.0);
                    if before.shares.is_zero() || (management, performance) == (0, 0) {
                        assert_eq!((first, pool), (Due::default(), before));
                    }
                    // Fees leave at least what is theirs to the holders.
                    let ((a, s), (b, t)) = (priced(before), priced(pool));
                    assert!(charged * 2 <= u128::from(before.assets.0) || performance > 0);
                    assert!(b * s >= (a - charged) * t);
                    // The mark only rises, and nothing is above it.
                    assert!(fees.mark >= mark);
                    assert!(pool.shares.is_zero() || share_price_down(pool) <= fees.mark);
                    // At the same moment, and with the clock back, nothing is charged again.
                    for again in [now, now - 1, 0] {
                        assert_eq!(due(&fees, pool, again), Due::default());
                    }
                    // Who leaves before it counts at least the shares that it makes.
                    assert!(first.shares_up().0 >= first.shares.0);
                    let waiting = Pool::<V> { shares: Shares(before.shares.0 + first.shares_up().0), ..before };
                    assert!(is_worth_at_least(pool, waiting));
                }
            }
        }
    }
}

#[test]
fn a_crystallisation_charges_once_and_raises_the_mark() {
    crystallisation::<1>();
    crystallisation::<2>();
    crystallisation::<3>();
}

/// Over every path of NAV in three steps, falls and recoveries included, at one set of shares.
fn paths<const V: u64>() {
    const BPS_OF_GAIN: u16 = 3_000;
    for shares in 1..=6 {
        for start in 0..=12 {
            let begin = pool::<V>(start, shares);
            let mark = share_price_up(begin);
            for path in 0..17_u64.pow(3) {
                let navs = [path % 17, path / 17 % 17, path / 289];
                let (mut fees, mut pool) = (fees(0, BPS_OF_GAIN, mark), begin);
                let mut charged = 0;
                for (day, nav) in navs.into_iter().enumerate() {
                    pool.assets = Assets(nav);
                    charged += crystallise(&mut fees, &mut pool, day as i64 * CRYSTALLISE_EVERY).performance.0;
                }
                let best = navs.into_iter().max().unwrap_or(0).max(start);
                let most = u128::from(best - start) * u128::from(BPS_OF_GAIN) / BPS;
                assert!(u128::from(charged) <= most, "{charged} of {start} to {navs:?}");
            }
        }
    }
}

#[test]
fn falls_and_recoveries_are_never_charged_twice() {
    paths::<1>();
    paths::<2>();
}

/// Who enters counts the shares there are, who leaves those of the running day as well.
fn sides<const V: u64>() {
    let year = YEAR as i64;
    for before in pools::<V>(12) {
        for (management, performance) in [(500, 0), (0, 3_000), (500, 3_000)] {
            for (mark, now) in [(0, 0), (PRICE_ONE, 86_400), (PRICE_ONE, year), (0, 9 * year)] {
                for paid in 1..=16 {
                    for crystallise_first in [false, true] {
                        for crystallise_between in [false, true] {
                            let (mut fees, mut pool) = (fees(management, performance, mark), before);
                            if crystallise_first {
                                crystallise(&mut fees, &mut pool, now);
                            }
                            let Ok(entry) = deposit(Assets(paid), 0, pool) else { continue };
                            pool.assets.0 += paid;
                            pool.shares.0 += entry.shares.0;
                            if crystallise_between {
                                crystallise(&mut fees, &mut pool, now);
                            }
                            let supply = pool.shares;
                            pool.shares.0 += due(&fees, pool, now).shares_up().0;
                            let exit = redeem(entry.shares, &Exit { pool, supply, fee_bps: 0 });
                            assert!(exit.is_err() || exit.is_ok_and(|exit| exit.assets.0 <= paid));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn neither_side_of_a_crystallisation_is_worth_entering_for() {
    sides::<1>();
    sides::<2>();
}

#[test]
fn a_crystallisation_is_due_after_a_day_and_not_before() {
    let mut fees = fees(100, 0, 0);
    for at in [0, 5, 1_700_000_000] {
        fees.crystallised_at = at;
        for (passed, expected) in [(-1, false), (0, false), (86_399, false), (86_400, true), (86_401, true)] {
            assert_eq!(is_due(&fees, at + passed), expected);
        }
    }
}
