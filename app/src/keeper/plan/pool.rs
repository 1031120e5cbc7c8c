//! The pool of a swapped line: how much may be moved through it at once, and what that costs.

use anchor_lang::prelude::Pubkey;
use gimbal_math::muldiv::mul_div_u128_down;
use gimbal_venue_wire::whirlpool::WhirlpoolView;
use strategy_router::adapters::Prices;
use strategy_router::policy::sandwich::Depth;

/// A fee of a pool is so many parts of this.
const FEE_ONE: u128 = 1_000_000;
/// One, as a square root of a price.
const SQRT_ONE: u128 = 1 << 64;

/// A pool with the feeds' prices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pool {
    depth: Depth,
    prices: Prices,
}

impl Pool {
    /// The pool as it stands. It trades the base asset for a line's token.
    pub fn new(view: &WhirlpoolView, base_mint: &Pubkey, prices: Prices) -> Self {
        let depth = Depth {
            liquidity: view.liquidity(),
            sqrt_price: view.sqrt_price(),
            fee_rate: view.fee_rate(),
            base_is_a: view.token_mint_a() == *base_mint,
        };
        Self { depth, prices }
    }

    /// The largest move that a sandwich cannot profit from, base units: nothing through a pool without a price.
    pub fn calm(&self) -> u64 {
        self.depth.sandwich_proof_down().unwrap_or(0)
    }

    /// What putting `amount` base units through the pool loses at the feeds' prices, base units: nothing where the pool's
    /// price is better.
    pub fn loss_in(&self, amount: u64) -> u64 {
        let bought = self.traded_down(u128::from(amount), true);
        let value = bought.and_then(|tokens| self.prices.base_mid_down(tokens).ok());
        amount.saturating_sub(value.unwrap_or(0))
    }

    /// What taking tokens worth `amount` base units out through the pool loses.
    pub fn loss_out(&self, amount: u64) -> u64 {
        let tokens = self.prices.tokens_mid_up(amount).ok();
        let received = tokens.and_then(|tokens| self.traded_down(u128::from(tokens), false));
        amount.saturating_sub(received.unwrap_or(0))
    }

    /// What the pool gives for `amount` of the base asset, or of the token, within its present range, rounded down:
    /// reserve · in / (other reserve + in), where the fee is taken off what goes in.
    fn traded_down(&self, amount: u128, gives_base: bool) -> Option<u64> {
        let Depth { liquidity, sqrt_price, fee_rate, base_is_a } = self.depth;
        let of_a = mul_div_u128_down(liquidity, SQRT_ONE, sqrt_price).ok()?;
        let of_b = mul_div_u128_down(liquidity, sqrt_price, SQRT_ONE).ok()?;
        let (source, target) = if gives_base == base_is_a { (of_a, of_b) } else { (of_b, of_a) };
        let kept = FEE_ONE.checked_sub(u128::from(fee_rate))?;
        let paid = mul_div_u128_down(amount, kept, FEE_ONE).ok()?;
        let got = mul_div_u128_down(target, paid, source.checked_add(paid)?).ok()?;
        u64::try_from(got).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gimbal_math::Price;
    use risk_oracle::state::Bounds;

    fn pool(sqrt_price: u128, base_is_a: bool) -> Pool {
        let dollar = Bounds { low: Price::SCALE, mid: Price::SCALE, high: Price::SCALE };
        Pool {
            depth: Depth { liquidity: 1_000_000_000, sqrt_price, fee_rate: 100, base_is_a },
            prices: Prices { token: dollar, base: dollar, token_decimals: 6, base_decimals: 6 },
        }
    }

    #[test]
    fn a_move_costs_the_fee_and_the_price_that_it_shifts() {
        // A reserve of 10^9 either way, a fee of 10^-4: of 10^6 the fee takes 100; 999,900 · 10^9 / (10^9 + 999,900) is
        // 998,901.2 rounded down.
        for base_is_a in [true, false] {
            let pool = pool(SQRT_ONE, base_is_a);
            assert_eq!((pool.loss_in(1_000_000), pool.loss_out(1_000_000)), (1_099, 1_099));
            assert_eq!(pool.calm(), 100_000);
        }
    }

    #[test]
    fn a_better_price_costs_nothing() {
        // A root of 2 makes A worth 4 of B: what goes in as B gets a quarter, what goes in as A fourfold.
        let pool = pool(2 * SQRT_ONE, true);
        assert_eq!(pool.loss_in(1_000_000), 0);
        assert!(pool.loss_out(1_000_000) > 750_000);
    }
}
