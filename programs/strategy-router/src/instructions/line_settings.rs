use anchor_lang::prelude::*;

use crate::{
    change::{self, Presented},
    error::RouterError,
    events::{BoundsSet, StatusSet},
    instruction,
    policy::{
        bounds::{require_sums, LineParams, Power},
        changes::{bounds_raise, status_raises},
    },
    state::{Change, Ledger, LineStatus},
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
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> LineSettings<'info> {
    /// - The owner sets everything; the curator weights, band and cooldown, and a lower cap; the guardian lowers.
    /// - On a live ledger what only the owner may raise must have waited.
    /// - Ranges hold, and the sums over all lines.
    pub fn set_bounds(ctx: Context<'info, Self>, id: u16, params: LineParams) -> Result<()> {
        params.validate()?;
        let clock = Clock::get()?;
        let Self { authority, ledger, change, instructions, .. } = &*ctx.accounts;
        let (by, key) = (authority.key(), ledger.key());
        let applied = {
            let mut ledger = ledger.load_mut()?;
            ledger.require_idle()?;
            let power = power(&ledger, &by)?;
            let live = ledger.is_live();
            let line = ledger.line_mut(id)?;
            let before = LineParams::of(line);
            params.allowed_from(&before, power)?;
            let waits = live && bounds_raise(&before, &params);
            let (call, terms) = (instruction::SetBounds { line: id, params }, change::terms_of_bounds(line)?);
            let applied = change::require(waits, &key, Presented { change, instructions }, &call, &terms, &clock)?;
            params.write(line);
            line.invariant()?;
            // Lowering must always be possible, whatever the other lines say.
            if power != Power::Guardian {
                require_sums(&ledger)?;
            }
            // The widening is part of the totals.
            ledger.remake_totals()?;
            ledger.invariant()?;
            applied
        };
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(BoundsSet {
            ledger: key,
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

    /// - Towards less: guardian, curator or owner. Towards more: the owner, and on a live ledger it must have waited.
    pub fn set_status(ctx: Context<'info, Self>, id: u16, status: u8) -> Result<()> {
        let clock = Clock::get()?;
        let Self { authority, ledger, change, instructions, .. } = &*ctx.accounts;
        let (by, key) = (authority.key(), ledger.key());
        let applied = {
            let mut ledger = ledger.load_mut()?;
            let next = LineStatus::try_from(status)?;
            let (roles, live) = (ledger.roles, ledger.is_live());
            let line = ledger.line_mut(id)?;
            let raises = status_raises(line.status()?, next);
            let allowed = if raises { roles.require_owner(&by) } else { roles.require_guardian(&by) };
            allowed.map_err(RouterError::from)?;
            let (call, terms) = (instruction::SetStatus { line: id, status }, change::terms_of_status(line));
            let presented = Presented { change, instructions };
            let applied = change::require(raises && live, &key, presented, &call, &terms, &clock)?;
            line.status = next as u8;
            ledger.invariant()?;
            applied
        };
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(StatusSet { ledger: key, slot: clock.slot, time: clock.unix_timestamp, line: id, by, status });
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
