//! How fast the price may move, and how much may leave at once.

use super::*;
use vault::error::VaultError;
use vault::math::{
    assets_at_price_down, cheapest, deposit, exit_assets_down, fell_too_fast, held_to_entry_down, outflow_after_entry,
    outflow_after_exit, outflow_at, outflow_limit_down, redeem, rose_too_fast, share_price_down, touched, Exit,
    PRICE_BITS, PRICE_ONE, SPEED_MEMORY, SPEED_WINDOW,
};
use vault::state::{CheapestEntry, Outflow, Speed};

fn speed(price: u64) -> Speed {
    Speed { start: 0, price, last_price: price, last_at: 0 }
}

fn priced_exits<const V: u64>() {
    for pool in pools::<V>(24) {
        let now = share_price_down(pool);
        for base in (0..=24).map(|assets| share_price_down(Pool::<V> { assets: Assets(assets), ..pool })) {
            for bps in [0, 50, 1_000, 10_000] {
                let (fell, rose) = (fell_too_fast(&speed(base), now, bps), rose_too_fast(&speed(base), now, bps));
                let (price, start, b) = (u128::from(now), u128::from(base), u128::from(bps));
                assert_eq!(fell, bps > 0 && price * 10_000 < start * (10_000 - b));
                assert_eq!(rose, bps > 0 && price * 10_000 > start * (10_000 + b));
                assert!(!(fell && rose));
                let assets = exit_assets_down(&speed(base), now, bps, pool);
                assert!(assets <= pool.assets, "an exit is never priced above the pool");
                assert!(rose || assets == pool.assets);
                if rose {
                    // Not above what the pool would hold at the base, nor a unit below it.
                    let (held, s) = priced(Pool::<V> { assets, ..pool });
                    assert!(held << PRICE_BITS <= start * s || assets.is_zero());
                    assert!((held + 1) << PRICE_BITS > start * s || assets == pool.assets);
                }
            }
        }
        // At the pool's own price, rounded down: never more than it holds, and at most a unit less.
        let at = assets_at_price_down(now, pool).unwrap();
        assert!(at <= pool.assets.0 && pool.assets.0 - at <= 1);
    }
}

#[test]
fn an_exit_is_never_priced_above_the_pool_or_a_fast_rise() {
    priced_exits::<1>();
    priced_exits::<2>();
    priced_exits::<3>();
}

/// Every sequence of three flows at small prices and times around the window's ends.
#[test]
fn a_window_lasts_a_day_and_begins_at_a_remembered_price() {
    let times = [0, 1, SPEED_WINDOW - 1, SPEED_WINDOW, SPEED_MEMORY - 1, SPEED_MEMORY];
    let prices = [PRICE_ONE, 2 * PRICE_ONE, 3 * PRICE_ONE];
    for first in prices {
        for (wait, second) in times.into_iter().flat_map(|wait| prices.map(|price| (wait, price))) {
            for (more, third) in times.into_iter().flat_map(|wait| prices.map(|price| (wait, price))) {
                let one = touched(Speed::default(), first, 100);
                assert_eq!((one.start, one.price, one.last_price, one.last_at), (100, first, first, 100));
                let two = touched(one, second, 100 + wait);
                let three = touched(two, third, 100 + wait + more);
                for (old, new, price, now) in [(one, two, second, 100 + wait), (two, three, third, 100 + wait + more)] {
                    assert_eq!((new.last_price, new.last_at), (price, now));
                    if now - old.start < SPEED_WINDOW {
                        assert_eq!((new.start, new.price), (old.start, old.price), "a window stays what it is");
                    } else {
                        let remembered = now - old.last_at < SPEED_MEMORY;
                        assert_eq!((new.start, new.price), (now, if remembered { old.last_price } else { price }));
                    }
                }
            }
        }
    }
}

const DAY: i64 = 86_400;
/// 5 %, a quarter, all but nothing and everything.
const BPS: [u16; 4] = [500, 2_500, 9_999, 10_000];

