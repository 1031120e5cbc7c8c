//! Addresses of the platform's own programs.

use anchor_lang::prelude::{pubkey, Pubkey};

/// SPL Token.
pub const TOKEN_PROGRAM: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// SPL Token-2022.
pub const TOKEN_2022_PROGRAM: Pubkey = pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// SPL Associated Token Account.
pub const ASSOCIATED_TOKEN_PROGRAM: Pubkey = pubkey!("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
/// The address lookup table program.
pub const ADDRESS_LOOKUP_TABLE_PROGRAM: Pubkey = pubkey!("AddressLookupTab1e1111111111111111111111111");
/// The upgradeable loader, owner of deployed programs and their ProgramData accounts.
pub const UPGRADEABLE_LOADER: Pubkey = pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");

pub(crate) const SYSTEM_PROGRAM: Pubkey = pubkey!("11111111111111111111111111111111");
pub(crate) const NATIVE_LOADER: Pubkey = pubkey!("NativeLoader1111111111111111111111111111111");
pub(crate) const LOADER_V1: Pubkey = pubkey!("BPFLoader1111111111111111111111111111111111");
pub(crate) const LOADER_V2: Pubkey = pubkey!("BPFLoader2111111111111111111111111111111111");
pub(crate) const LOADER_V4: Pubkey = pubkey!("LoaderV411111111111111111111111111111111111");
pub(crate) const SYSVAR_OWNER: Pubkey = pubkey!("Sysvar1111111111111111111111111111111111111");
pub(crate) const SLOT_HASHES_SYSVAR: Pubkey = pubkey!("SysvarS1otHashes111111111111111111111111111");
