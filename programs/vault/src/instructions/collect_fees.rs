use anchor_lang::prelude::*;
use anchor_spl::token::Token;

use crate::error::VaultError;
use crate::events::FeesCollected;
use crate::state::Vault;
use crate::token;

/// Accounts of `collect_fees`.
#[event_cpi]
#[derive(Accounts)]
pub struct CollectFees<'info> {
    /// The vault.
    #[account(mut, has_one = share_mint @ VaultError::WrongShareMint)]
    pub vault: AccountLoader<'info, Vault>,
    /// The vault's share mint.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub share_mint: UncheckedAccount<'info>,
    /// A share account of the fee recipient.
    /// CHECK: its owner is checked here, its mint by the token program.
    #[account(mut)]
    pub recipient: UncheckedAccount<'info>,
    /// The SPL Token program, which the shares belong to.
    pub share_token_program: Program<'info, Token>,
}

impl<'info> CollectFees<'info> {
    /// - Anybody may; the shares go to an account that the fee recipient owns, whoever sends this.
    /// - All shares accrued as fees are minted; nobody's share is worth more or less than before.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (shares, recipient, escrow, signer) = {
            let mut vault = accounts.vault.load_mut()?;
            (vault.collect_fees()?, vault.fees.recipient, vault.escrow, vault.signer())
        };
        require_keys_neq!(accounts.recipient.key(), escrow, VaultError::DuplicateTokenAccount);
        require_keys_eq!(token::owner(&accounts.recipient)?, recipient, VaultError::FeeRecipientMismatch);
        token::mint_shares(&accounts.share_mint, &accounts.recipient, accounts.vault.as_ref(), &signer, shares.0)?;
        emit_cpi!(FeesCollected {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            recipient,
            account: accounts.recipient.key(),
            shares: shares.0,
        });
        Ok(accounts.vault.load()?.invariant()?)
    }
}
