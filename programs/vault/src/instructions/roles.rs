use anchor_lang::{prelude::*, InstructionData};
use gimbal_control::{Refusal, Role, Roles, Terms};

use crate::change::{self, Presented};
use crate::error::VaultError;
use crate::events::{ChangeApplied, RoleChanged};
use crate::instruction;
use crate::state::{Change, Vault};

/// Numbers of the roles in events.
const OWNER: u8 = 0;
const PENDING_OWNER: u8 = 1;
const CURATOR: u8 = 2;
const GUARDIAN: u8 = 3;

/// Accounts of `propose_owner`, `accept_owner`, `set_curator`, `set_guardian` and `renounce`.
#[event_cpi]
#[derive(Accounts)]
pub struct ChangeRole<'info> {
    /// The owner; to accept, the proposed owner; to renounce, who holds the role.
    pub authority: Signer<'info>,
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

impl<'info> ChangeRole<'info> {
    /// - The owner signs.
    /// - Nothing changes until the proposed key accepts; the zero key withdraws a proposal.
    pub fn propose_owner(ctx: Context<'info, Self>, next: Pubkey) -> Result<()> {
        change(ctx, None, PENDING_OWNER, |roles, signer| roles.propose_owner(signer, next))
    }

    /// - The proposed owner signs, which proves that it can.
    pub fn accept_owner(ctx: Context<'info, Self>) -> Result<()> {
        change(ctx, None, OWNER, |roles, signer| roles.accept_owner(signer))
    }

    /// - The owner signs; the zero key leaves the post empty, at once.
    /// - In a live vault a new curator must have waited.
    pub fn set_curator(ctx: Context<'info, Self>, curator: Pubkey) -> Result<()> {
        let applied = ctx.accounts.spend_change(&instruction::SetCurator { curator }, |roles| {
            roles.curator_waits(&curator).then(|| Terms::of_curator(roles))
        })?;
        change(ctx, applied, CURATOR, |roles, signer| roles.set_curator(signer, curator))
    }

    /// - The owner signs; the zero key leaves the post empty. The first guardian is named at once.
    /// - In a live vault the removal of the one in post must have waited.
    pub fn set_guardian(ctx: Context<'info, Self>, guardian: Pubkey) -> Result<()> {
        let applied = ctx.accounts.spend_change(&instruction::SetGuardian { guardian }, |roles| {
            roles.guardian_waits(&guardian).then(|| Terms::of_guardian(roles))
        })?;
        change(ctx, applied, GUARDIAN, |roles, signer| roles.set_guardian(signer, guardian))
    }

    /// - Whoever holds a role gives it up for ever; the owner may give up the curator's as well, never the guardian's.
    pub fn renounce(ctx: Context<'info, Self>, role: u8) -> Result<()> {
        let role = Role::from_number(role).map_err(VaultError::from)?;
        let number = match role {
            Role::Owner => OWNER,
            Role::Curator => CURATOR,
            Role::Guardian => GUARDIAN,
        };
        change(ctx, None, number, |roles, signer| roles.renounce(signer, role))
    }

    /// Spends the change presented if the owner's naming must have waited; `terms` says whether, and how.
    #[inline(never)]
    fn spend_change(
        &self,
        call: &impl InstructionData,
        terms: impl FnOnce(&Roles) -> Option<Terms>,
    ) -> Result<Option<ChangeApplied>> {
        let vault = self.vault.load()?;
        vault.roles.require_owner(self.authority.key).map_err(VaultError::from)?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        match terms(&vault.roles) {
            Some(terms) => {
                change::require(change::is_live(&vault), &self.vault.key(), presented, call, &terms, &Clock::get()?)
            }
            None => Ok(None),
        }
    }
}

/// Who holds a role by its number in events.
fn holder(roles: &Roles, role: u8) -> Pubkey {
    match role {
        OWNER => roles.owner,
        PENDING_OWNER => roles.pending_owner,
        CURATOR => roles.curator,
        _ => roles.guardian,
    }
}

/// Applies one change, and says who held the role before and holds it now.
fn change<'info>(
    ctx: Context<'info, ChangeRole<'info>>,
    applied: Option<ChangeApplied>,
    role: u8,
    apply: impl FnOnce(&mut Roles, &Pubkey) -> core::result::Result<(), Refusal>,
) -> Result<()> {
    let clock = Clock::get()?;
    let (previous, current) = {
        let mut vault = ctx.accounts.vault.load_mut()?;
        let previous = holder(&vault.roles, role);
        apply(&mut vault.roles, ctx.accounts.authority.key).map_err(VaultError::from)?;
        (previous, holder(&vault.roles, role))
    };
    if let Some(applied) = applied {
        emit_cpi!(applied);
    }
    emit_cpi!(RoleChanged {
        vault: ctx.accounts.vault.key(),
        slot: clock.slot,
        time: clock.unix_timestamp,
        role,
        previous,
        current,
    });
    Ok(ctx.accounts.vault.load()?.invariant()?)
}
