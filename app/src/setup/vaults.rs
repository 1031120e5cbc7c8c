//! The vault with its ledger, and the ledger's book.

use anchor_lang::prelude::Pubkey;
use solana_signer::Signer;
use vault::InitializeArgs;

use super::{tokens::Mint, Actors, Plan};
use crate::chain::{Chain, ChainError};
use crate::instructions::{router, vault as builders, vault::VaultContext};
use crate::pda::VaultAddresses;

/// Makes the vault and its ledger with the owner's key, and opens the ledger's book.
///
/// # Errors
///
/// The chain's.
pub fn create(
    chain: &mut impl Chain,
    actors: &Actors,
    plan: &Plan,
    base: &Mint,
    base_feed: &Pubkey,
) -> Result<VaultContext, ChainError> {
    let (owner, payer) = (actors.owner.pubkey(), actors.payer.pubkey());
    let addresses = VaultAddresses::derive(&owner, plan.vault_index);
    let args = InitializeArgs {
        index: plan.vault_index,
        curator: actors.curator.pubkey(),
        guardian: actors.guardian.pubkey(),
        min_first_deposit: plan.min_first_deposit,
        limits: plan.limits,
        fees: plan.fees,
        terms: plan.terms,
    };
    let make = builders::initialize(&owner, &payer, &base.key, &base.program, base_feed, args);
    chain.execute(&actors.payer, &[make], &[&actors.owner], &[])?;
    let open = router::open_book(&owner, &payer, &addresses);
    chain.execute(&actors.payer, &[open], &[&actors.owner], &[])?;
    Ok(VaultContext { addresses, base_mint: base.key, base_token_program: base.program, base_feed: *base_feed })
}
