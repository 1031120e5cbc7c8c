//! Conservation: the tokens in all accounts of a mint are the mint's supply.

use anchor_lang::prelude::Pubkey;

use super::{sum, Identity};
use crate::chain::{Chain, ChainError};
use crate::readers;

/// Sums every account of `mint` and compares with its supply. `check` is the mint's part of the short name.
pub(super) fn check(
    chain: &(impl Chain + ?Sized),
    check: &str,
    what: &str,
    mint: &Pubkey,
    token_program: &Pubkey,
) -> Result<Identity, ChainError> {
    // A token account begins with its mint.
    let accounts = chain.program_accounts(token_program, mint.as_ref())?;
    let mut amounts = Vec::with_capacity(accounts.len());
    for (key, account) in &accounts {
        amounts.push(readers::parse_token_account(key, account)?.amount);
    }
    let supply = readers::mint(chain, mint)?.supply;
    let name = format!("{what} in all accounts = supply of its mint");
    Ok(Identity::new(format!("{check}.conserved"), name, supply, sum(amounts)))
}
