use anchor_lang::prelude::*;
use gimbal_control::{Refusal, Roles};

use crate::error::VaultError;
use crate::events::RoleChanged;
use crate::state::Vault;

/// Numbers of the roles in events.
const OWNER: u8 = 0;
const PENDING_OWNER: u8 = 1;
const CURATOR: u8 = 2;
const GUARDIAN: u8 = 3;

/// Accounts of `propose_owner`, `accept_owner`, `set_curator` and `set_guardian`.
#[event_cpi]
#[derive(Accounts)]
pub struct ChangeRole<'info> {
    /// The owner, or the proposed owner who accepts.
    pub authority: Signer<'info>,
    /// The vault.
    #[account(mut)]
    pub vault: AccountLoader<'info, Vault>,
}

impl<'info> ChangeRole<'info> {
    /// - The owner signs.
    /// - Nothing changes until the proposed key accepts; the zero key withdraws a proposal.
    pub fn propose_owner(ctx: Context<'info, Self>, next: Pubkey) -> Result<()> {
        change(ctx, PENDING_OWNER, |roles| &roles.pending_owner, |roles, signer| roles.propose_owner(signer, next))
    }

    /// - The proposed owner signs, which proves that it can.
    pub fn accept_owner(ctx: Context<'info, Self>) -> Result<()> {
        change(ctx, OWNER, |roles| &roles.owner, |roles, signer| roles.accept_owner(signer))
    }

    /// - The owner signs; the zero key leaves the post empty.
    pub fn set_curator(ctx: Context<'info, Self>, curator: Pubkey) -> Result<()> {
        change(ctx, CURATOR, |roles| &roles.curator, |roles, signer| roles.set_curator(signer, curator))
    }

    /// - The owner signs; the zero key leaves the post empty.
    pub fn set_guardian(ctx: Context<'info, Self>, guardian: Pubkey) -> Result<()> {
        change(ctx, GUARDIAN, |roles| &roles.guardian, |roles, signer| roles.set_guardian(signer, guardian))
    }
}

/// Applies one change, and says who held the role before and holds it now.
fn change<'info>(
    ctx: Context<'info, ChangeRole<'info>>,
    role: u8,
    holder: fn(&Roles) -> &Pubkey,
    apply: impl FnOnce(&mut Roles, &Pubkey) -> core::result::Result<(), Refusal>,
) -> Result<()> {
    let clock = Clock::get()?;
    let (previous, current) = {
        let mut vault = ctx.accounts.vault.load_mut()?;
        let previous = *holder(&vault.roles);
        apply(&mut vault.roles, ctx.accounts.authority.key).map_err(VaultError::from)?;
        (previous, *holder(&vault.roles))
    };
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
