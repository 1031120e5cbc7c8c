use anchor_lang::prelude::*;

use crate::error::VaultError;
use crate::events::LookupTableSet;
use crate::state::Vault;

/// Accounts of `set_lookup_table`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetLookupTable<'info> {
    /// The curator or the owner.
    pub authority: Signer<'info>,
    /// The vault.
    #[account(mut)]
    pub vault: AccountLoader<'info, Vault>,
}

impl<'info> SetLookupTable<'info> {
    /// - The curator or the owner signs.
    /// - At once: a table only shortens messages. Clients compile the very addresses that they need against what the table
    ///   holds; one that holds none of them, or is none, makes their messages longer and nothing else.
    pub fn handler(ctx: Context<'info, Self>, table: Pubkey) -> Result<()> {
        let clock = Clock::get()?;
        let authority = ctx.accounts.authority.key();
        {
            let mut vault = ctx.accounts.vault.load_mut()?;
            vault.roles.require_curator(&authority).map_err(VaultError::from)?;
            vault.lookup_table = table;
        }
        emit_cpi!(LookupTableSet {
            vault: ctx.accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            authority,
            table,
        });
        Ok(ctx.accounts.vault.load()?.invariant()?)
    }
}
