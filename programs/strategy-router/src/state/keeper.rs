use anchor_lang::prelude::*;

/// A keeper's registration with one ledger. Never closed: a keeper that is registered again keeps its counts.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Keeper {
    /// Layout version: 1.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// 1 while the keeper may act.
    pub active: u8,
    /// Aligns the keys.
    pub _pad: [u8; 5],
    /// The ledger.
    pub ledger: Pubkey,
    /// The key that signs.
    pub key: Pubkey,
    /// Start of the epoch in which `loss_used` was counted, Unix seconds.
    pub epoch_start: i64,
    /// Lost in that epoch, base units.
    pub loss_used: u64,
    /// Moves ever made.
    pub actions: u64,
    /// Pay promised and not collected, base units.
    pub owed: u64,
    /// Pay ever collected, base units.
    pub paid: u64,
    /// Unix second of the last move.
    pub last_action_at: i64,
}

const _: () = assert!(core::mem::size_of::<Keeper>() == 8 + 2 * 32 + 6 * 8);
const _: () = assert!(core::mem::size_of::<Keeper>() == 120);
const _: () = assert!(core::mem::align_of::<Keeper>() == 8);

impl Keeper {
    /// Layout version.
    pub const VERSION: u8 = 1;
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();
}