/// Every bucket that a vault of so many shares can have: credit of all that is there, to a full one.
fn buckets(supply: u64, bps: u16) -> impl Iterator<Item = Outflow> {
    let holds = move |used: &i64| *used <= outflow_limit_down(bps, Shares(supply), *used) as i64;
    (-(supply as i64)..=60).filter(move |used| *used <= 0 || holds(used)).map(|used| Outflow { used, at: 0 })
}

#[test]
fn cycling_neither_makes_room_nor_takes_it() {
    for supply in 0..=30 {
        for bps in BPS {
            for bucket in buckets(supply, bps) {
                for flash in 0..=40 {
                    let inside = outflow_after_entry(bucket, bps, Shares(supply), Shares(flash), 0);
                    let back = outflow_after_exit(inside, bps, Shares(supply + flash), Shares(flash), 0);
                    assert_eq!(back, Ok(bucket), "in and out again is always let out, and leaves no trace");
                    // Whoever leaves with it leaves exactly what could have left without it.
                    for shares in 0..=supply {
                        let without = outflow_after_exit(bucket, bps, Shares(supply), Shares(shares), 0);
                        let with = outflow_after_exit(inside, bps, Shares(supply + flash), Shares(flash + shares), 0);
                        assert_eq!(without, with);
                    }
                }
            }
        }
    }
}

#[test]
fn an_exit_in_pieces_is_the_exit_in_one_and_never_beyond_the_limit() {
    for supply in 1..=40 {
        for bps in BPS {
            for bucket in buckets(supply, bps) {
                let limit = outflow_limit_down(bps, Shares(supply), bucket.used);
                let reference = u128::from(supply.saturating_add_signed(bucket.used));
                assert!(u128::from(limit) * 10_000 <= reference * u128::from(bps));
                assert!((u128::from(limit) + 1) * 10_000 > reference * u128::from(bps));
                for first in 0..=supply {
                    let one = outflow_after_exit(bucket, bps, Shares(supply), Shares(first), 0);
                    let fits = bucket.used + first as i64 <= limit as i64;
                    assert_eq!(one.is_ok(), fits || bucket.used + (first as i64) <= 0);
                    for second in 0..=supply - first {
                        let whole = outflow_after_exit(bucket, bps, Shares(supply), Shares(first + second), 0);
                        let rest =
                            one.and_then(|one| outflow_after_exit(one, bps, Shares(supply - first), Shares(second), 0));
                        assert_eq!(whole, rest);
                    }
                }
            }
        }
    }
    assert_eq!(
        outflow_after_exit(Outflow::default(), 500, Shares(100), Shares(6), 0),
        Err(VaultError::OutflowLimitReached)
    );
}

/// Both sides move towards zero and never past it; what has left leaks no faster, and credit fades no slower, than
/// their rates; a clock that ran backwards changes nothing.
#[test]
fn a_bucket_leaks_at_its_limit_a_day_and_credit_fades_within_one() {
    for supply in 0..=40 {
        for bps in BPS {
            for bucket in buckets(supply, bps) {
                let limit = i128::from(outflow_limit_down(bps, Shares(supply), bucket.used));
                for seconds in [i64::MIN, -1, 0, 1, DAY / 3, DAY / 2, DAY - 1, DAY, DAY + 1, 100 * DAY, i64::MAX] {
                    let later = outflow_at(bucket, bps, Shares(supply), seconds);
                    let (used, left, passed) =
                        (i128::from(bucket.used), i128::from(later.used), i128::from(seconds.max(0)));
                    assert_eq!(later.at, seconds);
                    assert!(left.signum() * used.signum() >= 0 && left.abs() <= used.abs());
                    let day = i128::from(DAY);
                    if used >= 0 {
                        assert!((used - left) * day <= limit * passed);
                        assert!(left == 0 || (used - left + 1) * day > limit * passed);
                    } else {
                        let faded = used.abs() * passed.min(day);
                        assert!((used.abs() - left.abs()) * day >= faded);
                        assert!((used.abs() - left.abs() - 1) * day < faded);
                        assert!(passed < day || left == 0);
                    }
                    // Nothing to count, nothing changes.
                    assert_eq!(outflow_after_entry(bucket, 0, Shares(supply), Shares(7), seconds), bucket);
                }
            }
        }
    }
}

