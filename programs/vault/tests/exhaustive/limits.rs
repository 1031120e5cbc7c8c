//! How fast the price may move, and how much may leave at once.

use super::*;
use vault::math::{
    assets_at_price_down, exit_assets_down, fell_too_fast, rose_too_fast, share_price_down, touched, PRICE_BITS,
    PRICE_ONE, SPEED_MEMORY, SPEED_WINDOW,
};
use vault::state::Speed;

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
