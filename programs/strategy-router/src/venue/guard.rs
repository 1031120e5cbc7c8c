//! What must be true of the router's own token accounts, read from their bytes: after every call of another program,
//! since nothing that was read before it can be trusted.

use anchor_lang::prelude::*;
use anchor_lang::Ids;
use anchor_spl::token_interface::TokenInterface;
use gimbal_venue_wire::{
    token::{Mint, TokenAccountView},
    WireError,
};

use crate::error::RouterError;

/// A token account's mint and amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The mint.
    pub mint: Pubkey,
    /// Smallest units.
    pub amount: u64,
}

/// Reads a token account that must be the ledger's alone: owned by one of the two token programs, with the ledger as
/// authority, initialised and not frozen, without delegate and without close authority.
///
/// # Errors
/// [`RouterError::ForeignAuthorityOnTokenAccount`], [`RouterError::MintMismatch`] when it is no token account.
pub fn held_alone(account: &AccountInfo, ledger: &Pubkey) -> Result<Holding> {
    require!(TokenInterface::ids().contains(account.owner), RouterError::MintMismatch);
    let data = account.try_borrow_data()?;
    let token = TokenAccountView::parse(&data).map_err(|_| RouterError::MintMismatch)?;
    let alone = token.owner() == *ledger && !token.has_delegate() && !token.has_close_authority();
    require!(alone, RouterError::ForeignAuthorityOnTokenAccount);
    Ok(Holding { mint: token.mint(), amount: token.amount() })
}

/// Reads a token account of anybody.
///
/// # Errors
/// [`RouterError::MintMismatch`] when it is no token account, or not initialised, or frozen.
pub fn read(account: &AccountInfo) -> Result<Holding> {
    require!(TokenInterface::ids().contains(account.owner), RouterError::MintMismatch);
    let data = account.try_borrow_data()?;
    let token = TokenAccountView::parse(&data).map_err(|_| RouterError::MintMismatch)?;
    Ok(Holding { mint: token.mint(), amount: token.amount() })
}

/// The mint has no extension but those on the list of [`gimbal_venue_wire::token`], which the vault's base asset is held
/// to as well.
///
/// # Errors
/// [`RouterError::UnsupportedMint`]; [`RouterError::MintMismatch`] when it is no mint.
pub fn require_plain_mint(mint: &AccountInfo) -> Result<()> {
    require!(TokenInterface::ids().contains(mint.owner), RouterError::MintMismatch);
    match Mint::parse(&mint.try_borrow_data()?) {
        Ok(_) => Ok(()),
        Err(WireError::UnsupportedExtension) => err!(RouterError::UnsupportedMint),
        Err(_) => err!(RouterError::MintMismatch),
    }
}

/// The account grew by exactly `amount`.
///
/// # Errors
/// [`RouterError::UnexpectedBalanceChange`].
pub fn require_grown(before: u64, after: u64, amount: u64) -> Result<()> {
    require!(after.checked_sub(before) == Some(amount), RouterError::UnexpectedBalanceChange);
    Ok(())
}

/// The account fell by exactly `amount`.
///
/// # Errors
/// [`RouterError::UnexpectedBalanceChange`].
pub fn require_fallen(before: u64, after: u64, amount: u64) -> Result<()> {
    require!(before.checked_sub(after) == Some(amount), RouterError::UnexpectedBalanceChange);
    Ok(())
}
