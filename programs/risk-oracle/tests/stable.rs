//! The stable price's speed limit.

use proptest::prelude::*;
use risk_oracle::policy::stable::follow;

const ONE: u64 = 1_000_000_000_000;

#[test]
fn it_moves_by_at_most_its_speed() {
    // 1% per hour of 100 for half an hour: 0.5.
    assert_eq!(follow(100 * ONE, 0, 200 * ONE, 1_800, 100), (100 * ONE + ONE / 2, 1_800));
    assert_eq!(follow(100 * ONE, 0, 50 * ONE, 1_800, 100), (100 * ONE - ONE / 2, 1_800));
    // 0.25% per hour of 2 for 36 hours: 9% of 2.
    assert_eq!(follow(2 * ONE, 1_000, 3 * ONE, 1_000 + 129_600, 25), (2_180_000_000_000, 130_600));
}

#[test]
fn it_stops_at_the_price() {
    assert_eq!(follow(100 * ONE, 0, 100 * ONE + 7, 3_600, 100), (100 * ONE + 7, 3_600));
    assert_eq!(follow(100 * ONE, 0, 100 * ONE - 7, 3_600, 100), (100 * ONE - 7, 3_600));
    assert_eq!(follow(100 * ONE, 0, 100 * ONE, 3_600, 100), (100 * ONE, 3_600));
}

#[test]
fn no_time_no_move() {
    assert_eq!(follow(100, 50, 200, 50, 10_000), (100, 50));
    assert_eq!(follow(100, 50, 200, 40, 10_000), (100, 50), "time never runs backwards");
}

#[test]
fn steps_that_round_to_nothing_keep_their_time() {
    // 10^-8 dollars at 1% per hour: one unit takes 36 seconds.
    assert_eq!(follow(10_000, 0, 20_000, 35, 100), (10_000, 0));
    assert_eq!(follow(10_000, 0, 20_000, 36, 100), (10_001, 36));
    // At the price, there is nothing to save time for.
    assert_eq!(follow(10_000, 0, 10_000, 35, 100), (10_000, 35));
}

#[test]
fn extremes_do_not_wrap() {
    assert_eq!(follow(u64::MAX, 0, 1, i64::MAX, u16::MAX), (1, i64::MAX));
    assert_eq!(follow(1, i64::MIN, u64::MAX, i64::MAX, u16::MAX).1, i64::MAX);
}

proptest! {
    #[test]
    fn it_never_passes_the_price_nor_its_speed(
        stable in 1u64..=1 << 60,
        price in 1u64..=1 << 60,
        seconds in 0i64..=200_000,
        speed in 1u16..=10_000,
    ) {
        let (next, at) = follow(stable, 1_000, price, 1_000 + seconds, speed);
        prop_assert!(next >= stable.min(price) && next <= stable.max(price));
        let moved = u128::from(next.abs_diff(stable));
        prop_assert!(moved * 36_000_000 <= u128::from(stable) * seconds as u128 * u128::from(speed));
        prop_assert!(at == 1_000 || at == 1_000 + seconds);
        // Where the speed would have allowed one more unit, the price was reached.
        if (moved + 1) * 36_000_000 <= u128::from(stable) * seconds as u128 * u128::from(speed) {
            prop_assert_eq!(next, price);
        }
    }

    /// Whoever splits an update into many gains at most the compounding of the speed: e^x instead of 1 + x.
    #[test]
    fn splitting_moves_no_further_than_compounding(parts in 1i64..=60, speed in 1u16..=500) {
        let (mut stable, mut at) = (100 * ONE, 0);
        for part in 1..=parts {
            (stable, at) = follow(stable, at, u64::MAX, part * 60, speed);
        }
        // x = speed·t ≤ 5%: e^x ≤ 1 + x + x² there, all in parts of 10^4·60.
        let x = u128::from(speed) * parts as u128;
        let unit = 600_000u128;
        let most = u128::from(100 * ONE) * (unit * unit + x * unit + x * x) / (unit * unit);
        prop_assert!(u128::from(stable) <= most);
        prop_assert_eq!(at, parts * 60);
    }
}
