use anchor_lang::prelude::*;

use crate::error::VaultError;
use crate::events::GateSet;
use crate::state::Vault;

/// Accounts of `set_gate`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetGate<'info> {
    /// The owner; to put one list in another's place, also the curator.
    pub authority: Signer<'info>,
    /// The vault.
    #[account(mut)]
    pub vault: AccountLoader<'info, Vault>,
}

impl<'info> SetGate<'info> {
    /// - The owner closes and opens the gate; the curator may renew a list where there is one.
    /// - At once: who may pay in touches nobody's money. No exit ever looks at the list.
    /// - Whoever was admitted by another list is not by this one.
    pub fn handler(ctx: Context<'info, Self>, root: [u8; 32]) -> Result<()> {
        let clock = Clock::get()?;
        let authority = ctx.accounts.authority.key();
        {
            let mut vault = ctx.accounts.vault.load_mut()?;
            let renews = vault.gate_root != [0; 32] && root != [0; 32];
            let allowed =
                if renews { vault.roles.require_curator(&authority) } else { vault.roles.require_owner(&authority) };
            allowed.map_err(VaultError::from)?;
            vault.gate_root = root;
        }
        emit_cpi!(GateSet {
            vault: ctx.accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            authority,
            root,
        });
        Ok(ctx.accounts.vault.load()?.invariant()?)
    }
}
