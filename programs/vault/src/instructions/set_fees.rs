use anchor_lang::prelude::*;
use strategy_router::state::Ledger;

use crate::change::{self, Presented};
use crate::error::VaultError;
use crate::events::{ChangeApplied, FeesCrystallised, FeesSet};
use crate::instruction;
use crate::state::{Change, Crystallised, FeesArgs, Vault};

/// Accounts of `set_fees`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetFees<'info> {
    /// The vault's owner.
    pub owner: Signer<'info>,
    /// The vault.
    #[account(mut, has_one = ledger @ VaultError::WrongLedger)]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's ledger.
    pub ledger: AccountLoader<'info, Ledger>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetFees<'info> {
    /// - Only the owner, and only within the caps in code.
    /// - In a live vault a rate that rises or another recipient must have waited; a cut is in force at once.
    /// - Time and gains up to now are charged at the old rates. Where NAV is too old for that, a rise is refused and a cut
    ///   holds for them as well: nothing is ever charged at a rate that came later.
    pub fn handler(ctx: Context<'info, Self>, fees: FeesArgs) -> Result<()> {
        let clock = Clock::get()?;
        let (applied, charged) = ctx.accounts.apply(&fees, &clock)?;
        let vault = ctx.accounts.vault.key();
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        if let Some(charged) = charged {
            emit_cpi!(FeesCrystallised::new(&vault, &clock, &charged));
        }
        emit_cpi!(FeesSet { vault, slot: clock.slot, time: clock.unix_timestamp, fees });
        Ok(ctx.accounts.vault.load()?.invariant()?)
    }

    #[inline(never)]
    fn apply(&self, fees: &FeesArgs, clock: &Clock) -> Result<(Option<ChangeApplied>, Option<Crystallised>)> {
        let Self { owner, vault: account, ledger, change, instructions, .. } = self;
        let mut vault = account.load_mut()?;
        vault.roles.require_owner(owner.key).map_err(VaultError::from)?;
        fees.validate()?;
        let raises = fees.raises(&vault.fees);
        let applied = change::require(
            raises && change::is_live(&vault),
            &account.key(),
            Presented { change, instructions },
            &instruction::SetFees { fees: *fees },
            &change::terms_of_fees(&vault)?,
            clock,
        )?;
        let now = clock.unix_timestamp;
        let charged = match ledger.load()?.nav(now) {
            Ok(nav) => Some(vault.crystallise(now, nav.low)?),
            Err(error) if raises => return Err(error),
            Err(_) => None,
        };
        vault.fees.set(fees);
        Ok((applied, charged))
    }
}
