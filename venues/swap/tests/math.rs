//! The swap's arithmetic against exact rational arithmetic on big integers.

use gimbal_venue_wire::whirlpool::{MAX_SQRT_PRICE, MIN_SQRT_PRICE};
use num_bigint::BigUint;
use proptest::prelude::*;
use swap_venue::{
    math::{amount_a_down, amount_a_up, amount_b_down, amount_b_up, swap_exact_in},
    SwapError,
};

const ONE: u128 = 1 << 64;

fn big(n: u128) -> BigUint {
    BigUint::from(n)
}

/// L·(1/low − 1/high) in Q64.64 prices, as numerator and denominator.
fn exact_a(liquidity: u128, low: u128, high: u128) -> (BigUint, BigUint) {
    (big(liquidity) * big(ONE) * big(high - low), big(low) * big(high))
}

/// L·(high − low), as numerator and denominator.
fn exact_b(liquidity: u128, low: u128, high: u128) -> (BigUint, BigUint) {
    (big(liquidity) * big(high - low), big(ONE))
}

fn brackets(down: u64, up: u64, (numerator, denominator): (BigUint, BigUint)) -> bool {
    let scaled = |n: u64| BigUint::from(n) * &denominator;
    // Two rounded steps for A: each side is within one unit of the exact value.
    scaled(down) <= numerator
        && numerator < scaled(down + 2)
        && scaled(up) >= numerator
        && scaled(up) < &numerator + &denominator * 2u32
}

/// A √price within a factor of a thousand of one.
fn sqrt_price() -> impl Strategy<Value = u128> {
    (ONE / 1_000)..(ONE * 1_000)
}

proptest! {
    #[test]
    fn amounts_bracket_the_exact_value(liquidity in 1u128..(1 << 50), x in sqrt_price(), y in sqrt_price()) {
        let (low, high) = (x.min(y), x.max(y));
        prop_assert!(brackets(
            amount_a_down(liquidity, low, high).unwrap(),
            amount_a_up(liquidity, low, high).unwrap(),
            exact_a(liquidity, low, high),
        ));
        prop_assert!(brackets(
            amount_b_down(liquidity, low, high).unwrap(),
            amount_b_up(liquidity, low, high).unwrap(),
            exact_b(liquidity, low, high),
        ));
    }

    #[test]
    fn there_and_back_never_profits(
        liquidity in 1_000_000u128..(1 << 50),
        start in sqrt_price(),
        amount in 1u64..1_000_000_000_000,
        fee in 0u16..10_000,
        a_to_b: bool,
    ) {
        let Ok(there) = swap_exact_in(liquidity, start, fee, amount, 0, a_to_b) else { return Ok(()) };
        prop_assert!(there.amount_in <= amount);
        prop_assert!((MIN_SQRT_PRICE..=MAX_SQRT_PRICE).contains(&there.sqrt_price));
        if there.amount_out == 0 {
            return Ok(());
        }
        let Ok(back) = swap_exact_in(liquidity, there.sqrt_price, fee, there.amount_out, 0, !a_to_b) else {
            return Ok(());
        };
        prop_assert!(back.amount_out <= there.amount_in);
    }
}

#[test]
fn a_small_trade_at_par_costs_its_fee() {
    // 10^12 deep at a price of one; 1,000,000 in at 0.05%: 500 fee, 999,500 trade, and 999,500²/10^12 ≈ 1 of impact.
    let swap = swap_exact_in(1_000_000_000_000, ONE, 500, 1_000_000, 0, true).unwrap();
    assert_eq!((swap.amount_in, swap.fee), (1_000_000, 500));
    assert!((999_497..=999_499).contains(&swap.amount_out), "{}", swap.amount_out);
    assert!(swap.sqrt_price < ONE);
}

#[test]
fn a_limit_stops_the_price_and_charges_only_what_was_traded() {
    let limit = ONE - ONE / 1_000;
    let swap = swap_exact_in(1_000_000_000, ONE, 3_000, 1_000_000_000, limit, true).unwrap();
    assert_eq!(swap.sqrt_price, limit);
    // 10^9·(1/0.999 − 1) = 1,001,001.001: rounded up, plus 0.3% on top.
    assert_eq!(swap.amount_in - swap.fee, 1_001_002);
    assert_eq!(swap.fee, 3_013); // ⌈1,001,002·3,000/997,000⌉
                                 // ⌊2^64/1,000⌋ is a little less than a thousandth, so 10^9 of it is just short of 1,000,000.
    assert_eq!(swap.amount_out, 999_999);
}

#[test]
fn refusals() {
    let swap = |liquidity, amount, limit, a_to_b| swap_exact_in(liquidity, ONE, 500, amount, limit, a_to_b);
    assert_eq!(swap(1_000, 0, 0, true), Err(SwapError::ZeroTradableAmount));
    assert_eq!(swap(0, 1, 0, true), Err(SwapError::LiquidityZero));
    assert_eq!(swap(1_000, 1, ONE + 1, true), Err(SwapError::InvalidSqrtPriceLimitDirection));
    assert_eq!(swap(1_000, 1, ONE - 1, false), Err(SwapError::InvalidSqrtPriceLimitDirection));
    assert_eq!(swap(1_000, 1, 1, true), Err(SwapError::SqrtPriceOutOfBounds));
    assert_eq!(swap(u128::MAX, 1, 0, true), Err(SwapError::AmountCalcOverflow));
}
