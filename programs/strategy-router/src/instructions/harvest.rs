use anchor_lang::prelude::*;

use crate::{
    error::RouterError,
    events::Harvested,
    instructions::line_accounts::*,
    state::{Ledger, Line},
    venue::guard,
};

/// Accounts of `harvest`.
#[event_cpi]
#[derive(Accounts)]
pub struct Harvest<'info> {
    /// The line and what it needs.
    pub line: LineAccounts<'info>,
}

impl<'info> Harvest<'info> {
    /// - Receipt tokens, and tokens of a swapped line, beyond the tracked ones become the vault's.
    /// - The gain counts in the high NAV at once and unlocks into the low NAV over time.
    pub fn handler(ctx: Context<'info, Self>, id: u16) -> Result<()> {
        let accounts = &ctx.accounts.line;
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Refuse)?;
        let before = line.revalue(accounts)?;
        let adopted = adopt(&mut line)?;
        let view = line.call.view;
        let after = line.adapter.value(&view, &line.line)?;
        let gain = after.mid.saturating_sub(before.mid);
        {
            let mut ledger = accounts.ledger.load_mut()?;
            let row: &mut Line = ledger.line_mut(id)?;
            row.position = line.line.position;
            row.in_flight = line.line.in_flight;
            row.harvested = row.harvested.saturating_add(gain);
            crate::moves::store_quote(&mut ledger, id, &after, view.slot, view.now)?;
            ledger.gains.lock(after.low.saturating_sub(before.low), view.now)?;
            ledger.invariant()?;
        }
        emit_cpi!(Harvested {
            ledger: accounts.ledger.key(),
            slot: view.slot,
            time: view.now,
            line: id,
            tokens: adopted,
            gain,
        });
        Ok(())
    }
}

/// Tracks what lies untracked in the line's own accounts; returns how much.
fn adopt(line: &mut Opened) -> Result<u64> {
    let ledger = line.call.ledger.key;
    let own = line.adapter.own_accounts(line.line.swapped != 0);
    let position = guard::held_alone(line.call.view.account(own.position)?, ledger)?.amount;
    let mut adopted = position.saturating_sub(line.line.position);
    line.line.position = line.line.position.max(position);
    if let Some(index) = own.token {
        let token = guard::held_alone(line.call.view.account(index)?, ledger)?.amount;
        adopted = adopted.saturating_add(token.saturating_sub(line.line.in_flight));
        line.line.in_flight = line.line.in_flight.max(token);
    }
    require!(adopted > 0, RouterError::NothingToCollect);
    Ok(adopted)
}

/// Accounts of `harvest_cash`.
#[event_cpi]
#[derive(Accounts)]
pub struct HarvestCash<'info> {
    /// The ledger.
    #[account(mut, has_one = cash @ RouterError::ForeignAccount)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The ledger's cash account.
    /// CHECK: pinned in the ledger; its bytes are checked.
    pub cash: UncheckedAccount<'info>,
}

impl<'info> HarvestCash<'info> {
    /// - Cash beyond the tracked becomes the vault's.
    /// - The gain counts in the high NAV at once and unlocks into the low NAV over time.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let key = accounts.ledger.key();
        let held = guard::held_alone(&accounts.cash, &key)?.amount;
        let surplus = {
            let mut ledger = accounts.ledger.load_mut()?;
            ledger.require_idle()?;
            let surplus = held.saturating_sub(ledger.cash_tracked);
            require!(surplus > 0, RouterError::NothingToCollect);
            ledger.cash_tracked = held;
            ledger.surplus_adopted = ledger.surplus_adopted.checked_add(surplus).ok_or(RouterError::MathOverflow)?;
            ledger.gains.lock(surplus, clock.unix_timestamp)?;
            ledger.invariant()?;
            surplus
        };
        emit_cpi!(Harvested {
            ledger: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            line: 0,
            tokens: surplus,
            gain: surplus,
        });
        Ok(())
    }
}
