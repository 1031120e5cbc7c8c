//! How cash passes along the queue.

use super::*;
use vault::math::{fill, free_cash_down, queue_value_up, Exit, Fill, Queue, Step, Waiting};

const RATES: [u16; 4] = [0, 100, 2_500, 9_999];

/// A ticket without a bound.
fn ticket(left: u64, fee_bps: u16) -> Waiting {
    Waiting {
        shares: Shares(left),
        left: Shares(left),
        min_assets: Assets::ZERO,
        fee_bps,
        is_overdue: false,
        is_due_in_kind: false,
    }
}

/// A pool as leavers are priced by it, with a fee above every ticket's own.
fn at<const V: u64>(pool: Pool<V>) -> Exit<V> {
    Exit { pool, supply: pool.shares, fee_bps: 9_999 }
}

fn after<const V: u64>(pool: Pool<V>, fill: Fill) -> Pool<V> {
    // The fee stays, and is locked.
    Pool { assets: Assets(pool.assets.0 - fill.assets.0 - fill.fee.0), shares: Shares(pool.shares.0 - fill.shares.0) }
}

fn payments<const V: u64>() {
    for pool in pools::<V>(18) {
        for fee_bps in RATES {
            for left in 1..=pool.shares.0 {
                let waiting = ticket(left, fee_bps);
                let whole = waiting.payment_down(Shares(left), &at(pool)).unwrap();
                for cash in 0..=24 {
                    let part = fill(&waiting, Assets(cash), &at(pool)).unwrap();
                    assert!(part.assets.0 <= cash && part.shares.0 <= left);
                    assert!(part.assets <= whole.assets);
                    assert_eq!(part.shares.0 == left, whole.assets.0 <= cash && !pool.assets.is_zero());
                    assert!(is_worth_at_least(after(pool, part), pool), "those behind never lose");
                    // The cash pays its worth of shares: one more would be worth more, before the fee.
                    if part.shares.0 < left && !pool.assets.is_zero() && part.shares.0 + 1 < left {
                        let (a, s) = priced(pool);
                        let kept = 10_000 - u128::from(fee_bps);
                        let gross = u128::from(cash) * 10_000 / kept;
                        assert!(u128::from(part.shares.0) * a <= gross * s);
                        // Or all that it is the price of would be paid nothing, and is not burnt.
                        let bought = Shares(u64::try_from(gross * s / a).unwrap().min(left - 1));
                        let burnt_for_nothing = waiting.payment_down(bought, &at(pool)).unwrap().assets.is_zero();
                        let most = (u128::from(part.shares.0) + 1) * a > gross * s;
                        assert!(most || (burnt_for_nothing && part == Fill::NOTHING));
                    }
                }
            }
        }
    }
}

#[test]
fn a_payment_is_within_the_cash_and_the_ticket() {
    payments::<1>();
    payments::<2>();
    payments::<3>();
}

/// The most that any order of cash pieces of 1 to 4 units pays a ticket, beginning at this pool.
fn best_split<const V: u64>(left: u64, fee_bps: u16, pool: Pool<V>) -> u64 {
    if left == 0 {
        return 0;
    }
    (1..=4)
        .map(|cash| {
            let part = fill(&ticket(left, fee_bps), Assets(cash), &at(pool)).unwrap();
            match part.shares.0 {
                // The cash pays no share: nothing comes of waiting for less.
                0 => 0,
                shares => part.assets.0 + best_split(left - shares, fee_bps, after(pool, part)),
            }
        })
        .max()
        .unwrap_or(0)
}

fn splits<const V: u64>() {
    for pool in pools::<V>(9) {
        for fee_bps in RATES {
            for left in 1..=pool.shares.0 {
                let worth = ticket(left, 0).payment_down(Shares(left), &at(pool)).unwrap().assets.0;
                assert!(best_split(left, fee_bps, pool) <= worth);
            }
        }
    }
}

#[test]
fn fills_in_pieces_never_pay_more_than_one_whole_fill() {
    splits::<1>();
    splits::<2>();
}

fn orders<const V: u64>() {
    for pool in pools::<V>(9) {
        for first in 1..=pool.shares.0 {
            for second in 1..=pool.shares.0 - first {
                for fee_bps in [0, 2_500] {
                    for cash in 0..=12 {
                        let mut queue = Queue::<V>::new(0, 2, at(pool), Assets(cash));
                        let mut expected = (pool, cash);
                        for left in [first, second] {
                            let waiting = ticket(left, fee_bps);
                            let alone = fill(&waiting, Assets(expected.1), &at(expected.0)).unwrap();
                            let step = queue.next(&waiting).unwrap();
                            if alone.shares.is_zero() {
                                assert_eq!(step, Step::LacksCash);
                                break;
                            }
                            assert_eq!(step, Step::Paid(alone), "as if it stood alone");
                            expected = (after(expected.0, alone), expected.1 - alone.assets.0);
                            assert_eq!((queue.exit.pool, queue.available.0), expected);
                            if alone.shares.0 < left {
                                break;
                            }
                        }
                        assert_eq!(queue.paid.0 + queue.available.0, cash, "cash is conserved");
                        assert_eq!(queue.burnt.0 + queue.exit.pool.shares.0, pool.shares.0, "and shares");
                    }
                }
            }
        }
    }
}

#[test]
fn tickets_are_paid_in_order_and_cash_is_conserved() {
    orders::<1>();
    orders::<2>();
}

fn bounds<const V: u64>() {
    for pool in pools::<V>(10) {
        for shares in 1..=pool.shares.0 {
            for min_assets in 1..=14 {
                let waiting = Waiting { min_assets: Assets(min_assets), ..ticket(shares, 0) };
                let whole = waiting.payment_down(Shares(shares), &at(pool)).unwrap().assets.0;
                for cash in 0..=14 {
                    let mut queue = Queue::<V>::new(0, 1, at(pool), Assets(cash));
                    match queue.next(&waiting).unwrap() {
                        Step::Paid(fill) => {
                            let bound = waiting.bound_up(fill.shares).unwrap().0;
                            // The bound's part, rounded up as its definition says.
                            assert!(bound * shares >= min_assets * fill.shares.0);
                            assert!((bound - 1) * shares < min_assets * fill.shares.0);
                            let slack = if fill.shares.0 == shares { 0 } else { 2 };
                            assert!(whole >= min_assets && fill.assets.0 + slack >= bound);
                        }
                        Step::Passed => assert!(whole < min_assets, "too little cash is no reason to be passed"),
                        step => assert!(pool.assets.is_zero() || step == Step::LacksCash),
                    }
                }
            }
        }
    }
}

#[test]
fn a_bound_is_held_to_the_unit_and_a_part_within_its_rounding() {
    bounds::<1>();
    bounds::<2>();
}

fn kept<const V: u64>() {
    for pool in pools::<V>(20) {
        for queued in 0..=pool.shares.0 {
            let kept = queue_value_up(Shares(queued), pool).unwrap().0;
            let whole = ticket(queued, 0).payment_down(Shares(queued), &at(pool)).unwrap().assets.0;
            assert!(
                whole <= kept && kept <= pool.assets.0 && kept - whole <= 1,
                "never short, at most a unit too much"
            );
            for cash in 0..=20 {
                for owed in 0..=6 {
                    let free = free_cash_down(cash, owed, Shares(queued), pool).unwrap().0;
                    assert_eq!(free, cash.saturating_sub(owed).saturating_sub(kept));
                }
            }
        }
    }
}

#[test]
fn what_is_kept_for_the_queue_is_never_short() {
    kept::<1>();
    kept::<2>();
    kept::<3>();
}
