use anchor_lang::prelude::*;
use gimbal_control::Direction;
use risk_oracle::program::RiskOracle;

use crate::{
    adapters::Quote,
    error::RouterError,
    events::Rebalanced,
    instructions::line_accounts::*,
    moves::Outcome,
    policy::{
        bands, loss,
        step::{next, Move, Position, Spendable},
        water_fill::{self, Basin},
    },
    risk,
    state::{Keeper, Ledger, LineStatus, Policy, LINES},
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

/// What is to be done, and on what terms.
struct Plan {
    step: Move,
    nav: u64,
    /// Recalls for lacking cash are exempt from band and cooldown, and without a swap from the loss budget.
    for_cash: bool,
    /// The line's cooldown has passed, so that the action may be paid.
    cooled: bool,
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
    /// - A move through a pool is no larger than what nobody can profit from by trading around it.
    /// - New money needs an active line, the approved venue, sound feeds and the oracle's verdict.
    /// - The loss stays within the keeper's and the ledger's budget.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, id: u16) -> Result<()> {
        let accounts = &ctx.accounts.line;
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Refuse)?;
        let quote = line.revalue(accounts)?;
        let plan = plan(&*accounts.ledger.load()?, &line, &quote)?;
        // A keeper chooses the moment, and could trade before and after.
        let calm = line.adapter.calm_size_down(&line.call, &line.line)?;
        let outcome = match plan.step {
            Move::Deploy(amount) => {
                let amount = ctx.accounts.admit(&line, amount.min(quote.room).min(calm), plan.nav)?;
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
    fn admit(&self, line: &Opened, amount: u64, nav: u64) -> Result<u64> {
        let now = line.call.view.now;
        require!(line.line.status()? == LineStatus::Active, RouterError::LineFrozen);
        require!(!line.venue_changed, RouterError::VenueChanged);
        require!(!self.line.ledger.load()?.pauses.is_paused(Direction::NewMoney, now), RouterError::NewMoneyPaused);
        line.feeds.require_raise_risk()?;
        require!(amount > 0, RouterError::VenueClosed);
        let verdict = risk::assess(&self.line.ledger, &self.book, line.line.id, amount, nav)?;
        let admitted = risk::room(&verdict, amount);
        require!(admitted > 0, RouterError::RiskLimit);
        Ok(admitted)
    }

    /// Charges the loss, promises the pay, starts the cooldown. Returns the pay.
    fn settle(&self, line: &Opened, plan: &Plan, outcome: &Outcome) -> Result<u64> {
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

/// Direction and amount.
fn plan(ledger: &Ledger, line: &Opened, quote: &Quote) -> Result<Plan> {
    let now = line.call.view.now;
    let nav = ledger.nav(now)?.mid;
    let cash = Spendable::of(ledger.free_cash(), ledger.reserved, ledger.limits.min_cash_bps, nav)?;
    let cooled = now >= line.line.last_action_at.saturating_add(i64::from(line.line.cooldown));
    if let Spendable::Short(short) = cash {
        let amount = short.min(quote.mid);
        require!(amount > 0, RouterError::InsideBand);
        return Ok(Plan { step: Move::Recall(amount), nav, for_cash: true, cooled });
    }
    let position = Position::new(quote.mid, nav, &line.line)?;
    let target = match (line.line.status()?, ledger.policy()?) {
        (LineStatus::WindingDown, _) => 0,
        // A frozen line only ever comes down.
        (LineStatus::Frozen, policy) => target(policy, ledger, line, nav, cash)?.min(quote.mid),
        (LineStatus::Active, policy) => target(policy, ledger, line, nav, cash)?,
    };
    let position = if line.line.status()? == LineStatus::WindingDown {
        Position { min: 0, band: 0, ..position }
    } else {
        position
    };
    let step = next(&position, target, cash).ok_or(RouterError::InsideBand)?;
    require!(cooled, RouterError::CoolingDown);
    Ok(Plan { step, nav, for_cash: false, cooled })
}

fn target(policy: Policy, ledger: &Ledger, line: &Opened, nav: u64, cash: Spendable) -> Result<u64> {
    match policy {
        Policy::Bands => Ok(bands::target_down(nav, line.line.target_bps)?),
        Policy::WaterFill => {
            let row = ledger.row_of(line.line.id)?;
            let targets = fill(ledger, nav, cash)?;
            targets.get(row).copied().ok_or_else(|| error!(RouterError::UnknownLine))
        }
    }
}

/// The water-filling over all lending lines that do not wind down, and the free cash.
fn fill(ledger: &Ledger, nav: u64, cash: Spendable) -> Result<[u64; LINES]> {
    let mut basins: [Option<Basin>; LINES] = [None; LINES];
    let mut total = cash.free();
    for (basin, line) in basins.iter_mut().zip(&ledger.lines) {
        if line.is_used() && line.status()? != LineStatus::WindingDown && line.curve.points > 0 {
            let bounds = Position::new(line.mid, nav, line)?;
            // What lies in a frozen line may stay, and may not grow.
            let max = if line.status()? == LineStatus::Frozen { bounds.max.min(line.mid) } else { bounds.max };
            *basin = Some(Basin { curve: &line.curve, value: line.mid, min: bounds.min, max });
            total = total.checked_add(line.mid).ok_or(RouterError::MathOverflow)?;
        }
    }
    Ok(water_fill::targets(total, &basins)?)
}
