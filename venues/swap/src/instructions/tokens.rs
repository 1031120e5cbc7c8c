//! Token transfers, by the caller's signature or by the pool's.

use anchor_lang::prelude::*;
use anchor_spl::token::{self, Transfer};

use crate::seeds::POOL_SEED;

/// Moves `amount` by the caller's signature.
pub fn pull<'info>(
    program: &AccountInfo<'info>,
    from: AccountInfo<'info>,
    to: AccountInfo<'info>,
    authority: AccountInfo<'info>,
    amount: u64,
) -> Result<()> {
    token::transfer(CpiContext::new(*program.key, Transfer { from, to, authority }), amount)
}

/// What the pool's signature is made of: owner and mints, as in its address.
pub struct PoolSigner {
    /// Who opened the pool.
    pub owner: Pubkey,
    /// Its mints, in order.
    pub mints: [Pubkey; 2],
    /// Bump of its address.
    pub bump: u8,
}

impl PoolSigner {
    /// Moves `amount` out of a vault.
    pub fn push<'info>(
        &self,
        program: &AccountInfo<'info>,
        from: AccountInfo<'info>,
        to: AccountInfo<'info>,
        pool: AccountInfo<'info>,
        amount: u64,
    ) -> Result<()> {
        let [a, b] = &self.mints;
        let seeds: &[&[u8]] = &[POOL_SEED, self.owner.as_ref(), a.as_ref(), b.as_ref(), &[self.bump]];
        let accounts = Transfer { from, to, authority: pool };
        token::transfer(CpiContext::new_with_signer(*program.key, accounts, &[seeds]), amount)
    }
}
