//! Every account of the suite that a set-up makes. The venues' own accounts exist on a cluster already.

use anchor_lang::prelude::Pubkey;
use anyhow::Result;
use gimbal::{chain::Chain, pda::router_seeds::keeper_address, setup::Deployment};
use solana_signer::Signer;

/// One account.
pub struct Item {
    /// What it is.
    pub name: String,
    /// Its address.
    pub key: Pubkey,
    /// Its size.
    pub bytes: usize,
    /// What it holds to stay.
    pub lamports: u64,
}

/// The accounts of a deployment, in the order in which they are made.
///
/// # Errors
/// If one is not there.
pub fn of(chain: &impl Chain, deployment: &Deployment) -> Result<Vec<Item>> {
    let vault = deployment.vault.addresses;
    let mut named = Vec::new();
    for feed in deployment.feeds.all() {
        named.push((format!("feed of {:?}", feed.asset), feed.key));
    }
    named.extend([
        ("vault".to_owned(), vault.vault),
        ("share mint".to_owned(), vault.share_mint),
        ("ticket escrow".to_owned(), vault.escrow),
        ("claims".to_owned(), vault.claims),
        ("ledger".to_owned(), vault.ledger),
        ("cash".to_owned(), vault.cash),
        ("book".to_owned(), vault.book),
    ]);
    for line in &deployment.lines {
        let id = line.addresses.id;
        named.push((format!("line {id}: venue accounts"), line.addresses.venue));
        named.push((format!("line {id}: receipt tokens"), line.addresses.position));
    }
    for (number, keeper) in deployment.actors.keepers.iter().enumerate() {
        named.push((format!("keeper {}", number + 1), keeper_address(&vault.ledger, &keeper.pubkey()).0));
    }
    named.push(("lookup table".to_owned(), deployment.table.key));
    named
        .into_iter()
        .map(|(name, key)| {
            let account = chain.require_account(&key)?;
            Ok(Item { name, key, bytes: account.data.len(), lamports: account.lamports })
        })
        .collect()
}

/// Lamports as SOL with all nine decimals.
pub fn sol(lamports: u64) -> String {
    format!("{}.{:09}", lamports / 1_000_000_000, lamports % 1_000_000_000)
}
