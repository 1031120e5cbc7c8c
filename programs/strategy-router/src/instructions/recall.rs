use anchor_lang::prelude::*;

use crate::{error::RouterError, events::Recalled, instructions::line_accounts::*, policy::loss};

/// Accounts of `recall`.
#[event_cpi]
#[derive(Accounts)]
pub struct Recall<'info> {
    /// Guardian, curator or owner for any amount; anybody for what the ticket queue lacks.
    pub authority: Signer<'info>,
    /// The line and what it needs.
    pub line: LineAccounts<'info>,
}

impl<'info> Recall<'info> {
    fn validate(&self, amount: u64) -> Result<()> {
        require!(amount > 0, RouterError::ZeroAmount);
        let ledger = self.line.ledger.load()?;
        ledger.require_idle()?;
        if ledger.roles.require_guardian(self.authority.key).is_err() {
            let need = ledger.queue_need().max(ledger.overdue_need());
            require!(amount <= need, RouterError::BeyondQueueNeed);
        }
        Ok(())
    }

    /// - No pause, no status, no changed venue and no oracle stands in the way.
    /// - Without a role, a loss beyond rounding is charged to the loss budget: whoever queues could else have the vault
    ///   trade at the bound over and over. With a role it is where the line is swapped and neither frozen nor winding down.
    /// - Up to what the overdue tickets lack nothing is charged and no NAV is asked for: they have waited long enough, and
    ///   each move stays within the line's bound.
    /// - What the venue can pay now comes back, and nothing else but the position is touched.
    #[access_control(ctx.accounts.validate(amount))]
    pub fn handler(ctx: Context<'info, Self>, id: u16, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts.line;
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Allow)?;
        let for_overdue = amount <= accounts.ledger.load()?.overdue_need();
        line.revalue(accounts)?;
        let outcome = line.recall(accounts, amount)?;
        let has_role = accounts.ledger.load()?.roles.require_guardian(ctx.accounts.authority.key).is_ok();
        if !for_overdue && loss::recall_is_charged(&line.line, has_role)? {
            line.charge(accounts, &outcome)?;
        }
        emit_cpi!(Recalled {
            ledger: accounts.ledger.key(),
            slot: line.call.view.slot,
            time: line.call.view.now,
            line: id,
            by: ctx.accounts.authority.key(),
            amount: outcome.moved,
            mid: outcome.mid,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }
}
