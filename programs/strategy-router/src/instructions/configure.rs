use anchor_lang::prelude::*;

use crate::{
    change::{self, Presented},
    error::RouterError,
    events::LimitsSet,
    instruction,
    policy::changes::limits_raise,
    state::{Change, Ledger, Limits, LimitsArgs, Policy},
};

/// Accounts of `set_limits` and `set_policy`.
#[event_cpi]
#[derive(Accounts)]
pub struct Configure<'info> {
    /// The ledger's owner; for the policy its curator as well.
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

impl<'info> Configure<'info> {
    /// - Only the owner, and only within the hard ranges.
    /// - On a live ledger looser limits must have waited.
    /// - The lines' minimums and the least cash stay within the whole.
    pub fn set_limits(ctx: Context<'info, Self>, limits: LimitsArgs) -> Result<()> {
        let Self { authority, ledger, change, instructions, .. } = &*ctx.accounts;
        let (key, clock) = (ledger.key(), Clock::get()?);
        let applied = {
            let mut ledger = ledger.load_mut()?;
            ledger.roles.require_owner(authority.key).map_err(RouterError::from)?;
            let call = instruction::SetLimits { limits };
            let limits = Limits::try_from(limits)?;
            let waits = ledger.is_live() && limits_raise(&ledger.limits, &limits);
            let terms = change::terms_of_limits(&ledger);
            let applied = change::require(waits, &key, Presented { change, instructions }, &call, &terms, &clock)?;
            ledger.limits = limits;
            crate::policy::bounds::require_sums(&ledger)?;
            ledger.invariant()?;
            applied
        };
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        Self::announce(ctx)
    }

    /// - The curator chooses among the policies that there are.
    pub fn set_policy(ctx: Context<'info, Self>, policy: u8) -> Result<()> {
        {
            let mut ledger = ctx.accounts.ledger.load_mut()?;
            ledger.roles.require_curator(ctx.accounts.authority.key).map_err(RouterError::from)?;
            ledger.policy = Policy::try_from(policy)? as u8;
            ledger.invariant()?;
        }
        Self::announce(ctx)
    }

    fn announce(ctx: Context<'info, Self>) -> Result<()> {
        let clock = Clock::get()?;
        let (limits, policy) = {
            let ledger = ctx.accounts.ledger.load()?;
            (ledger.limits, ledger.policy)
        };
        emit_cpi!(LimitsSet {
            ledger: ctx.accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.authority.key(),
            policy,
            max_valuation_age: limits.max_valuation_age,
            epoch: limits.epoch,
            min_cash_bps: limits.min_cash_bps,
            loss_budget_bps: limits.loss_budget_bps,
            keeper_loss_budget_bps: limits.keeper_loss_budget_bps,
            keeper_pay: limits.keeper_pay,
            keeper_pay_budget: limits.keeper_pay_budget,
            target_volatility_bps: limits.target_volatility_bps,
            bounty_bps: limits.bounty_bps,
            bounty_budget: limits.bounty_budget,
        });
        Ok(())
    }
}
