//! An exhaustive small-width model of share arithmetic: the functions that the programs run, on *all* small inputs.
//!
//! # What is proven
//!
//! By enumeration, and so without exception in the range: for every virtual amount `V` from 0 to 4 and every pool of at
//! most [`POOL`] assets and as many shares,
//!
//! - each flow of at most [`AMOUNT`] returns a result (only the unpriced pool of `V` = 0 is refused, as documented),
//!   rounds for the pool, and is optimal: one unit more for the mover would break the inequality, which is checked with
//!   cross-multiplied integers and no division;
//! - each flow is monotone in its amount, in the pool's assets and in its shares;
//! - no flow lowers the price of a share for those who stay;
//! - no *game* profits: from every pool of at most 8 by 8, whoever has 16 units plays deposits, mints,
//!   withdrawals, redemptions and donations of all sizes in any order and number, and never has more than at the start.
//!   Shares have no memory of who holds them, so that any number of colluding accounts is one player;
//! - making shares dear before others deposit without a bound profits nothing from one victim, and from as many victims as
//!   there are virtual shares less than a unit each, the dust that any pool's rounding leaves to its holders. More victims
//!   than virtual shares *could* pay for the attack: hence a million of them, and a bound in every deposit.
//!
//! Proportions, widths, conversions and `a · b / d` are enumerated over small ranges, and over all combinations of the
//! numbers next to powers of two up to the widest, where carries and estimates of digits go wrong.
//!
//! # What is not
//!
//! A fault that needs a wide number which is not next to a power of two is beyond an enumeration. `tests/shares.rs`,
//! `tests/muldiv.rs` and `tests/value.rs` look for one at full width, with random numbers against arbitrary precision.
//! The range argument is only this: each function is one product and one division, and its proof for any width is that
//! of the division, whose digits the boundary sets go through.

/// Runs a generic check for each virtual amount.
macro_rules! for_each_virtual {
    ($check:ident) => {
        $check::<0>();
        $check::<1>();
        $check::<2>();
        $check::<3>();
        $check::<4>();
    };
}

mod arithmetic;
mod games;
mod shares;
mod widest;

use gimbal_math::shares::{
    assets_for_mint_up, assets_for_redeem_down, shares_for_deposit_down, shares_for_withdraw_up,
};
use gimbal_math::{Assets, Pool, Shares};

/// The largest assets and the largest shares of an enumerated pool.
const POOL: u64 = 64;
/// The largest amount of an enumerated flow.
const AMOUNT: u64 = 96;

fn pool<const V: u64>(assets: u64, shares: u64) -> Pool<V> {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

/// The four flows as plain numbers, so that a model reads like one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Books<const V: u64> {
    assets: u64,
    shares: u64,
}

impl<const V: u64> Books<V> {
    fn pool(self) -> Pool<V> {
        pool(self.assets, self.shares)
    }
    fn deposit(self, assets: u64) -> u64 {
        shares_for_deposit_down(Assets(assets), self.pool()).unwrap().0
    }
    fn mint(self, shares: u64) -> u64 {
        assets_for_mint_up(Shares(shares), self.pool()).unwrap().0
    }
    fn withdraw(self, assets: u64) -> u64 {
        shares_for_withdraw_up(Assets(assets), self.pool()).unwrap().0
    }
    fn redeem(self, shares: u64) -> u64 {
        assets_for_redeem_down(Shares(shares), self.pool()).unwrap().0
    }
    fn entered(self, assets: u64, shares: u64) -> Self {
        Self { assets: self.assets + assets, shares: self.shares + shares }
    }
    fn left(self, assets: u64, shares: u64) -> Self {
        Self { assets: self.assets - assets, shares: self.shares - shares }
    }
    /// Whether a share is worth at least as much here as in `before`, in cross-multiplied integers.
    fn is_worth_at_least(self, before: Self) -> bool {
        (self.assets + V) * (before.shares + V) >= (before.assets + V) * (self.shares + V)
    }
}

/// Every pool that has a price.
fn pools<const V: u64>(most: u64) -> impl Iterator<Item = Books<V>> {
    (0..=most)
        .flat_map(move |assets| (0..=most).map(move |shares| Books { assets, shares }))
        .filter(|books| books.assets + V > 0 && books.shares + V > 0)
}

/// Numbers next to powers of two, and the ends.
fn boundaries(powers: &[u32], bits: u32) -> Vec<u128> {
    let most = if bits == 128 { u128::MAX } else { (1 << bits) - 1 };
    let mut all: Vec<u128> = vec![0, 1, 2, 3, most - 2, most - 1, most];
    all.extend(powers.iter().flat_map(|power| [(1 << power) - 1, 1 << power, (1 << power) + 1]));
    all.sort_unstable();
    all.dedup();
    all
}
