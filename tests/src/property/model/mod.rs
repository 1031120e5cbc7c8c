//! What must come out, worked from the definitions with wide integers and nothing of the programs' own arithmetic.

mod books;
mod nav;
mod queue;

pub use books::{Books, Move, Wish};
pub use nav::{locked, nav};
pub use queue::{walk, Fate, Walk};

use super::seen::Seen;

/// Virtual assets and virtual shares of every pool.
pub const VIRTUAL: u128 = 1_000_000;

/// ⌊a · b / c⌋.
pub fn down(a: u128, b: u128, c: u128) -> u128 {
    a.checked_mul(b).expect("amounts of this world are far below 2^64") / c
}

/// ⌈a · b / c⌉.
pub fn up(a: u128, b: u128, c: u128) -> u128 {
    a.checked_mul(b).expect("amounts of this world are far below 2^64").div_ceil(c)
}

/// Assets and the shares that own them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Base units.
    pub assets: u128,
    /// Share units.
    pub shares: u128,
}

impl Pool {
    /// The pool at `nav` base units.
    pub fn at(seen: &Seen, nav: u64) -> Self {
        Self { assets: u128::from(nav), shares: seen.pool_shares() }
    }

    /// Shares for exactly `assets`, rounded down.
    pub fn deposit(self, assets: u128) -> u128 {
        down(assets, self.shares + VIRTUAL, self.assets + VIRTUAL)
    }

    /// Assets for exactly `shares`, rounded up.
    pub fn mint(self, shares: u128) -> u128 {
        up(shares, self.assets + VIRTUAL, self.shares + VIRTUAL)
    }

    /// Shares for exactly `assets` out, rounded up.
    pub fn withdraw(self, assets: u128) -> u128 {
        up(assets, self.shares + VIRTUAL, self.assets + VIRTUAL)
    }

    /// Assets for exactly `shares` given, rounded down, at most all there is.
    pub fn redeem(self, shares: u128) -> u128 {
        down(shares, self.assets + VIRTUAL, self.shares + VIRTUAL).min(self.assets)
    }

    /// Whether a share is worth less here than in `before`: (a′ + V)(s + V) < (a + V)(s′ + V).
    pub fn is_cheaper_than(self, before: Self) -> bool {
        (self.assets + VIRTUAL) * (before.shares + VIRTUAL) < (before.assets + VIRTUAL) * (self.shares + VIRTUAL)
    }
}
