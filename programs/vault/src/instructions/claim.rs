use anchor_lang::prelude::*;

use crate::error::VaultError;
use crate::events::Claimed;
use crate::state::{Ticket, Vault};
use crate::token::{self, ClaimPayment};

/// Accounts of `claim`.
#[event_cpi]
#[derive(Accounts)]
pub struct Claim<'info> {
    /// Owner of the ticket; receives its rent when it is spent.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// The vault.
    #[account(
        mut,
        has_one = base_mint @ VaultError::WrongBaseMint,
        has_one = base_token_program @ VaultError::WrongTokenProgram,
        has_one = claims @ VaultError::WrongClaims,
    )]
    pub vault: AccountLoader<'info, Vault>,
    /// The ticket.
    #[account(mut, has_one = vault @ VaultError::WrongVault, has_one = owner @ VaultError::NotTicketOwner)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Mint of the base asset.
    /// CHECK: pinned in the vault.
    pub base_mint: UncheckedAccount<'info>,
    /// Token account of what filled tickets may claim.
    /// CHECK: pinned in the vault.
    #[account(mut)]
    pub claims: UncheckedAccount<'info>,
    /// Base token account that receives; anybody's, except the claims account itself.
    /// CHECK: the token program checks its mint.
    #[account(mut, constraint = destination.key() != claims.key() @ VaultError::DuplicateTokenAccount)]
    pub destination: UncheckedAccount<'info>,
    /// Token program of the base mint.
    /// CHECK: pinned in the vault.
    pub base_token_program: UncheckedAccount<'info>,
}

impl<'info> Claim<'info> {
    /// - Only the ticket's owner claims, to any token account of the base asset.
    /// - All that was paid and not yet claimed goes out, once.
    /// - A spent ticket is closed.
    /// - Nothing but the token program stands in the way.
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let clock = Clock::get()?;
        let (assets, sequence, closed) = {
            let mut ticket = accounts.ticket.load_mut()?;
            let assets = ticket.claim()?;
            ticket.invariant()?;
            (assets, ticket.sequence, ticket.is_spent())
        };
        let (signer, decimals) = {
            let mut vault = accounts.vault.load_mut()?;
            vault.claimed(assets)?;
            (vault.signer(), vault.base_decimals)
        };
        if !assets.is_zero() {
            let payment = ClaimPayment {
                claims: &accounts.claims,
                destination: &accounts.destination,
                base_mint: &accounts.base_mint,
                decimals,
                token_program: accounts.base_token_program.key(),
                vault: accounts.vault.as_ref(),
            };
            payment.send(assets.0, &signer)?;
        }
        if closed {
            accounts.ticket.close(accounts.owner.to_account_info())?;
        }

        emit_cpi!(Claimed {
            vault: accounts.vault.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            ticket: accounts.ticket.key(),
            sequence,
            owner: accounts.owner.key(),
            destination: accounts.destination.key(),
            assets: assets.0,
            closed,
        });
        let vault = accounts.vault.load()?;
        require_gte!(token::amount(&accounts.claims)?, vault.claims_owed, VaultError::InvariantBroken);
        Ok(vault.invariant()?)
    }
}
