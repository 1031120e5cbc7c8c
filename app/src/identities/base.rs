//! Conservation of the base asset over every account of its mint.

use anchor_lang::prelude::Pubkey;

use super::{sum, Identity};
use crate::chain::{Chain, ChainError};
use crate::readers;

pub(super) fn check(
    chain: &(impl Chain + ?Sized),
    mint: &Pubkey,
    token_program: &Pubkey,
) -> Result<Vec<Identity>, ChainError> {
    // A token account begins with its mint.
    let accounts = chain.program_accounts(token_program, mint.as_ref())?;
    let mut amounts = Vec::with_capacity(accounts.len());
    for (key, account) in &accounts {
        amounts.push(readers::parse_token_account(key, account)?.amount);
    }
    let supply = readers::mint(chain, mint)?.supply;
    Ok(vec![Identity::new("base asset in all accounts = supply of its mint", supply, sum(amounts))])
}
