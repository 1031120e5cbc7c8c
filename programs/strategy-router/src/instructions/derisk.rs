use anchor_lang::prelude::*;

use crate::{
    error::RouterError,
    events::Derisked,
    instructions::line_accounts::*,
    policy::derisk::{excess, Signs},
};

/// Accounts of `derisk`.
#[event_cpi]
#[derive(Accounts)]
pub struct Derisk<'info> {
    /// Anybody.
    pub authority: Signer<'info>,
    /// The line and what it needs.
    pub line: LineAccounts<'info>,
}

impl<'info> Derisk<'info> {
    /// - Only when the line winds down, is over its cap or greatest weight, its token's feed is divergent or off its peg,
    ///   or its venue was changed.
    /// - The excess comes back, or all of it, as far as the venue can pay; the bound from prices always applies.
    /// - What is lost beyond rounding for a mere excess, which anybody can bring about by taking cash out, is charged to the
    ///   loss budget.
    pub fn handler(ctx: Context<'info, Self>, id: u16) -> Result<()> {
        let accounts = &ctx.accounts.line;
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Allow)?;
        line.revalue(accounts)?;
        let signs = Signs { feed: line.feeds.token, venue_changed: line.venue_changed };
        let now = line.call.view.now;
        let (causes, amount) =
            excess(&line.line, &signs, || -> Result<u64> { Ok(accounts.ledger.load()?.nav(now)?.mid) })?;
        require!(!causes.is_empty() && amount > 0, RouterError::NothingToDerisk);
        let outcome = line.recall(accounts, amount)?;
        if !causes.are_grave() {
            line.charge(accounts, &outcome)?;
        }
        emit_cpi!(Derisked {
            ledger: accounts.ledger.key(),
            slot: line.call.view.slot,
            time: now,
            line: id,
            by: ctx.accounts.authority.key(),
            causes: causes.0,
            amount: outcome.moved,
            mid: outcome.mid,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }
}
