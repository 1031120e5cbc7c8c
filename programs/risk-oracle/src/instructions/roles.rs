//! `propose_owner`, `accept_owner`, `set_curator`, `set_guardian`: the same on a feed and on a book.

use anchor_lang::prelude::*;
use gimbal_control::{Refusal, Roles};

use crate::error::OracleError;
use crate::events::{RoleChange, RoleChanged};
use crate::state::{Book, Feed};

/// Accounts of the instructions that change a role.
#[event_cpi]
#[derive(Accounts)]
pub struct ChangeRole<'info> {
    /// The owner; for `accept_owner` the proposed one.
    pub signer: Signer<'info>,
    /// The feed or the book whose role changes.
    /// CHECK: loaded as a Feed or a Book of this program, by owner and discriminator.
    #[account(mut)]
    pub target: UncheckedAccount<'info>,
}

impl<'info> ChangeRole<'info> {
    /// Changes the roles of whichever account the target is.
    fn change(
        target: &'info AccountInfo<'info>,
        change: impl FnOnce(&mut Roles) -> core::result::Result<(), Refusal>,
    ) -> Result<()> {
        if let Ok(feed) = AccountLoader::<Feed>::try_from(target) {
            let mut feed = feed.load_mut()?;
            change(&mut feed.roles).map_err(OracleError::from)?;
            return feed.invariant();
        }
        if let Ok(book) = AccountLoader::<Book>::try_from(target) {
            let mut book = book.load_mut()?;
            change(&mut book.roles).map_err(OracleError::from)?;
            return book.invariant();
        }
        err!(OracleError::NotFeedOrBook)
    }

    fn change_and_tell(
        ctx: Context<'info, Self>,
        what: RoleChange,
        key: Pubkey,
        change: impl FnOnce(&mut Roles, &Pubkey) -> core::result::Result<(), Refusal>,
    ) -> Result<()> {
        let clock = Clock::get()?;
        let signer = ctx.accounts.signer.key();
        Self::change(ctx.accounts.target.as_ref(), |roles| change(roles, &signer))?;
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

    /// The owner proposes its successor; the zero key withdraws a proposal.
    pub fn propose_owner(ctx: Context<'info, Self>, owner: Pubkey) -> Result<()> {
        Self::change_and_tell(ctx, RoleChange::OwnerProposed, owner, |roles, signer| roles.propose_owner(signer, owner))
    }

    /// The proposed owner accepts, which proves that it can sign.
    pub fn accept_owner(ctx: Context<'info, Self>) -> Result<()> {
        let owner = ctx.accounts.signer.key();
        Self::change_and_tell(ctx, RoleChange::OwnerAccepted, owner, |roles, signer| roles.accept_owner(signer))
    }

    /// The owner names the curator; the zero key leaves the post empty.
    pub fn set_curator(ctx: Context<'info, Self>, curator: Pubkey) -> Result<()> {
        Self::change_and_tell(ctx, RoleChange::CuratorSet, curator, |roles, signer| roles.set_curator(signer, curator))
    }

    /// The owner names the guardian; the zero key leaves the post empty.
    pub fn set_guardian(ctx: Context<'info, Self>, guardian: Pubkey) -> Result<()> {
        Self::change_and_tell(ctx, RoleChange::GuardianSet, guardian, |roles, signer| {
            roles.set_guardian(signer, guardian)
        })
    }
}
