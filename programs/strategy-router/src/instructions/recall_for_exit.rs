use anchor_lang::prelude::*;

use crate::{error::RouterError, events::Recalled, instructions::line_accounts::*};

/// Accounts of `recall_for_exit`.
#[event_cpi]
#[derive(Accounts)]
pub struct RecallForExit<'info> {
    /// The vault that pays its user from what comes back.
    pub vault: Signer<'info>,
    /// The line and what it needs.
    pub line: LineAccounts<'info>,
}

impl<'info> RecallForExit<'info> {
    fn validate(&self, id: u16, amount: u64) -> Result<()> {
        require!(amount > 0, RouterError::ZeroAmount);
        let ledger = self.line.ledger.load()?;
        require_keys_eq!(ledger.vault, self.vault.key(), RouterError::ForeignAccount);
        ledger.require_idle()?;
        ledger.line(id)?;
        require!(ledger.next_to_withdraw() == Some(id), RouterError::NotNextToWithdraw);
        Ok(())
    }

    /// - Only the line whose turn it is, so that who leaves does not choose which venue's money the others keep.
    /// - Never through a swap: who leaves could move the pool first and have the vault sell at the bound.
    /// - What the venue can pay now comes back, which may be less than `amount`.
    /// - What the venue keeps beyond rounding is charged to the loss budget.
    #[access_control(ctx.accounts.validate(id, amount))]
    pub fn handler(ctx: Context<'info, Self>, id: u16, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts.line;
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Allow)?;
        line.revalue(accounts)?;
        let outcome = line.recall(accounts, amount)?;
        line.charge(accounts, &outcome)?;
        emit_cpi!(Recalled {
            ledger: accounts.ledger.key(),
            slot: line.call.view.slot,
            time: line.call.view.now,
            line: id,
            by: ctx.accounts.vault.key(),
            amount: outcome.moved,
            mid: outcome.mid,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }
}
