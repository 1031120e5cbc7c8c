use anchor_lang::prelude::*;
use gimbal_control::Direction;
use risk_oracle::program::RiskOracle;

use crate::{
    error::RouterError,
    events::Rebalanced,
    instructions::line_accounts::*,
    moves::Outcome,
    policy::{
        due::{due, Due},
        loss,
        step::Move,
    },
    risk,
    state::{Keeper, LineStatus},
};

/// Accounts of `rebalance`.
#[event_cpi]
#[derive(Accounts)]
pub struct Rebalance<'info> {
    /// The keeper.
    pub authority: Signer<'info>,
    /// Its registration.
    #[account(mut)]
    pub keeper: AccountLoader<'info, Keeper>,
    /// The line and what it needs.
    pub line: LineAccounts<'info>,
    /// The ledger's book at the risk oracle.
    /// CHECK: pinned in the ledger; the oracle checks it.
    #[account(mut)]
    pub book: UncheckedAccount<'info>,
    /// The risk oracle.
    pub risk_oracle: Program<'info, RiskOracle>,
}

impl<'info> Rebalance<'info> {
    fn validate(&self) -> Result<()> {
        let keeper = self.keeper.load()?;
        require_keys_eq!(keeper.ledger, self.line.ledger.key(), RouterError::ForeignAccount);
        require_keys_eq!(keeper.key, self.authority.key(), RouterError::ForeignAccount);
        require!(keeper.active == 1, RouterError::KeeperInactive);
        self.line.ledger.load()?.require_idle()
    }

    /// - The policy finds direction and amount; the keeper only names the line.
    /// - While cash is short of what the queue is worth and of the least cash, money comes back, whatever the band.
    /// - Else the line must have left its band and its cooldown.
    /// - Whatever the policy, no line steers for more than regime and contagion leave of its caps.
    /// - A move through a pool is no larger than what nobody can profit from by trading around it.
    /// - New money needs an active line, the approved venue, sound feeds and the oracle's verdict.
    /// - The loss stays within the keeper's and the ledger's budget.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, id: u16) -> Result<()> {
        let accounts = &ctx.accounts.line;
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Refuse)?;
        let quote = line.revalue(accounts)?;
        let plan = {
            let ledger = accounts.ledger.load()?;
            let book = risk::book(&ledger, &ctx.accounts.book)?;
            due(&ledger, book.as_deref(), &line.line, line.call.view.now)?
        };
        // A keeper chooses the moment, and could trade before and after.
        let calm = line.adapter.calm_size_down(&line.call, &line.line)?;
        let outcome = match plan.step {
            Move::Deploy(amount) => {
                let amount = ctx.accounts.admit(&mut line, amount.min(quote.room).min(calm), plan.nav)?;
                line.deploy(accounts, amount)?
            }
            Move::Recall(amount) => {
                let amount = amount.min(quote.liquidity).min(calm);
                require!(amount > 0, RouterError::VenueIlliquid);
                line.recall(accounts, amount)?
            }
        };
        let pay = ctx.accounts.settle(&line, &plan, &outcome)?;
        emit_cpi!(Rebalanced {
            ledger: accounts.ledger.key(),
            slot: line.call.view.slot,
            time: line.call.view.now,
            line: id,
            keeper: ctx.accounts.authority.key(),
            deployed: matches!(plan.step, Move::Deploy(_)),
            amount: outcome.moved,
            loss: outcome.loss,
            pay,
            mid: outcome.mid,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }

    /// What of `amount` may go into the line.
    fn admit(&self, line: &mut Opened, amount: u64, nav: u64) -> Result<u64> {
        let now = line.call.view.now;
        require!(line.line.status()? == LineStatus::Active, RouterError::LineFrozen);
        require!(!line.venue_changed, RouterError::VenueChanged);
        require!(!self.line.ledger.load()?.pauses.is_paused(Direction::NewMoney, now), RouterError::NewMoneyPaused);
        line.feeds.require_raise_risk()?;
        require!(amount > 0, RouterError::VenueClosed);
        let verdict =
            risk::assess(&self.line.ledger, &self.book, risk::Ask::NewMoney { id: line.line.id, amount }, nav)?;
        let admitted = risk::room(&verdict, amount);
        require!(admitted > 0, RouterError::RiskLimit);
        line.note_scale(&*self.line.ledger.load()?, &self.book)?;
        Ok(admitted)
    }

    /// Charges the loss, promises the pay, starts the cooldown. Returns the pay.
    fn settle(&self, line: &Opened, plan: &Due, outcome: &Outcome) -> Result<u64> {
        let now = line.call.view.now;
        let mut ledger = self.line.ledger.load_mut()?;
        let mut keeper = self.keeper.load_mut()?;
        let limits = ledger.limits;
        ledger.epoch.roll(limits.epoch, now, plan.nav);
        if !plan.for_cash || line.line.swapped != 0 {
            loss::charge_both(&mut ledger.epoch, &mut keeper, &limits, outcome.loss, plan.nav)?;
            let row = ledger.line_mut(line.line.id)?;
            row.keeper_loss = row.keeper_loss.saturating_add(outcome.loss);
        }
        let pay = if plan.cooled { loss::pay(&ledger.epoch, &limits, plan.nav)? } else { 0 };
        let add = |a: u64, b: u64| a.checked_add(b).ok_or(RouterError::MathOverflow);
        ledger.epoch.pay_used = add(ledger.epoch.pay_used, pay)?;
        ledger.keeper_owed = add(ledger.keeper_owed, pay)?;
        keeper.owed = add(keeper.owed, pay)?;
        keeper.actions = keeper.actions.saturating_add(1);
        keeper.last_action_at = now;
        ledger.line_mut(line.line.id)?.last_action_at = now;
        Ok(pay)
    }
}
