//! How much one swap may move without being worth a sandwich.
//!
//! Whoever trades before us and back after us moves the price against us by as much as our bound lets him. In a pool of
//! virtual reserve X of what we give, with fee f on every input, our trade of v lifts the price that he sells back at by
//! a part 2v/X (to first order), and his way in and out costs him 2f of what he moves. So for v ≤ f·X he pays at least
//! what he takes, whatever our bound, his size, or his luck; larger trades only make his own impact worse. Keepers
//! choose the moment of a rebalance, so their moves through a pool are cut to that.
//!
//! What this does not cover: a pool most of whose liquidity is the attacker's, who pays the fee to himself. Such a pool is
//! the owner's choice when he pins it; the slippage bound and the loss budgets hold there.

use gimbal_math::muldiv::{mul_div_u128_down, mul_shift_down};

use crate::error::RouterError;

/// Fee rates of a pool are parts of this: 10^6.
const FEE_ONE: u128 = 1_000_000;
/// Binary places of a pool's √price.
const SQRT_SHIFT: u32 = 64;

/// A concentrated-liquidity pool as far as one trade within its present range is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Liquidity in range, √(units of A · units of B).
    pub liquidity: u128,
    /// √(price of A in B), Q64.64.
    pub sqrt_price: u128,
    /// Fee on the input, millionths.
    pub fee_rate: u16,
    /// Whether the base asset is A.
    pub base_is_a: bool,
}

impl Depth {
    /// The largest trade that a sandwich cannot profit from, base units, rounded down: fee · virtual reserve of the base.
    ///
    /// # Errors
    /// [`RouterError::OutOfDomain`] for a price of zero, [`RouterError::MathOverflow`] for a pool beyond 128 bits.
    pub fn sandwich_proof_down(&self) -> core::result::Result<u64, RouterError> {
        let reserve = if self.base_is_a {
            mul_div_u128_down(self.liquidity, 1 << SQRT_SHIFT, self.sqrt_price)?
        } else {
            mul_shift_down(self.liquidity, self.sqrt_price, SQRT_SHIFT)?
        };
        let size = mul_div_u128_down(reserve, u128::from(self.fee_rate), FEE_ONE)?;
        Ok(u64::try_from(size).unwrap_or(u64::MAX))
    }
}
