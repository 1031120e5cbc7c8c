use anchor_lang::prelude::*;
use gimbal_control::Direction;
use risk_oracle::program::RiskOracle;

use crate::{
    error::RouterError,
    events::Allocated,
    instructions::line_accounts::*,
    policy::step::{Position, Spendable},
    risk,
    state::LineStatus,
};

/// New money below this is not worth a venue call and could be too little for one receipt token, base units.
pub const LEAST_ALLOCATION: u64 = 1_000;

/// Accounts of `allocate`.
#[event_cpi]
#[derive(Accounts)]
pub struct Allocate<'info> {
    /// The vault whose deposit it is.
    pub vault: Signer<'info>,
    /// The line and what it needs.
    pub line: LineAccounts<'info>,
    /// The ledger's book at the risk oracle.
    /// CHECK: pinned in the ledger; the oracle checks it.
    #[account(mut)]
    pub book: UncheckedAccount<'info>,
    /// The risk oracle.
    pub risk_oracle: Program<'info, RiskOracle>,
}

impl<'info> Allocate<'info> {
    fn validate(&self) -> Result<()> {
        let ledger = self.line.ledger.load()?;
        require_keys_eq!(ledger.vault, self.vault.key(), RouterError::ForeignAccount);
        ledger.require_idle()
    }

    /// - What goes in is the least of `max`, the cash that is free, the line's bounds, the venue's room and the verdict's.
    /// - A pause, a frozen line, a changed or full venue or a refusing verdict make it nothing: the deposit that asked goes
    ///   through all the same.
    /// - Never through a swap: a depositor could move the pool first and have the vault trade at the bound.
    /// - What the venue keeps beyond rounding is charged to the loss budget.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, id: u16, max: u64) -> Result<()> {
        let accounts = &ctx.accounts.line;
        if accounts.line_venue.load()?.is_swapped() {
            return accounts.ledger.load()?.invariant();
        }
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Allow)?;
        let amount = ctx.accounts.amount(&mut line, max)?;
        if amount < LEAST_ALLOCATION {
            return accounts.ledger.load()?.invariant();
        }
        let outcome = line.deploy(accounts, amount)?;
        line.charge(accounts, &outcome)?;
        emit_cpi!(Allocated {
            ledger: accounts.ledger.key(),
            slot: line.call.view.slot,
            time: line.call.view.now,
            line: id,
            amount: outcome.moved,
            mid: outcome.mid,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }

    fn amount(&self, line: &mut Opened<'_, 'info>, max: u64) -> Result<u64> {
        let now = line.call.view.now;
        let open = line.line.status()? == LineStatus::Active
            && !line.venue_changed
            && !self.line.ledger.load()?.pauses.is_paused(Direction::NewMoney, now);
        if !open {
            return Ok(0);
        }
        let quote = line.revalue(&self.line)?;
        let (amount, nav) = {
            let ledger = self.line.ledger.load()?;
            if ledger.book == Pubkey::default() {
                return Ok(0);
            }
            let nav = ledger.nav(now)?.mid;
            let room = Position::new(quote.mid, nav, &line.line)?.room();
            let cash = Spendable::of(ledger.free_cash(), ledger.reserved, ledger.limits.min_cash_bps, nav)?;
            (max.min(cash.free()).min(room).min(quote.room), nav)
        };
        if amount < LEAST_ALLOCATION {
            return Ok(0);
        }
        let verdict =
            risk::assess(&self.line.ledger, &self.book, risk::Ask::NewMoney { id: line.line.id, amount }, nav)?;
        line.note_scale(&*self.line.ledger.load()?, &self.book)?;
        Ok(risk::room(&verdict, amount))
    }
}
