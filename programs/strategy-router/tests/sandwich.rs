//! The size that no sandwich profits from, against a pool simulated with exact integers.

use proptest::prelude::*;
use strategy_router::policy::sandwich::Depth;

const ONE: u128 = 1 << 64;

fn depth(liquidity: u128, fee_rate: u16) -> Depth {
    Depth { liquidity, sqrt_price: ONE, fee_rate, base_is_a: true }
}

/// x·y = k, fee on the input.
struct Pool {
    give: u128,
    take: u128,
    fee: u128,
}

impl Pool {
    fn trade(&mut self, input: u128, forward: bool) -> u128 {
        let net = input * (1_000_000 - self.fee) / 1_000_000;
        let (from, to) = if forward { (&mut self.give, &mut self.take) } else { (&mut self.take, &mut self.give) };
        let out = *to * net / (*from + net);
        *from += net;
        *to -= out;
        out
    }
}

/// What somebody gains who trades `size` before a trade of `victim` and back after it.
fn sandwich(reserve: u128, fee: u128, victim: u128, size: u128) -> i128 {
    let mut pool = Pool { give: reserve, take: reserve, fee };
    let bought = pool.trade(size, true);
    pool.trade(victim, true);
    let back = pool.trade(bought, false);
    back as i128 - size as i128
}

#[test]
fn the_size_is_the_fee_times_the_reserve() {
    // One basis point of 50,000,000.
    assert_eq!(depth(50_000_000, 100).sandwich_proof_down(), Ok(5_000));
    // At a price of four B for one A, √ = 2: reserves are L/2 of A and 2L of B.
    let four = Depth { sqrt_price: 2 * ONE, ..depth(50_000_000, 100) };
    assert_eq!(four.sandwich_proof_down(), Ok(2_500));
    assert_eq!(Depth { base_is_a: false, ..four }.sandwich_proof_down(), Ok(10_000));
}

#[test]
fn a_pool_without_fee_or_liquidity_allows_nothing_and_a_huge_one_everything() {
    assert_eq!(depth(50_000_000, 0).sandwich_proof_down(), Ok(0));
    assert_eq!(depth(0, 100).sandwich_proof_down(), Ok(0));
    assert_eq!(depth(1 << 100, 100).sandwich_proof_down(), Ok(u64::MAX));
    assert!(Depth { sqrt_price: 0, ..depth(1, 1) }.sandwich_proof_down().is_err());
}

#[test]
fn four_times_the_size_is_worth_a_sandwich() {
    let reserve = 50_000_000_000_000;
    let gain = (1..=200).map(|step| sandwich(reserve, 100, 4 * 5_000_000_000, step * reserve / 10_000)).max();
    assert!(gain.is_some_and(|gain| gain > 0), "{gain:?}");
}

proptest! {
    #[test]
    fn nobody_gains_by_a_sandwich_within_the_size(
        reserve in 1_000_000_000u128..1_000_000_000_000_000_000,
        fee in 1u16..30_000,
        part in 1u128..=1_000,
        size_ppm in 1u128..20_000_000,
    ) {
        let size = u128::from(depth(reserve, fee).sandwich_proof_down().unwrap());
        let victim = size * part / 1_000;
        let gain = sandwich(reserve, u128::from(fee), victim, (reserve * size_ppm / 1_000_000).max(1));
        // Two units: the pool of this test rounds each output down, in the attacker's disfavour, and the fee as well.
        prop_assert!(gain <= 2, "gained {}", gain);
    }
}
