use anchor_lang::prelude::*;
use gimbal_control::Direction;

use crate::error::VaultError;
use crate::events::PauseChanged;
use crate::state::Vault;

/// Accounts of `pause` and `lift`.
#[event_cpi]
#[derive(Accounts)]
pub struct ChangePause<'info> {
    /// Who may: see each instruction.
    pub authority: Signer<'info>,
    /// The vault.
    #[account(mut)]
    pub vault: AccountLoader<'info, Vault>,
}

impl<'info> ChangePause<'info> {
    /// - The guardian, the curator or the owner signs.
    /// - Deposits for fourteen days at most, which may be renewed; instant exits for three, and not again for three after.
    /// - Tickets, claims and cancels are never paused.
    pub fn pause(ctx: Context<'info, Self>, direction: Direction) -> Result<()> {
        let clock = Clock::get()?;
        let authority = ctx.accounts.authority.key();
        let (direction, until) = {
            let mut vault = ctx.accounts.vault.load_mut()?;
            vault.roles.require_guardian(&authority).map_err(VaultError::from)?;
            let number = number_of(direction)?;
            vault.pauses.pause(direction, clock.unix_timestamp).map_err(VaultError::from)?;
            (number, vault.paused_until(direction))
        };
        emit_cpi!(PauseChanged {
            vault: ctx.accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            direction,
            authority,
            until,
        });
        Ok(ctx.accounts.vault.load()?.invariant()?)
    }

    /// - The curator or the owner signs: a guardian may stop, not start.
    /// - The direction is open at once; a cooldown that was started goes on.
    pub fn lift(ctx: Context<'info, Self>, direction: Direction) -> Result<()> {
        let clock = Clock::get()?;
        let authority = ctx.accounts.authority.key();
        let (direction, until) = {
            let mut vault = ctx.accounts.vault.load_mut()?;
            vault.roles.require_curator(&authority).map_err(VaultError::from)?;
            let number = number_of(direction)?;
            vault.pauses.lift(direction, clock.unix_timestamp);
            (number, vault.paused_until(direction))
        };
        emit_cpi!(PauseChanged {
            vault: ctx.accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            direction,
            authority,
            until,
        });
        Ok(ctx.accounts.vault.load()?.invariant()?)
    }
}

/// The direction's number in events.
fn number_of(direction: Direction) -> Result<u8> {
    match direction {
        Direction::Deposits => Ok(0),
        Direction::InstantExits => Ok(1),
        Direction::NewMoney => err!(VaultError::UnknownDirection),
    }
}
