use anchor_lang::prelude::*;
use gimbal_venue_wire::whirlpool::{layout as at, WhirlpoolView};

use crate::{error::SwapError, seeds::TICK_ARRAY_SEED};

/// Discriminator of Whirlpools' `TickArray`.
pub const TICK_ARRAY_DISCRIMINATOR: [u8; 8] = [0x45, 0x61, 0xbd, 0xbe, 0x6e, 0x07, 0x42, 0xbb];
/// Bytes of a `TickArray`: discriminator, first tick, 88 ticks of 113 bytes, pool.
pub const TICK_ARRAY_LEN: usize = 8 + 4 + 88 * 113 + 32;

/// Accounts of `init_tick_array`.
#[derive(Accounts)]
#[instruction(start_tick_index: i32)]
pub struct InitTickArray<'info> {
    /// The pool's owner; pays rent.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The pool.
    /// CHECK: owner program here, layout in the handler.
    #[account(owner = crate::ID @ SwapError::MalformedPool)]
    pub pool: UncheckedAccount<'info>,
    /// The new tick array, no tick of it initialised.
    /// CHECK: created here.
    #[account(
        init,
        payer = owner,
        space = TICK_ARRAY_LEN,
        owner = crate::ID,
        seeds = [TICK_ARRAY_SEED, pool.key().as_ref(), start_tick_index.to_string().as_bytes()],
        bump,
    )]
    pub tick_array: UncheckedAccount<'info>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> InitTickArray<'info> {
    /// - The signer owns the pool.
    pub fn handler(ctx: Context<'info, Self>, start_tick_index: i32) -> Result<()> {
        let accounts = &ctx.accounts;
        let pool = accounts.pool.try_borrow_data()?;
        let view = WhirlpoolView::parse(&pool).map_err(|_| SwapError::MalformedPool)?;
        require_keys_eq!(view.get(at::WHIRLPOOLS_CONFIG), accounts.owner.key(), SwapError::NotPoolOwner);
        let mut data = accounts.tick_array.try_borrow_mut_data()?;
        let (discriminator, rest) = data.split_at_mut(TICK_ARRAY_DISCRIMINATOR.len());
        discriminator.copy_from_slice(&TICK_ARRAY_DISCRIMINATOR);
        let start = start_tick_index.to_le_bytes();
        rest.get_mut(..start.len()).ok_or(SwapError::MalformedPool)?.copy_from_slice(&start);
        let pool_at = rest.len().saturating_sub(32);
        rest.get_mut(pool_at..).ok_or(SwapError::MalformedPool)?.copy_from_slice(accounts.pool.key().as_ref());
        Ok(())
    }
}
