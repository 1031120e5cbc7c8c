use anchor_lang::prelude::*;
use solana_program::hash::hashv;

use crate::error::RouterError;

/// Greatest length of a pinned list.
pub const MAX_VENUE_ACCOUNTS: usize = 24;

/// What code a program id ran when the owner approved it.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct VenueIdentity {
    /// The program; zero when the line uses none here.
    pub program: Pubkey,
    /// Its ProgramData account; the program itself where its loader keeps none (such code cannot be replaced).
    pub program_data: Pubkey,
    /// Slot of its last deployment; 0 without ProgramData.
    pub program_data_slot: u64,
    /// Who may replace the code; zero for nobody.
    pub upgrade_authority: Pubkey,
}

const _: () = assert!(core::mem::size_of::<VenueIdentity>() == 3 * 32 + 8);

/// What one line's venue calls need, pinned by the owner.
#[account(zero_copy)]
#[derive(Debug)]
pub struct LineVenue {
    /// Layout version: 1.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// Entries of the pinned list.
    pub account_count: u8,
    /// How many of them, from the first, a valuation needs.
    pub value_count: u8,
    /// The line's number.
    pub id: u16,
    /// Adapter kind.
    pub adapter: u8,
    /// 1 when the base asset is swapped first.
    pub swapped: u8,
    /// Bump of the receipt-token account's address.
    pub position_bump: u8,
    /// Bump of the token account's address; 0 for a same-asset line.
    pub token_bump: u8,
    /// Decimals of the token that the venue holds.
    pub token_decimals: u8,
    /// Aligns the keys.
    pub _pad: [u8; 5],
    /// The ledger.
    pub ledger: Pubkey,
    /// The venue's program as approved.
    pub venue: VenueIdentity,
    /// The swap venue's program as approved; zero for a same-asset line.
    pub swap: VenueIdentity,
    /// Mint of the token that the venue holds (the base mint for a same-asset line).
    pub token_mint: Pubkey,
    /// Feed of that token; zero for a same-asset line.
    pub token_feed: Pubkey,
    /// sha256 over the pinned list.
    pub accounts_hash: [u8; 32],
    /// The pinned list; unused entries are zero.
    pub accounts: [Pubkey; MAX_VENUE_ACCOUNTS],
}

const _: () = assert!(
    core::mem::size_of::<LineVenue>()
        == 4 + 2 + 2 + 3 + 5 + 32 + 2 * core::mem::size_of::<VenueIdentity>() + 2 * 32 + 32 + MAX_VENUE_ACCOUNTS * 32
);
const _: () = assert!(core::mem::size_of::<LineVenue>() == 1_120);
const _: () = assert!(core::mem::align_of::<LineVenue>() == 8);

impl LineVenue {
    /// Layout version.
    pub const VERSION: u8 = 1;
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Whether the base asset is swapped before it is deposited.
    pub fn is_swapped(&self) -> bool {
        self.swapped != 0
    }

    /// The pinned list.
    pub fn pinned(&self) -> &[Pubkey] {
        self.accounts.get(..usize::from(self.account_count)).unwrap_or_default()
    }

    /// The part of the pinned list that a valuation needs.
    pub fn value_accounts(&self) -> &[Pubkey] {
        self.accounts.get(..usize::from(self.value_count)).unwrap_or_default()
    }

    /// sha256 over the pinned list.
    pub fn hash_of(accounts: &[Pubkey]) -> [u8; 32] {
        let mut parts: [&[u8]; MAX_VENUE_ACCOUNTS] = [&[]; MAX_VENUE_ACCOUNTS];
        for (part, key) in parts.iter_mut().zip(accounts) {
            *part = key.as_ref();
        }
        hashv(&parts).to_bytes()
    }

    /// The list's length, hash and prefix agree.
    ///
    /// # Errors
    /// [`RouterError::InvariantViolated`].
    pub fn invariant(&self) -> Result<()> {
        require!(
            self.value_count <= self.account_count
                && usize::from(self.account_count) <= MAX_VENUE_ACCOUNTS
                && self.accounts_hash == Self::hash_of(self.pinned()),
            RouterError::InvariantViolated
        );
        Ok(())
    }
}
