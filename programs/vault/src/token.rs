//! Calls to the token programs, and the little that the vault reads of their accounts.

use anchor_lang::prelude::*;
use anchor_spl::token::{self, Burn, MintTo, Transfer};
use anchor_spl::token_interface::{self, TransferChecked};
use gimbal_venue_wire::{token::Mint, WireError};

use crate::error::VaultError;
use crate::seeds::VaultSigner;

/// Where both token programs keep a token account's amount.
const AMOUNT: core::ops::Range<usize> = 64..72;
/// Where both token programs keep a token account's owner.
const OWNER: core::ops::Range<usize> = 32..64;

/// Decimals of a mint that can be a base asset, from its account's bytes.
///
/// A freeze authority is allowed: the largest stablecoins have one, and a frozen account of a holder blocks that holder
/// alone.
///
/// Which extensions one may have is said in [`gimbal_venue_wire::token`], for the router's mints as well.
///
/// # Errors
/// [`VaultError::UnsupportedMintExtension`]; Anchor's `AccountDidNotDeserialize` for bytes that are no mint.
#[inline(never)]
pub fn base_decimals(mint: &AccountInfo) -> Result<u8> {
    match Mint::parse(&mint.try_borrow_data()?) {
        Ok(mint) => Ok(mint.decimals),
        Err(WireError::UnsupportedExtension) => err!(VaultError::UnsupportedMintExtension),
        Err(_) => err!(ErrorCode::AccountDidNotDeserialize),
    }
}

/// What a token account holds now, read after every call that may have changed it.
///
/// # Errors
/// [`VaultError::MalformedTokenAccount`].
pub fn amount(account: &AccountInfo) -> Result<u64> {
    let data = account.try_borrow_data()?;
    let bytes = data.get(AMOUNT).and_then(|bytes| bytes.try_into().ok());
    Ok(u64::from_le_bytes(bytes.ok_or(VaultError::MalformedTokenAccount)?))
}

/// Who owns a token account.
///
/// # Errors
/// [`VaultError::MalformedTokenAccount`].
pub fn owner(account: &AccountInfo) -> Result<Pubkey> {
    let data = account.try_borrow_data()?;
    let bytes: Option<[u8; 32]> = data.get(OWNER).and_then(|bytes| bytes.try_into().ok());
    Ok(Pubkey::new_from_array(bytes.ok_or(VaultError::MalformedTokenAccount)?))
}

/// Mints `shares` to a token account of the share mint; the vault signs.
pub fn mint_shares<'info>(
    mint: &AccountInfo<'info>,
    recipient: &AccountInfo<'info>,
    vault: &AccountInfo<'info>,
    signer: &VaultSigner,
    shares: u64,
) -> Result<()> {
    let accounts = MintTo { mint: mint.clone(), to: recipient.clone(), authority: vault.clone() };
    token::mint_to(CpiContext::new_with_signer(token::ID, accounts, &[&signer.seeds()]), shares)
}

/// Burns `shares` out of a token account whose owner or delegate signed the transaction.
pub fn burn_shares<'info>(
    mint: &AccountInfo<'info>,
    source: &AccountInfo<'info>,
    holder: &AccountInfo<'info>,
    shares: u64,
) -> Result<()> {
    let accounts = Burn { mint: mint.clone(), from: source.clone(), authority: holder.clone() };
    token::burn(CpiContext::new(token::ID, accounts), shares)
}

/// Burns `shares` out of the escrow; the vault signs.
pub fn burn_escrowed_shares<'info>(
    mint: &AccountInfo<'info>,
    escrow: &AccountInfo<'info>,
    vault: &AccountInfo<'info>,
    signer: &VaultSigner,
    shares: u64,
) -> Result<()> {
    let accounts = Burn { mint: mint.clone(), from: escrow.clone(), authority: vault.clone() };
    token::burn(CpiContext::new_with_signer(token::ID, accounts, &[&signer.seeds()]), shares)
}

/// Moves `shares` into the escrow; the holder signed the transaction.
pub fn escrow_shares<'info>(
    source: &AccountInfo<'info>,
    escrow: &AccountInfo<'info>,
    holder: &AccountInfo<'info>,
    shares: u64,
) -> Result<()> {
    let accounts = Transfer { from: source.clone(), to: escrow.clone(), authority: holder.clone() };
    token::transfer(CpiContext::new(token::ID, accounts), shares)
}

/// Moves `shares` out of the escrow; the vault signs.
pub fn return_shares<'info>(
    escrow: &AccountInfo<'info>,
    destination: &AccountInfo<'info>,
    vault: &AccountInfo<'info>,
    signer: &VaultSigner,
    shares: u64,
) -> Result<()> {
    let accounts = Transfer { from: escrow.clone(), to: destination.clone(), authority: vault.clone() };
    token::transfer(CpiContext::new_with_signer(token::ID, accounts, &[&signer.seeds()]), shares)
}

/// A payment out of the claims account.
pub struct ClaimPayment<'a, 'info> {
    /// The claims account.
    pub claims: &'a AccountInfo<'info>,
    /// Any token account of the base mint.
    pub destination: &'a AccountInfo<'info>,
    /// The base mint.
    pub base_mint: &'a AccountInfo<'info>,
    /// Its decimals.
    pub decimals: u8,
    /// Its token program.
    pub token_program: Pubkey,
    /// The vault, which signs.
    pub vault: &'a AccountInfo<'info>,
}

impl ClaimPayment<'_, '_> {
    /// Sends exactly `assets` base units.
    pub fn send(self, assets: u64, signer: &VaultSigner) -> Result<()> {
        let accounts = TransferChecked {
            from: self.claims.clone(),
            mint: self.base_mint.clone(),
            to: self.destination.clone(),
            authority: self.vault.clone(),
        };
        let seeds = [&signer.seeds()[..]];
        let context = CpiContext::new_with_signer(self.token_program, accounts, &seeds);
        token_interface::transfer_checked(context, assets, self.decimals)
    }
}
