use anchor_lang::{prelude::*, InstructionData};
use gimbal_control::{Direction, Refusal, Role, Roles, Terms};

use crate::{
    change::{self, Presented},
    error::RouterError,
    events::{ChangeApplied, PauseChanged, RoleChanged},
    instruction,
    state::{Change, Ledger},
};

/// Accounts of `propose_owner`, `accept_owner`, `set_curator`, `set_guardian` and `renounce`.
#[event_cpi]
#[derive(Accounts)]
pub struct ChangeRole<'info> {
    /// The owner; to accept, the proposed owner; to renounce, who holds the role.
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

impl<'info> ChangeRole<'info> {
    /// - The owner proposes; nothing changes until the proposed key accepts.
    pub fn propose_owner(ctx: Context<'info, Self>, owner: Pubkey) -> Result<()> {
        Self::change(ctx, None, |roles, signer| roles.propose_owner(signer, owner))
    }

    /// - Only the proposed key accepts.
    pub fn accept_owner(ctx: Context<'info, Self>) -> Result<()> {
        Self::change(ctx, None, |roles, signer| roles.accept_owner(signer))
    }

    /// - The owner names the curator; the zero key leaves the post empty.
    /// - On a live ledger a new curator must have waited.
    pub fn set_curator(ctx: Context<'info, Self>, curator: Pubkey) -> Result<()> {
        let applied = ctx.accounts.spend_change(&instruction::SetCurator { curator }, |roles| {
            roles.curator_waits(&curator).then(|| Terms::of_curator(roles))
        })?;
        Self::change(ctx, applied, |roles, signer| roles.set_curator(signer, curator))
    }

    /// - The owner names the guardian; the zero key leaves the post empty.
    /// - On a live ledger the removal of the one in post must have waited.
    pub fn set_guardian(ctx: Context<'info, Self>, guardian: Pubkey) -> Result<()> {
        let applied = ctx.accounts.spend_change(&instruction::SetGuardian { guardian }, |roles| {
            roles.guardian_waits(&guardian).then(|| Terms::of_guardian(roles))
        })?;
        Self::change(ctx, applied, |roles, signer| roles.set_guardian(signer, guardian))
    }

    /// - Whoever holds a role gives it up for ever; the owner may give up the curator's as well, and never the guardian's.
    pub fn renounce(ctx: Context<'info, Self>, role: u8) -> Result<()> {
        let role = Role::from_number(role).map_err(RouterError::from)?;
        Self::change(ctx, None, |roles, signer| roles.renounce(signer, role))
    }

    /// Spends the change presented if the owner's naming must have waited; `terms` says whether, and how.
    #[inline(never)]
    fn spend_change(
        &self,
        call: &impl InstructionData,
        terms: impl FnOnce(&Roles) -> Option<Terms>,
    ) -> Result<Option<ChangeApplied>> {
        let ledger = self.ledger.load()?;
        ledger.roles.require_owner(self.authority.key).map_err(RouterError::from)?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        match terms(&ledger.roles) {
            Some(terms) => {
                change::require(ledger.is_live(), &self.ledger.key(), presented, call, &terms, &Clock::get()?)
            }
            None => Ok(None),
        }
    }

    fn change(
        ctx: Context<'info, Self>,
        applied: Option<ChangeApplied>,
        change: impl FnOnce(&mut Roles, &Pubkey) -> core::result::Result<(), Refusal>,
    ) -> Result<()> {
        let clock = Clock::get()?;
        let by = ctx.accounts.authority.key();
        let roles = {
            let mut ledger = ctx.accounts.ledger.load_mut()?;
            change(&mut ledger.roles, &by).map_err(RouterError::from)?;
            ledger.invariant()?;
            ledger.roles
        };
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(RoleChanged {
            ledger: ctx.accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by,
            owner: roles.owner,
            pending_owner: roles.pending_owner,
            curator: roles.curator,
            guardian: roles.guardian,
        });
        Ok(())
    }
}

/// Accounts of `pause` and `lift`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetPause<'info> {
    /// To pause: guardian, curator or owner. To lift: curator or owner.
    pub authority: Signer<'info>,
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

impl<'info> SetPause<'info> {
    /// - Anybody who may reduce risk stops new money, at once; recalls and payments go on.
    pub fn pause(ctx: Context<'info, Self>, direction: Direction) -> Result<()> {
        Self::change(ctx, direction, true)
    }

    /// - Curator or owner let new money in again.
    pub fn lift(ctx: Context<'info, Self>, direction: Direction) -> Result<()> {
        Self::change(ctx, direction, false)
    }

    fn change(ctx: Context<'info, Self>, direction: Direction, paused: bool) -> Result<()> {
        require!(direction == Direction::NewMoney, RouterError::DirectionNotUsed);
        let clock = Clock::get()?;
        let by = ctx.accounts.authority.key();
        {
            let mut ledger = ctx.accounts.ledger.load_mut()?;
            if paused {
                ledger.roles.require_guardian(&by).map_err(RouterError::from)?;
                ledger.pauses.pause(direction, clock.unix_timestamp).map_err(RouterError::from)?;
            } else {
                ledger.roles.require_curator(&by).map_err(RouterError::from)?;
                ledger.pauses.lift(direction, clock.unix_timestamp);
            }
            ledger.invariant()?;
        }
        emit_cpi!(PauseChanged {
            ledger: ctx.accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by,
            direction,
            paused,
        });
        Ok(())
    }
}
