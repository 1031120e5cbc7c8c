//! The order and the flags of an instruction's accounts.

use alloc::vec::Vec;
use solana_program::{instruction::AccountMeta, pubkey::Pubkey};

/// One account of an instruction: its name in the venue's IDL and its flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSpec {
    /// Name in the venue's IDL, in snake case.
    pub name: &'static str,
    /// Whether the venue writes to it.
    pub writable: bool,
    /// Whether it signs.
    pub signer: bool,
}

impl AccountSpec {
    /// Read by the venue.
    pub const fn readonly(name: &'static str) -> Self {
        Self { name, writable: false, signer: false }
    }

    /// Written by the venue.
    pub const fn writable(name: &'static str) -> Self {
        Self { name, writable: true, signer: false }
    }

    /// Signs, and is not written.
    pub const fn signer(name: &'static str) -> Self {
        Self { name, writable: false, signer: true }
    }
}

/// Pairs an account order with its keys.
pub fn metas<const N: usize>(order: &[AccountSpec; N], keys: &[Pubkey; N]) -> Vec<AccountMeta> {
    order
        .iter()
        .zip(keys)
        .map(|(spec, key)| AccountMeta { pubkey: *key, is_signer: spec.signer, is_writable: spec.writable })
        .collect()
}
