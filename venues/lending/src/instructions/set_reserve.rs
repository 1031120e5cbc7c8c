use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::{layout as at, ReserveStatus};

use super::now;
use crate::{
    error::LendingError,
    math::lending,
    state::{reserve, Market, ReserveConfig},
};

/// Accounts of `set_config`, `set_status` and `set_price`.
#[derive(Accounts)]
pub struct SetReserve<'info> {
    /// The market's owner.
    pub owner: Signer<'info>,
    /// The market.
    #[account(has_one = owner @ LendingError::InvalidMarketOwner)]
    pub market: AccountLoader<'info, Market>,
    /// Its reserve.
    /// CHECK: owner, length and discriminator are checked on every access.
    #[account(
        mut,
        constraint = reserve::field(&reserve, at::LENDING_MARKET)? == market.key() @ ErrorCode::ConstraintHasOne,
    )]
    pub reserve: UncheckedAccount<'info>,
}

impl<'info> SetReserve<'info> {
    /// - Interest up to now is booked under the old configuration.
    /// - Takes effect at once; the caps' counters run on.
    pub fn set_config(ctx: Context<'info, Self>, config: ReserveConfig) -> Result<()> {
        config.validate()?;
        let now = now()?;
        let referral_fee_bps = ctx.accounts.market.load()?.referral_fee_bps;
        reserve::write(&ctx.accounts.reserve, |books| {
            lending::refresh(books, now, referral_fee_bps)?;
            config.store(books);
            // klend asks for a refresh after a change of configuration.
            books.set(at::LAST_UPDATE_STALE, 1);
            Ok(())
        })
    }

    /// - 0 active, 1 obsolete, 2 hidden.
    pub fn set_status(ctx: Context<'info, Self>, status: u8) -> Result<()> {
        ReserveStatus::try_from(status).map_err(|_| LendingError::InvalidConfig)?;
        reserve::write(&ctx.accounts.reserve, |books| {
            books.set(at::STATUS, status);
            Ok(())
        })
    }

    /// - `price_sf` is the price of a whole token, U68F60, low word first.
    /// - A reserve with an oracle takes its price from there alone.
    pub fn set_price(ctx: Context<'info, Self>, price_sf: [u64; 2]) -> Result<()> {
        let now = now()?;
        let [low, high] = price_sf;
        reserve::write(&ctx.accounts.reserve, |books| {
            require_keys_eq!(books.get(at::PYTH_PRICE), Pubkey::default(), LendingError::InvalidConfig);
            books.set(at::MARKET_PRICE_SF, u128::from(low) | (u128::from(high) << 64));
            books.set(at::MARKET_PRICE_LAST_UPDATED_TS, now.unix);
            books.set(at::LAST_UPDATE_PRICE_STATUS, at::PRICE_STATUS_ALL);
            Ok(())
        })
    }
}
