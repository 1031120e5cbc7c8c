use anchor_lang::prelude::*;
use gimbal_control::{Direction, Refusal, Roles};

use crate::{
    error::RouterError,
    events::{PauseChanged, RoleChanged},
    state::Ledger,
};

/// Accounts of `propose_owner`, `accept_owner`, `set_curator` and `set_guardian`.
#[event_cpi]
#[derive(Accounts)]
pub struct ChangeRole<'info> {
    /// The owner; to accept, the proposed owner.
    pub authority: Signer<'info>,
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
}

impl<'info> ChangeRole<'info> {
    /// - The owner proposes; nothing changes until the proposed key accepts.
    pub fn propose_owner(ctx: Context<'info, Self>, owner: Pubkey) -> Result<()> {
        Self::change(ctx, |roles, signer| roles.propose_owner(signer, owner))
    }

    /// - Only the proposed key accepts.
    pub fn accept_owner(ctx: Context<'info, Self>) -> Result<()> {
        Self::change(ctx, |roles, signer| roles.accept_owner(signer))
    }

    /// - The owner names the curator; the zero key leaves the post empty.
    pub fn set_curator(ctx: Context<'info, Self>, curator: Pubkey) -> Result<()> {
        Self::change(ctx, |roles, signer| roles.set_curator(signer, curator))
    }

    /// - The owner names the guardian; the zero key leaves the post empty.
    pub fn set_guardian(ctx: Context<'info, Self>, guardian: Pubkey) -> Result<()> {
        Self::change(ctx, |roles, signer| roles.set_guardian(signer, guardian))
    }

    fn change(
        ctx: Context<'info, Self>,
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
