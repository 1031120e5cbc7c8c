//! Token calls: by the caller's signature, or by the market's authority.

use anchor_lang::prelude::*;
use anchor_spl::{
    token_2022,
    token_interface::{self, Mint, TokenAccount},
};

use crate::seeds::LENDING_MARKET_AUTHORITY_SEED;

/// The market authority's signature.
pub struct MarketSigner {
    /// The market.
    pub market: Pubkey,
    /// Bump of the authority's address.
    pub bump: u8,
}

impl MarketSigner {
    fn sign<T>(&self, f: impl FnOnce(&[&[&[u8]]]) -> Result<T>) -> Result<T> {
        f(&[&[LENDING_MARKET_AUTHORITY_SEED, self.market.as_ref(), &[self.bump]]])
    }
}

/// One asset's mint and token program.
pub struct Asset<'a, 'info> {
    /// The mint.
    pub mint: &'a InterfaceAccount<'info, Mint>,
    /// Its token program.
    pub program: Pubkey,
}

impl<'info> Asset<'_, 'info> {
    fn transfer_accounts(
        &self,
        from: &InterfaceAccount<'info, TokenAccount>,
        to: &InterfaceAccount<'info, TokenAccount>,
        authority: AccountInfo<'info>,
    ) -> token_2022::TransferChecked<'info> {
        token_2022::TransferChecked {
            from: from.to_account_info(),
            mint: self.mint.to_account_info(),
            to: to.to_account_info(),
            authority,
        }
    }

    /// Moves `amount` by the signature of `authority`.
    pub fn pull(
        &self,
        from: &InterfaceAccount<'info, TokenAccount>,
        to: &InterfaceAccount<'info, TokenAccount>,
        authority: AccountInfo<'info>,
        amount: u64,
    ) -> Result<()> {
        let accounts = self.transfer_accounts(from, to, authority);
        token_interface::transfer_checked(CpiContext::new(self.program, accounts), amount, self.mint.decimals)
    }

    /// Moves `amount` by the market's signature.
    pub fn push(
        &self,
        from: &InterfaceAccount<'info, TokenAccount>,
        to: &InterfaceAccount<'info, TokenAccount>,
        authority: AccountInfo<'info>,
        signer: &MarketSigner,
        amount: u64,
    ) -> Result<()> {
        let accounts = self.transfer_accounts(from, to, authority);
        signer.sign(|seeds| {
            let context = CpiContext::new_with_signer(self.program, accounts, seeds);
            token_interface::transfer_checked(context, amount, self.mint.decimals)
        })
    }

    /// Mints `amount` by the market's signature.
    pub fn mint_to(
        &self,
        to: &InterfaceAccount<'info, TokenAccount>,
        authority: AccountInfo<'info>,
        signer: &MarketSigner,
        amount: u64,
    ) -> Result<()> {
        let accounts = token_2022::MintTo { mint: self.mint.to_account_info(), to: to.to_account_info(), authority };
        signer
            .sign(|seeds| token_interface::mint_to(CpiContext::new_with_signer(self.program, accounts, seeds), amount))
    }

    /// Burns `amount` by the signature of `authority`.
    pub fn burn(
        &self,
        from: &InterfaceAccount<'info, TokenAccount>,
        authority: AccountInfo<'info>,
        amount: u64,
    ) -> Result<()> {
        let accounts = token_2022::Burn { mint: self.mint.to_account_info(), from: from.to_account_info(), authority };
        token_interface::burn(CpiContext::new(self.program, accounts), amount)
    }
}
