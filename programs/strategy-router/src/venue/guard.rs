//! What must be true of the router's own token accounts, read from their bytes: after every call of another program,
//! since nothing that was read before it can be trusted.

use anchor_lang::prelude::*;
use anchor_lang::Ids;
use anchor_spl::{
    token_2022::spl_token_2022::{
        extension::{BaseStateWithExtensions, ExtensionType, StateWithExtensions},
        state::Mint,
    },
    token_interface::TokenInterface,
};
use gimbal_venue_wire::field::Plain;

use crate::error::RouterError;

/// Bytes of a token account without extensions (spl-token `Account::LEN`).
const LEN: usize = 165;
const MINT: usize = 0;
const OWNER: usize = 32;
const AMOUNT: usize = 64;
const DELEGATE_TAG: usize = 72;
const STATE: usize = 108;
const CLOSE_AUTHORITY_TAG: usize = 129;
/// `AccountState::Initialized`.
const INITIALIZED: u8 = 1;

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
    let holding = read(account)?;
    let data = account.try_borrow_data()?;
    let alone = Pubkey::read(&data, OWNER) == *ledger
        && u32::read(&data, DELEGATE_TAG) == 0
        && u32::read(&data, CLOSE_AUTHORITY_TAG) == 0;
    require!(alone, RouterError::ForeignAuthorityOnTokenAccount);
    Ok(holding)
}

/// Reads a token account of anybody.
///
/// # Errors
/// [`RouterError::MintMismatch`] when it is no token account, or not initialised, or frozen.
pub fn read(account: &AccountInfo) -> Result<Holding> {
    require!(TokenInterface::ids().contains(account.owner), RouterError::MintMismatch);
    let data = account.try_borrow_data()?;
    // A Token-2022 mint with extensions is longer than an account, too; its type byte follows the base at 165.
    let is_account = data.len() == LEN || data.get(LEN) == Some(&2);
    require!(is_account && u8::read(&data, STATE) == INITIALIZED, RouterError::MintMismatch);
    Ok(Holding { mint: Pubkey::read(&data, MINT), amount: u64::read(&data, AMOUNT) })
}

/// Token-2022 extensions of a mint that change neither amounts nor hands.
const SAFE_EXTENSIONS: [ExtensionType; 4] = [
    ExtensionType::MetadataPointer,
    ExtensionType::TokenMetadata,
    ExtensionType::GroupPointer,
    ExtensionType::GroupMemberPointer,
];

/// The mint has no extension but those on the list; a list of what is refused would miss the next one.
///
/// # Errors
/// [`RouterError::UnsupportedMint`].
pub fn require_plain_mint(mint: &AccountInfo) -> Result<()> {
    if *mint.owner == anchor_spl::token::ID {
        return Ok(());
    }
    let data = mint.try_borrow_data()?;
    let state = StateWithExtensions::<Mint>::unpack(&data)?;
    let extensions = state.get_extension_types()?;
    require!(extensions.iter().all(|extension| SAFE_EXTENSIONS.contains(extension)), RouterError::UnsupportedMint);
    Ok(())
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
