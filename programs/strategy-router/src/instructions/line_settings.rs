use anchor_lang::prelude::*;

use crate::{
    error::RouterError,
    events::{BoundsSet, StatusSet},
    policy::bounds::{require_sums, LineParams, Power},
    state::{Ledger, LineStatus},
};

/// Accounts of `set_bounds` and `set_status`.
#[event_cpi]
#[derive(Accounts)]
pub struct LineSettings<'info> {
    /// Owner, curator or guardian, each within its power.
    pub authority: Signer<'info>,
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

impl<'info> LineSettings<'info> {
    /// - The owner sets everything; the curator weights, band and cooldown, and a lower cap; the guardian lowers.
    /// - Ranges hold, and the sums over all lines.
    pub fn set_bounds(ctx: Context<'info, Self>, id: u16, params: LineParams) -> Result<()> {
        params.validate()?;
        let clock = Clock::get()?;
        let by = ctx.accounts.authority.key();
        {
            let mut ledger = ctx.accounts.ledger.load_mut()?;
            ledger.require_idle()?;
            let power = power(&ledger, &by)?;
            let line = ledger.line_mut(id)?;
            params.allowed_from(&LineParams::of(line), power)?;
            params.write(line);
            line.invariant()?;
            // Lowering must always be possible, whatever the other lines say.
            if power != Power::Guardian {
                require_sums(&ledger)?;
            }
            // The widening is part of the totals.
            ledger.remake_totals()?;
            ledger.invariant()?;
        }
        emit_cpi!(BoundsSet {
            ledger: ctx.accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            line: id,
            by,
            min_bps: params.min_bps,
            target_bps: params.target_bps,
            max_bps: params.max_bps,
            band_bps: params.band_bps,
            cooldown: params.cooldown,
            cap: params.cap,
            widen_rate: params.widen_rate,
            max_slippage_bps: params.max_slippage_bps,
            haircut_bps: params.haircut_bps,
            max_venue_age: params.max_venue_age,
        });
        Ok(())
    }

    /// - Towards less: guardian, curator or owner. Towards more: the owner.
    pub fn set_status(ctx: Context<'info, Self>, id: u16, status: u8) -> Result<()> {
        let clock = Clock::get()?;
        let by = ctx.accounts.authority.key();
        {
            let mut ledger = ctx.accounts.ledger.load_mut()?;
            let next = LineStatus::try_from(status)?;
            let roles = ledger.roles;
            let line = ledger.line_mut(id)?;
            if next < line.status()? {
                roles.require_owner(&by).map_err(RouterError::from)?;
            } else {
                roles.require_guardian(&by).map_err(RouterError::from)?;
            }
            line.status = next as u8;
            ledger.invariant()?;
        }
        emit_cpi!(StatusSet {
            ledger: ctx.accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            line: id,
            by,
            status,
        });
        Ok(())
    }
}

/// The greatest power that the key has.
fn power(ledger: &Ledger, key: &Pubkey) -> Result<Power> {
    if ledger.roles.require_owner(key).is_ok() {
        return Ok(Power::Owner);
    }
    if ledger.roles.require_curator(key).is_ok() {
        return Ok(Power::Curator);
    }
    ledger.roles.require_guardian(key).map_err(RouterError::from)?;
    Ok(Power::Guardian)
}
