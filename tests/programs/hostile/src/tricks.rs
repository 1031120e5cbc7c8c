//! The single moves that the thief's instructions are made of.

use anchor_lang::{
    prelude::*,
    solana_program::{
        entrypoint::ProgramResult,
        instruction::Instruction,
        program::{invoke, invoke_signed},
        program_error::ProgramError,
    },
};
use anchor_spl::token::spl_token::instruction as token_instruction;

/// Seed, with the market, of the PDA that owns the supply account and may mint receipts: klend's own.
pub const AUTHORITY_SEED: &[u8] = b"lma";

/// How the venue misbehaves.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// Plays fair, so that a position exists to be robbed.
    Honest = 0,
    /// Takes the deposit and gives no receipts.
    KeepTheMoney = 1,
    /// Takes one unit more than it was told to.
    TakeMore = 2,
    /// Makes itself the delegate of the cash account.
    Approve = 3,
    /// Makes itself the close authority of the cash account.
    SetCloseAuthority = 4,
    /// Plays fair, and makes itself the delegate of the receipts.
    ApproveReceipts = 5,
    /// Calls back into the program that stands in the market's place.
    ReEnter = 6,
    /// Burns the receipts and pays nothing.
    KeepTheReceipts = 7,
    /// Gives [`SHAVE_BPS`] too few receipts, and pays as much too little.
    Shave = 8,
    /// Makes itself the owner of the cash account.
    SetOwner = 9,
    /// Makes the key in the market's place the delegate of what stands in the supply account's place, and takes nothing.
    ApproveSupply = 10,
}

/// What [`Trick::Shave`] keeps, basis points.
pub const SHAVE_BPS: u64 = 5;

impl Trick {
    const ALL: [Trick; 11] = [
        Trick::Honest,
        Trick::KeepTheMoney,
        Trick::TakeMore,
        Trick::Approve,
        Trick::SetCloseAuthority,
        Trick::ApproveReceipts,
        Trick::ReEnter,
        Trick::KeepTheReceipts,
        Trick::Shave,
        Trick::SetOwner,
        Trick::ApproveSupply,
    ];

    /// The trick that a reserve account asks for in its last byte.
    pub fn of(reserve: &AccountInfo) -> core::result::Result<Self, ProgramError> {
        let data = reserve.try_borrow_data()?;
        let wanted = data.last().ok_or(ProgramError::InvalidAccountData)?;
        Self::ALL.into_iter().find(|t| *t as u8 == *wanted).ok_or(ProgramError::InvalidAccountData)
    }
}

/// The PDA that owns the supply account of a market and may mint its receipts.
pub fn authority(market: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[AUTHORITY_SEED, market.as_ref()], &crate::ID)
}

/// What is left of `amount` after the shave.
pub fn shaved(amount: u64) -> u64 {
    amount.saturating_sub(amount / 10_000 * SHAVE_BPS)
}

/// The market's side: its authority's account and the market's key, a seed of it.
#[derive(Clone, Copy)]
pub struct Authority<'a, 'info> {
    /// The account.
    pub account: &'a AccountInfo<'info>,
    /// The market.
    pub market: &'a AccountInfo<'info>,
}

impl Authority<'_, '_> {
    fn sign(&self, instruction: &Instruction, accounts: &[AccountInfo]) -> ProgramResult {
        let (_, bump) = authority(self.market.key);
        invoke_signed(instruction, accounts, &[&[AUTHORITY_SEED, self.market.key.as_ref(), &[bump]]])
    }
}

/// Moves tokens with the signature that the caller lent.
pub fn take<'a>(
    token: &AccountInfo<'a>,
    from: &AccountInfo<'a>,
    to: &AccountInfo<'a>,
    owner: &AccountInfo<'a>,
    amount: u64,
) -> ProgramResult {
    let instruction = token_instruction::transfer(token.key, from.key, to.key, owner.key, &[], amount)?;
    invoke(&instruction, &[from.clone(), to.clone(), owner.clone(), token.clone()])
}

/// Pays out of the supply account.
pub fn pay<'a>(
    token: &AccountInfo<'a>,
    from: &AccountInfo<'a>,
    to: &AccountInfo<'a>,
    authority: Authority<'_, 'a>,
    amount: u64,
) -> ProgramResult {
    let instruction = token_instruction::transfer(token.key, from.key, to.key, authority.account.key, &[], amount)?;
    authority.sign(&instruction, &[from.clone(), to.clone(), authority.account.clone(), token.clone()])
}

/// Mints receipts.
pub fn mint<'a>(
    token: &AccountInfo<'a>,
    mint: &AccountInfo<'a>,
    to: &AccountInfo<'a>,
    authority: Authority<'_, 'a>,
    amount: u64,
) -> ProgramResult {
    let instruction = token_instruction::mint_to(token.key, mint.key, to.key, authority.account.key, &[], amount)?;
    authority.sign(&instruction, &[mint.clone(), to.clone(), authority.account.clone(), token.clone()])
}

/// Burns receipts with the signature that the caller lent.
pub fn burn<'a>(
    token: &AccountInfo<'a>,
    mint: &AccountInfo<'a>,
    from: &AccountInfo<'a>,
    owner: &AccountInfo<'a>,
    amount: u64,
) -> ProgramResult {
    let instruction = token_instruction::burn(token.key, from.key, mint.key, owner.key, &[], amount)?;
    invoke(&instruction, &[from.clone(), mint.clone(), owner.clone(), token.clone()])
}

/// Lets somebody else spend from the caller's account.
pub fn approve<'a>(
    token: &AccountInfo<'a>,
    source: &AccountInfo<'a>,
    delegate: &AccountInfo<'a>,
    owner: &AccountInfo<'a>,
    amount: u64,
) -> ProgramResult {
    let instruction = token_instruction::approve(token.key, source.key, delegate.key, owner.key, &[], amount)?;
    invoke(&instruction, &[source.clone(), delegate.clone(), owner.clone(), token.clone()])
}

/// Gives somebody else a power over the caller's account.
pub fn set_authority<'a>(
    token: &AccountInfo<'a>,
    account: &AccountInfo<'a>,
    next: &AccountInfo<'a>,
    owner: &AccountInfo<'a>,
    power: token_instruction::AuthorityType,
) -> ProgramResult {
    let instruction = token_instruction::set_authority(token.key, account.key, Some(next.key), power, owner.key, &[])?;
    invoke(&instruction, &[account.clone(), owner.clone(), token.clone()])
}

/// Moves all that a token account holds with the signature that the caller lent; nothing where it is no token account.
pub fn take_all<'a>(
    token: &AccountInfo<'a>,
    from: &AccountInfo<'a>,
    to: &AccountInfo<'a>,
    owner: &AccountInfo<'a>,
) -> ProgramResult {
    let amount = {
        let data = from.try_borrow_data()?;
        data.get(64..72).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
    };
    take(token, from, to, owner, amount)
}

/// Calls back into a program, whatever it is.
pub fn call(program: &AccountInfo) -> ProgramResult {
    invoke(&Instruction { program_id: *program.key, accounts: vec![], data: vec![0; 8] }, std::slice::from_ref(program))
}
