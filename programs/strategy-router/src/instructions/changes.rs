use anchor_lang::prelude::*;
use gimbal_control::{queue, Creator};

use crate::{
    change,
    error::RouterError,
    events::{ChangeProposed, ChangeVetoed},
    state::{Change, Ledger, LineVenue},
};

/// Accounts of `propose_change`; for `approve_venue` the line's venue account follows.
#[event_cpi]
#[derive(Accounts)]
pub struct ProposeChange<'info> {
    /// The ledger's owner.
    pub owner: Signer<'info>,
    /// Pays the rent, and gets it back when the change is over.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The new change.
    /// CHECK: made here, at the address derived from the ledger and its next number.
    #[account(mut)]
    pub change: UncheckedAccount<'info>,
    /// Creates the account.
    pub system_program: Program<'info, System>,
}

impl<'info> ProposeChange<'info> {
    fn validate(&self) -> Result<()> {
        let ledger = self.ledger.load()?;
        Ok(ledger.roles.require_owner(self.owner.key).map_err(RouterError::from)?)
    }

    /// - Only the owner, and only an instruction that may wait, with arguments in their ranges.
    /// - The change is bound to what it replaces as that is now.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>, data: Vec<u8>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let key = accounts.ledger.key();
        let venue = accounts.venue(ctx.remaining_accounts)?;
        let (nonce, terms) = {
            let mut ledger = accounts.ledger.load_mut()?;
            let terms = change::terms_of(&data, &ledger, venue.as_ref())?;
            let nonce = ledger.change_nonce;
            ledger.change_nonce = nonce.checked_add(1).ok_or(RouterError::MathOverflow)?;
            (nonce, terms)
        };
        let funds = Creator { payer: accounts.payer.as_ref(), system_program: accounts.system_program.as_ref() };
        let proposed =
            queue::propose::<Change>(&funds, &accounts.change, (key, nonce), &data, &terms, clock.unix_timestamp)?;
        emit_cpi!(ChangeProposed {
            ledger: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            change: accounts.change.key(),
            nonce,
            ready_at: proposed.ready_at,
            expires_at: proposed.expires_at,
            data,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }

    /// The venue account of the ledger's own line that may follow.
    fn venue(&self, remaining: &'info [AccountInfo<'info>]) -> Result<Option<AccountLoader<'info, LineVenue>>> {
        let Some(account) = remaining.first() else { return Ok(None) };
        let venue = AccountLoader::<LineVenue>::try_from(account)?;
        require_keys_eq!(venue.load()?.ledger, self.ledger.key(), RouterError::ForeignAccount);
        Ok(Some(venue))
    }
}

/// Accounts of `veto_change`.
#[event_cpi]
#[derive(Accounts)]
pub struct VetoChange<'info> {
    /// The ledger's guardian or owner.
    pub authority: Signer<'info>,
    /// The ledger.
    pub ledger: AccountLoader<'info, Ledger>,
    /// The change.
    #[account(mut)]
    pub change: AccountLoader<'info, Change>,
}

impl<'info> VetoChange<'info> {
    /// - The guardian stops whatever waits but its own removal; the owner withdraws anything.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (key, by) = (accounts.ledger.key(), accounts.authority.key());
        queue::veto(&accounts.change, &key, &accounts.ledger.load()?.roles, &by, clock.unix_timestamp)?;
        emit_cpi!(ChangeVetoed {
            ledger: key,
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
