//! `propose_owner`, `accept_owner`, `set_curator`, `set_guardian`, `renounce`: the same on a feed and on a book.

use anchor_lang::{prelude::*, InstructionData};
use gimbal_control::{Refusal, Role, Roles, Terms};

use crate::change::{self, Presented, Target};
use crate::error::OracleError;
use crate::events::{ChangeApplied, RoleChange, RoleChanged};
use crate::instruction;
use crate::state::Change;

/// Accounts of the instructions that change a role.
#[event_cpi]
#[derive(Accounts)]
pub struct ChangeRole<'info> {
    /// The owner; for `accept_owner` the proposed one; for `renounce` who holds the role.
    pub signer: Signer<'info>,
    /// The feed or the book whose role changes.
    /// CHECK: loaded as a Feed or a Book of this program, by owner and discriminator.
    #[account(mut)]
    pub target: UncheckedAccount<'info>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> ChangeRole<'info> {
    /// The owner proposes its successor; the zero key withdraws a proposal.
    pub fn propose_owner(ctx: Context<'info, Self>, owner: Pubkey) -> Result<()> {
        let target = Target::of(ctx.accounts.target.as_ref())?;
        apply(&ctx, &target, None, RoleChange::OwnerProposed, owner, |roles, signer| roles.propose_owner(signer, owner))
    }

    /// The proposed owner accepts, which proves that it can sign.
    pub fn accept_owner(ctx: Context<'info, Self>) -> Result<()> {
        let target = Target::of(ctx.accounts.target.as_ref())?;
        let owner = ctx.accounts.signer.key();
        apply(&ctx, &target, None, RoleChange::OwnerAccepted, owner, |roles, signer| roles.accept_owner(signer))
    }

    /// - The owner names the curator; the zero key leaves the post empty, at once.
    /// - On a live account a new curator must have waited.
    pub fn set_curator(ctx: Context<'info, Self>, curator: Pubkey) -> Result<()> {
        let target = Target::of(ctx.accounts.target.as_ref())?;
        let applied = ctx.accounts.spend_change(&target, &instruction::SetCurator { curator }, |roles| {
            roles.curator_waits(&curator).then(|| Terms::of_curator(roles))
        })?;
        apply(&ctx, &target, applied, RoleChange::CuratorSet, curator, |roles, signer| {
            roles.set_curator(signer, curator)
        })
    }

    /// - The owner names the guardian; the zero key leaves the post empty. The first one is named at once.
    /// - On a live account the removal of the one in post must have waited.
    pub fn set_guardian(ctx: Context<'info, Self>, guardian: Pubkey) -> Result<()> {
        let target = Target::of(ctx.accounts.target.as_ref())?;
        let applied = ctx.accounts.spend_change(&target, &instruction::SetGuardian { guardian }, |roles| {
            roles.guardian_waits(&guardian).then(|| Terms::of_guardian(roles))
        })?;
        apply(&ctx, &target, applied, RoleChange::GuardianSet, guardian, |roles, signer| {
            roles.set_guardian(signer, guardian)
        })
    }

    /// Whoever holds a role gives it up for ever; the owner may give up the curator's as well, never the guardian's.
    pub fn renounce(ctx: Context<'info, Self>, role: u8) -> Result<()> {
        let target = Target::of(ctx.accounts.target.as_ref())?;
        let role = Role::from_number(role).map_err(OracleError::from)?;
        let what = match role {
            Role::Owner => RoleChange::OwnerRenounced,
            Role::Curator => RoleChange::CuratorRenounced,
            Role::Guardian => RoleChange::GuardianRenounced,
        };
        apply(&ctx, &target, None, what, Pubkey::default(), |roles, signer| roles.renounce(signer, role))
    }

    /// Spends the change presented if the owner's naming must have waited; `terms` says whether, and how.
    #[inline(never)]
    fn spend_change(
        &self,
        target: &Target,
        call: &impl InstructionData,
        terms: impl FnOnce(&Roles) -> Option<Terms>,
    ) -> Result<Option<ChangeApplied>> {
        let roles = target.roles()?;
        roles.require_owner(self.signer.key).map_err(OracleError::from)?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        match terms(&roles) {
            Some(terms) => change::require(target.is_live()?, self.target.key, presented, call, &terms, &Clock::get()?),
            None => Ok(None),
        }
    }
}

/// Applies one change of the roles and tells it.
fn apply<'info>(
    ctx: &Context<'info, ChangeRole<'info>>,
    target: &Target,
    applied: Option<ChangeApplied>,
    what: RoleChange,
    key: Pubkey,
    change: impl FnOnce(&mut Roles, &Pubkey) -> core::result::Result<(), Refusal>,
) -> Result<()> {
    let clock = Clock::get()?;
    let signer = ctx.accounts.signer.key();
    target.change_roles(|roles| Ok(change(roles, &signer).map_err(OracleError::from)?))?;
    if let Some(applied) = applied {
        emit_cpi!(applied);
    }
    emit_cpi!(RoleChanged {
        account: ctx.accounts.target.key(),
        slot: clock.slot,
        time: clock.unix_timestamp,
        by: signer,
        change: what,
        key,
    });
    Ok(())
}
