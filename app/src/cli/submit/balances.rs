//! What a simulation says the people behind an operation would have afterwards: taken from the accounts alone, not from what
//! the command says it does.

use super::review::sol;
use crate::amount;
use crate::chain::{Chain, ChainError};
use crate::readers::{self, parse_token_account};
use crate::table::Row;
use anchor_lang::prelude::Pubkey;
use solana_account::Account;
use solana_instruction::Instruction;

/// The accounts that instructions write, with the fee payer's: each once.
pub(super) fn written(payer: &Pubkey, instructions: &[Instruction]) -> Vec<Pubkey> {
    let metas = instructions.iter().flat_map(|one| &one.accounts).filter(|account| account.is_writable);
    let mut keys: Vec<Pubkey> = metas.map(|account| account.pubkey).chain([*payer]).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The accounts at `keys` before and after.
pub(super) struct Moved<'a> {
    pub(super) keys: &'a [Pubkey],
    pub(super) before: &'a [Option<Account>],
    pub(super) after: &'a [Option<Account>],
}

impl Moved<'_> {
    /// Rows for every token and SOL balance of `people` that changes; the network's `fee`, which `payer` paid in the
    /// simulation, apart.
    pub(super) fn rows(
        &self,
        chain: &dyn Chain,
        people: &[Pubkey],
        (payer, fee): (&Pubkey, u64),
    ) -> Result<Vec<Row>, ChainError> {
        let mut rows = Vec::new();
        for ((key, before), after) in self.keys.iter().zip(self.before).zip(self.after) {
            if people.contains(key) {
                let lamports = |account: &Option<Account>| account.as_ref().map_or(0, |account| account.lamports);
                let paid = if key == payer { fee } else { 0 };
                let (was, is) = (lamports(before), lamports(after).saturating_add(paid));
                if was != is {
                    rows.push(("SOL".to_owned(), format!("{key}: {} → {}", sol(was), sol(is))));
                }
                continue;
            }
            let [was, is] = [before, after].map(|account| held(key, account));
            let Some((owner, mint)) = is.or(was).map(|(owner, mint, _)| (owner, mint)) else {
                continue;
            };
            let [was, is] = [was, is].map(|held| held.map_or(0, |(_, _, units)| units));
            if was != is && people.contains(&owner) {
                let decimals = readers::mint(chain, &mint)?.decimals;
                let shown = |units| amount::format(units, decimals);
                rows.push(("Token".to_owned(), format!("{mint}: {} → {}", shown(was), shown(is))));
            }
        }
        Ok(rows)
    }
}

/// Owner, mint and amount of a token account.
fn held(key: &Pubkey, account: &Option<Account>) -> Option<(Pubkey, Pubkey, u64)> {
    let account = account.as_ref().filter(|account| !account.data.is_empty())?;
    let token = parse_token_account(key, account).ok()?;
    Some((token.owner, token.mint, token.amount))
}
