use anchor_lang::prelude::*;
use gimbal_control::{queue, Creator};

use crate::change::Target;
use crate::error::OracleError;
use crate::events::{ChangeProposed, ChangeVetoed};
use crate::state::Change;

/// Accounts of `propose_change`.
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeChange<'info> {
    /// The owner of the feed or the book.
    pub owner: Signer<'info>,
    /// Pays the rent, and gets it back when the change is over.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The feed or the book.
    /// CHECK: loaded as a Feed or a Book of this program, by owner and discriminator.
    #[account(mut)]
    pub target: UncheckedAccount<'info>,
    /// The new change.
    /// CHECK: made here, at the address derived from the target and its next number.
    #[account(mut)]
    pub change: UncheckedAccount<'info>,
    /// Creates the account.
    pub system_program: Program<'info, System>,
}

impl<'info> ProposeChange<'info> {
    /// - The owner signs; only an instruction that may wait, with arguments in their ranges.
    /// - The change is bound to what it replaces as that is now.
    pub fn handler(ctx: Context<'info, Self>, data: Vec<u8>) -> Result<()> {
        let accounts = &*ctx.accounts;
        let clock = Clock::get()?;
        let key = accounts.target.key();
        let target = Target::of(accounts.target.as_ref())?;
        target.roles()?.require_owner(accounts.owner.key).map_err(OracleError::from)?;
        let terms = target.terms_of(&data)?;
        let nonce = target.take_nonce()?;
        let funds = Creator { payer: accounts.payer.as_ref(), system_program: accounts.system_program.as_ref() };
        let proposed =
            queue::propose::<Change>(&funds, &accounts.change, (key, nonce), &data, &terms, clock.unix_timestamp)?;
        emit_cpi!(ChangeProposed {
            target: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            change: accounts.change.key(),
            nonce,
            ready_at: proposed.ready_at,
            expires_at: proposed.expires_at,
            data,
        });
        Ok(())
    }
}

/// Accounts of `veto_change`.
#[event_cpi]
#[derive(Accounts)]
pub struct VetoChange<'info> {
    /// Guardian or owner of the feed or the book.
    pub authority: Signer<'info>,
    /// The feed or the book.
    /// CHECK: loaded as a Feed or a Book of this program, by owner and discriminator.
    pub target: UncheckedAccount<'info>,
    /// The change.
    #[account(mut)]
    pub change: AccountLoader<'info, Change>,
}

impl<'info> VetoChange<'info> {
    /// - The guardian stops whatever waits but its own removal; the owner withdraws anything.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &*ctx.accounts;
        let clock = Clock::get()?;
        let (key, by) = (accounts.target.key(), accounts.authority.key());
        let roles = Target::of(accounts.target.as_ref())?.roles()?;
        queue::veto(&accounts.change, &key, &roles, &by, clock.unix_timestamp)?;
        emit_cpi!(ChangeVetoed {
            target: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            change: accounts.change.key(),
            by,
        });
        Ok(())
    }
}

/// Accounts of `close_change`.
#[derive(Accounts)]
pub struct CloseChange<'info> {
    /// The change.
    #[account(mut, close = payer)]
    pub change: AccountLoader<'info, Change>,
    /// Who paid the change's rent.
    /// CHECK: must be the recorded one.
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl<'info> CloseChange<'info> {
    /// - Anybody closes a change of which nothing can come any more; its rent goes back to who paid it.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let Self { change, payer } = ctx.accounts;
        queue::require_closable(change, payer.key, Clock::get()?.unix_timestamp)?;
        Ok(())
    }
}
