use anchor_lang::prelude::*;

use crate::change::{self, Presented};
use crate::error::VaultError;
use crate::events::{ChangeApplied, VaultLimitsSet};
use crate::instruction;
use crate::state::{Change, Vault, VaultLimitsArgs};

/// Accounts of `set_limits`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetLimits<'info> {
    /// The vault's owner.
    pub owner: Signer<'info>,
    /// The vault.
    #[account(mut)]
    pub vault: AccountLoader<'info, Vault>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetLimits<'info> {
    /// - Only the owner, and only within the ranges in code.
    /// - In a live vault everything must have waited but a lower deposit cap and a faster queue.
    /// - Tickets keep the deadlines that they were requested with.
    pub fn handler(ctx: Context<'info, Self>, limits: VaultLimitsArgs) -> Result<()> {
        let clock = Clock::get()?;
        if let Some(applied) = ctx.accounts.apply(&limits, &clock)? {
            emit_cpi!(applied);
        }
        emit_cpi!(VaultLimitsSet {
            vault: ctx.accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            limits,
        });
        Ok(ctx.accounts.vault.load()?.invariant()?)
    }

    #[inline(never)]
    fn apply(&self, limits: &VaultLimitsArgs, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let Self { owner, vault: account, change, instructions, .. } = self;
        let mut vault = account.load_mut()?;
        vault.roles.require_owner(owner.key).map_err(VaultError::from)?;
        limits.validate()?;
        let applied = change::require(
            limits.raises(&vault.limits) && change::is_live(&vault),
            &account.key(),
            Presented { change, instructions },
            &instruction::SetLimits { limits: *limits },
            &change::terms_of_limits(&vault)?,
            clock,
        )?;
        vault.limits.set(limits);
        Ok(applied)
    }
}
