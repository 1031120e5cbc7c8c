//! Token accounts and mints, under SPL Token or Token-2022.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{program_pack::Pack, system_instruction},
};
use anchor_spl::{
    associated_token::{get_associated_token_address_with_program_id, spl_associated_token_account},
    token::spl_token::state::Mint,
    token_2022::spl_token_2022::instruction as token_instruction,
};
use solana_instruction::Instruction;

/// The associated token account of `owner`.
pub fn associated(owner: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Pubkey {
    get_associated_token_address_with_program_id(owner, mint, token_program)
}

/// Creates the associated token account of `owner` unless it exists.
pub fn create_associated(payer: &Pubkey, owner: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Instruction {
    spl_associated_token_account::instruction::create_associated_token_account_idempotent(
        payer,
        owner,
        mint,
        token_program,
    )
}

/// Creates a mint without extensions and without freeze authority; `mint` and `payer` sign.
pub fn create_mint(
    payer: &Pubkey,
    mint: &Pubkey,
    authority: &Pubkey,
    decimals: u8,
    token_program: &Pubkey,
    lamports: u64,
) -> [Instruction; 2] {
    [
        system_instruction::create_account(payer, mint, lamports, Mint::LEN as u64, token_program),
        token_instruction::initialize_mint2(token_program, mint, authority, None, decimals)
            .expect("the token program's own builder refuses only foreign program ids"),
    ]
}

/// Mints `amount` base units to a token account; `authority` signs.
pub fn mint_to(
    mint: &Pubkey,
    destination: &Pubkey,
    authority: &Pubkey,
    amount: u64,
    token_program: &Pubkey,
) -> Instruction {
    token_instruction::mint_to(token_program, mint, destination, authority, &[], amount)
        .expect("the token program's own builder refuses only foreign program ids")
}

/// Moves `amount` base units between token accounts; `owner` signs.
pub fn transfer(
    source: &Pubkey,
    mint: &Pubkey,
    destination: &Pubkey,
    owner: &Pubkey,
    amount: u64,
    decimals: u8,
    token_program: &Pubkey,
) -> Instruction {
    token_instruction::transfer_checked(token_program, source, mint, destination, owner, &[], amount, decimals)
        .expect("the token program's own builder refuses only foreign program ids")
}
