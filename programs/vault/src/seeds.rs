//! Every address that the vault derives, once: the program signs with these seeds and clients derive with them.

use anchor_lang::prelude::*;

/// Seed of a vault, with its creator and index.
pub const VAULT: &[u8] = b"vault";
/// Seed of a vault's share mint.
pub const SHARES: &[u8] = b"shares";
/// Seed of the token account that holds the shares of queued tickets.
pub const ESCROW: &[u8] = b"escrow";
/// Seed of the token account that holds the base asset of filled tickets.
pub const CLAIMS: &[u8] = b"claims";
/// Seed of a ticket, with its vault and sequence number.
pub const TICKET: &[u8] = b"ticket";
/// Seed of a wallet's proof of being admitted, with its vault and the wallet.
pub const MEMBER: &[u8] = b"member";

/// Address and bump of a vault.
pub fn vault(creator: &Pubkey, index: u16) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[VAULT, creator.as_ref(), &index.to_le_bytes()], &crate::ID)
}

/// Address and bump of a vault's share mint.
pub fn share_mint(vault: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[SHARES, vault.as_ref()], &crate::ID)
}

/// Address and bump of a vault's ticket escrow.
pub fn escrow(vault: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[ESCROW, vault.as_ref()], &crate::ID)
}

/// Address and bump of a vault's claims account.
pub fn claims(vault: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[CLAIMS, vault.as_ref()], &crate::ID)
}

/// Address and bump of a ticket.
pub fn ticket(vault: &Pubkey, sequence: u64) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[TICKET, vault.as_ref(), &sequence.to_le_bytes()], &crate::ID)
}

/// Address and bump of a wallet's proof of being admitted to a vault.
pub fn member(vault: &Pubkey, wallet: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[MEMBER, vault.as_ref(), wallet.as_ref()], &crate::ID)
}

/// What a vault's PDA signs with, from stored values: no derivation at run time.
#[derive(Clone, Copy, Debug)]
pub struct VaultSigner {
    creator: Pubkey,
    index: [u8; 2],
    bump: [u8; 1],
}

impl VaultSigner {
    /// The signer of the vault that `creator` made with `index`; `bump` is its canonical bump.
    pub fn new(creator: Pubkey, index: u16, bump: u8) -> Self {
        Self { creator, index: index.to_le_bytes(), bump: [bump] }
    }

    /// The seeds, bump last.
    pub fn seeds(&self) -> [&[u8]; 4] {
        [VAULT, self.creator.as_ref(), &self.index, &self.bump]
    }
}
