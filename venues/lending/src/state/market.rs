//! A market: whose reserves these are. Its layout is the venue's own; klend's adapter never reads it.

use anchor_lang::prelude::*;

use crate::error::LendingError;

/// Version of the layout.
const VERSION: u8 = 1;

/// A market. Address: `["market", creator, index]`.
#[account(zero_copy)]
#[repr(C)]
#[derive(Debug, PartialEq, Eq)]
pub struct Market {
    /// Version of the layout.
    pub version: u8,
    /// Bump of the market's address.
    pub bump: u8,
    /// Bump of the address that owns the vaults.
    pub authority_bump: u8,
    /// 1 while all is halted.
    pub emergency_mode: u8,
    /// 1 while nothing is lent.
    pub borrowing_disabled: u8,
    /// Aligns the next field.
    pub _pad: u8,
    /// Index among the creator's markets.
    pub index: u16,
    /// Referrers' share of the protocol's interest, basis points.
    pub referral_fee_bps: u16,
    /// Keeps the size a multiple of 8.
    pub _pad_tail: [u8; 6],
    /// Who may change the market and play its borrowers.
    pub owner: Pubkey,
    /// Who opened it; part of its address for ever.
    pub creator: Pubkey,
}

const _: () = {
    assert!(core::mem::size_of::<Market>() == 6 + 2 + 2 + 6 + 32 + 32);
    assert!(core::mem::size_of::<Market>() == 80);
    assert!(core::mem::align_of::<Market>() == 2);
};

impl Market {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    pub(crate) fn open(owner: Pubkey, index: u16, bump: u8, authority_bump: u8, referral_fee_bps: u16) -> Self {
        Self {
            version: VERSION,
            bump,
            authority_bump,
            emergency_mode: 0,
            borrowing_disabled: 0,
            _pad: 0,
            index,
            referral_fee_bps,
            _pad_tail: [0; 6],
            owner,
            creator: owner,
        }
    }

    /// The market is not halted.
    pub fn require_running(&self) -> Result<()> {
        require!(self.emergency_mode == 0, LendingError::GlobalEmergencyMode);
        Ok(())
    }
}
