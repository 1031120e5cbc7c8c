//! Mints and token accounts.

use anchor_lang::{prelude::Pubkey, solana_program::program_pack::Pack};
use anchor_spl::token::spl_token::state::Mint as MintState;
use solana_signer::Signer;

use super::{keys::keypair, Actors};
use crate::chain::{Chain, ChainError};
use crate::instructions::token;

/// The roles that the mints' keys are made for.
const BASE: &str = "base mint";
const TOKEN: &str = "token mint";
/// Digits after the point of both, as USDC and USDT have them.
const DECIMALS: u8 = 6;

/// A mint that the deployment issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Its address.
    pub key: Pubkey,
    /// Digits after the point.
    pub decimals: u8,
    /// The token program that holds it.
    pub program: Pubkey,
}

impl Mint {
    /// The associated token account of `owner`.
    pub fn account_of(&self, owner: &Pubkey) -> Pubkey {
        token::associated(owner, &self.key, &self.program)
    }
}

/// Creates the two mints that every chain of a seed has, with six decimals each: the base asset and the token of swapped
/// lines.
///
/// # Errors
///
/// The chain's.
pub fn create_mints(
    chain: &mut impl Chain,
    actors: &Actors,
    seed: u64,
    base_program: Pubkey,
) -> Result<(Mint, Mint), ChainError> {
    let base = create_mint(chain, actors, seed, BASE, DECIMALS, base_program)?;
    Ok((base, create_mint(chain, actors, seed, TOKEN, DECIMALS, anchor_spl::token::ID)?))
}

/// The mints that [`create_mints`] makes of a seed, whether or not they are there yet.
pub fn mints_of(seed: u64, base_program: Pubkey) -> (Mint, Mint) {
    let of = |name, program| Mint { key: keypair(seed, name, 0).pubkey(), decimals: DECIMALS, program };
    (of(BASE, base_program), of(TOKEN, anchor_spl::token::ID))
}

/// Creates a mint that the issuer mints.
///
/// # Errors
///
/// The chain's.
pub fn create_mint(
    chain: &mut impl Chain,
    actors: &Actors,
    seed: u64,
    name: &str,
    decimals: u8,
    program: Pubkey,
) -> Result<Mint, ChainError> {
    let mint = keypair(seed, name, 0);
    let lamports = chain.minimum_balance(MintState::LEN)?;
    let payer = actors.payer.pubkey();
    let instructions =
        token::create_mint(&payer, &mint.pubkey(), &actors.issuer.pubkey(), decimals, &program, lamports);
    chain.execute(&actors.payer, &instructions, &[&mint], &[])?;
    Ok(Mint { key: mint.pubkey(), decimals, program })
}

/// Creates the associated account of `owner` where there is none, and mints `amount` base units into it.
///
/// # Errors
///
/// The chain's.
pub fn issue(
    chain: &mut impl Chain,
    actors: &Actors,
    mint: &Mint,
    owner: &Pubkey,
    amount: u64,
) -> Result<Pubkey, ChainError> {
    let account = mint.account_of(owner);
    let mut instructions = vec![token::create_associated(&actors.payer.pubkey(), owner, &mint.key, &mint.program)];
    let mut signers: Vec<&dyn Signer> = Vec::new();
    if amount > 0 {
        instructions.push(token::mint_to(&mint.key, &account, &actors.issuer.pubkey(), amount, &mint.program));
        signers.push(&actors.issuer);
    }
    chain.execute(&actors.payer, &instructions, &signers, &[])?;
    Ok(account)
}