/// Every game of three moves around a vault that others hold: what leaves it, net of what came in before, is at most a
/// full bucket of the vault without the player, and what leaks meanwhile.
#[test]
fn no_game_lets_more_out_than_the_limit_and_its_leak() {
    let (others, bps) = (20_u64, 2_500);
    let moves: Vec<(i64, i64)> =
        [0, DAY / 4, DAY].into_iter().flat_map(|wait| (-12..=24).step_by(3).map(move |out| (wait, out))).collect();
    for first in &moves {
        for second in &moves {
            for third in &moves {
                let (mut bucket, mut supply, mut now, mut net) = (Outflow::default(), others, 0, 0_i64);
                for (wait, out) in [first, second, third] {
                    now += wait;
                    match u64::try_from(*out) {
                        Err(_) => {
                            let shares = out.unsigned_abs();
                            bucket = outflow_after_entry(bucket, bps, Shares(supply), Shares(shares), now);
                            supply += shares;
                            net += out;
                        }
                        Ok(shares) if shares <= supply => {
                            let after = outflow_after_exit(bucket, bps, Shares(supply), Shares(shares), now);
                            let Ok(after) = after else { continue };
                            (bucket, supply, net) = (after, supply - shares, net + out);
                        }
                        Ok(_) => {}
                    }
                    // A quarter of 20, and of the 12 that each of two entries can leave there for a day; as much a day.
                    let most = i64::try_from((others + 24) * u64::from(bps) / 10_000).unwrap();
                    assert!(net <= most * (DAY + now) / DAY + 1, "{first:?} {second:?} {third:?}: {net}");
                }
            }
        }
    }
}

/// In at one pool, then any jump of what it is worth, then out in the same second, by one of two who came in.
fn entries_bound_exits<const V: u64>() {
    for start in pools::<V>(7) {
        for (first, second) in (1..=8).flat_map(|first| (0..=4).map(move |second| (first, second))) {
            let Ok(one) = deposit(Assets(first), 0, start) else { continue };
            let known = cheapest(CheapestEntry::default(), start, 9);
            for between in 0..=24 {
                // A second one comes in after the price has moved; the cheaper of the two bounds both.
                let mut pool = Pool::<V> { assets: Assets(between), shares: Shares(start.shares.0 + one.shares.0) };
                let two = deposit(Assets(second), 0, pool).map_or(Shares::ZERO, |flow| flow.shares);
                let known = if two.is_zero() { known } else { cheapest(known, pool, 9) };
                pool.shares.0 += two.0;
                for jumped in 0..=40 {
                    pool.assets = Assets(jumped);
                    let held = held_to_entry_down(&known, pool, 9);
                    assert!(held <= pool.assets);
                    let exit = Exit { pool: Pool::<V> { assets: held, ..pool }, supply: pool.shares, fee_bps: 0 };
                    let paid = |shares: Shares| redeem(shares, &exit).map_or(0, |flow| flow.assets.0);
                    assert!(paid(one.shares) <= first && paid(two) <= second);
                    assert!(paid(Shares(one.shares.0 + two.0)) <= first + second, "nor together");
                    // A second later, and in the second before, it bounds nobody.
                    assert_eq!(held_to_entry_down(&known, pool, 10), pool.assets);
                }
            }
        }
    }
}

#[test]
fn nobody_is_paid_more_in_a_second_than_its_cheapest_entry_cost() {
    entries_bound_exits::<1>();
    entries_bound_exits::<2>();
    entries_bound_exits::<3>();
}
