use anchor_lang::prelude::*;
use core::mem::size_of;

/// A wallet that was found on a vault's list, for as long as that list is in force.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Member {
    /// Layout of this account.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// Keeps the next field at a multiple of eight bytes.
    pub _pad: [u8; 6],
    /// The vault.
    pub vault: Pubkey,
    /// Who may pay in.
    pub wallet: Pubkey,
    /// Root of the list that the wallet was found on.
    pub root: [u8; 32],
}

const _: () = assert!(size_of::<Member>() == 8 + 3 * 32 && core::mem::align_of::<Member>() <= 8);

impl Member {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + size_of::<Member>();

    /// Whether this is the proof that `wallet` is on the list with `root` of `vault`.
    pub fn admits(&self, vault: &Pubkey, wallet: &Pubkey, root: &[u8; 32]) -> bool {
        self.vault == *vault && self.wallet == *wallet && self.root == *root
    }
}
