//! The list of who may pay in, as the root of a tree of hashes.

use anchor_lang::prelude::Pubkey;
use solana_program::hash::hashv;

use crate::error::VaultError;

/// Most hashes of a proof: as many as a list of four billion wallets needs.
pub const MAX_PROOF: usize = 32;

/// What a leaf is hashed behind, so that no node can pass for one.
const LEAF: &[u8] = &[0];
/// What a node is hashed behind.
const NODE: &[u8] = &[1];

/// The leaf of a wallet on a vault's list: sha256(0 ‖ vault ‖ wallet).
pub fn gate_leaf(vault: &Pubkey, wallet: &Pubkey) -> [u8; 32] {
    hashv(&[LEAF, vault.as_ref(), wallet.as_ref()]).to_bytes()
}

/// The node over two others, in either order: sha256(1 ‖ smaller ‖ larger).
pub fn gate_node(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    hashv(&[NODE, one.min(other), one.max(other)]).to_bytes()
}

/// Whether the wallet is on the vault's list with `root`; `proof` holds the other hash of each pair from the leaf up.
///
/// # Errors
/// [`VaultError::ProofTooLong`], [`VaultError::NotAdmitted`].
pub fn require_on_list(vault: &Pubkey, wallet: &Pubkey, proof: &[[u8; 32]], root: &[u8; 32]) -> Result<(), VaultError> {
    if proof.len() > MAX_PROOF {
        return Err(VaultError::ProofTooLong);
    }
    let reached = proof.iter().fold(gate_leaf(vault, wallet), |node, other| gate_node(&node, other));
    if reached != *root {
        return Err(VaultError::NotAdmitted);
    }
    Ok(())
}
