//! The swap pool of a swapped line.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::whirlpool::MEMO_PROGRAM_ID;

/// A pool as a line pins it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The swap venue.
    pub program: Pubkey,
    /// The pool.
    pub key: Pubkey,
    /// Its accounts of mints A and B.
    pub vaults: [Pubkey; 2],
    /// The tick arrays that a swap passes.
    pub tick_arrays: [Pubkey; 3],
    /// Its account of volatility-dependent fees.
    pub oracle: Pubkey,
}

impl Pool {
    /// The pool's part of the lending adapter's pinned list.
    pub fn pinned(&self) -> [Pubkey; 8] {
        let [a, b] = self.vaults;
        let [first, second, third] = self.tick_arrays;
        [self.key, a, b, first, second, third, self.oracle, MEMO_PROGRAM_ID]
    }
}
