//! A market: whose reserves these are. It begins as klend's `LendingMarket` does, so that an adapter sees its emergency mode
//! where klend keeps it; klend's risk settings behind that are left out.

use anchor_lang::prelude::*;
use gimbal_venue_wire::{field::Layout, klend};

use crate::error::LendingError;

/// Version of the layout.
const VERSION: u64 = 1;

/// A market. Address: `["market", creator, index]`.
#[account(zero_copy, discriminator = &klend::LendingMarket::DISCRIMINATOR)]
#[repr(C)]
#[derive(Debug, PartialEq, Eq)]
pub struct Market {
    /// Version of the layout.
    pub version: u64,
    /// Bump of the address that owns the vaults.
    pub authority_bump: u8,
    /// klend keeps the bump in eight bytes.
    pub _pad_bump: [u8; 7],
    /// Who may change the market and play its borrowers.
    pub owner: Pubkey,
    /// Who opened it; part of its address for ever.
    pub creator: Pubkey,
    /// Not used here.
    pub quote_currency: [u8; 32],
    /// Referrers' share of the protocol's interest, basis points.
    pub referral_fee_bps: u16,
    /// 1 while all is halted.
    pub emergency_mode: u8,
    /// Not used here.
    pub autodeleverage_enabled: u8,
    /// 1 while nothing is lent.
    pub borrowing_disabled: u8,
    /// Bump of the market's address.
    pub bump: u8,
    /// Index among the creator's markets.
    pub index: u16,
}

const _: () = {
    assert!(core::mem::size_of::<Market>() == 8 + 8 + 3 * 32 + 2 + 4 + 2);
    assert!(core::mem::size_of::<Market>() == 120);
    assert!(core::mem::align_of::<Market>() == 8);
    assert!(8 + core::mem::offset_of!(Market, emergency_mode) == klend::market::EMERGENCY_MODE.offset());
};

impl Market {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    pub(crate) fn open(owner: Pubkey, index: u16, bump: u8, authority_bump: u8, referral_fee_bps: u16) -> Self {
        Self {
            version: VERSION,
            authority_bump,
            _pad_bump: [0; 7],
            owner,
            creator: owner,
            quote_currency: [0; 32],
            referral_fee_bps,
            emergency_mode: 0,
            autodeleverage_enabled: 0,
            borrowing_disabled: 0,
            bump,
            index,
        }
    }

    /// The market is not halted.
    pub fn require_running(&self) -> Result<()> {
        require!(self.emergency_mode == 0, LendingError::GlobalEmergencyMode);
        Ok(())
    }
}
