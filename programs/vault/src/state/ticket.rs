use anchor_lang::prelude::*;
use core::mem::size_of;
use gimbal_math::{Assets, Shares};

use crate::error::VaultError;
use crate::math::Fill;

/// Where a ticket is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TicketStatus {
    /// Shares are in the queue.
    Open = 1,
    /// Every share was paid; the rest of the payment may be unclaimed.
    Filled = 2,
    /// The unpaid shares went back; what was paid before may be unclaimed.
    Cancelled = 3,
}

/// A queued redemption: shares in escrow, paid in the order of their sequence numbers.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Ticket {
    /// Layout of this account.
    pub version: u8,
    /// Bump of the ticket's address.
    pub bump: u8,
    /// A [`TicketStatus`].
    pub status: u8,
    /// Keeps the next field at a multiple of eight bytes.
    pub _pad: [u8; 5],
    /// The vault whose shares are queued.
    pub vault: Pubkey,
    /// Who may claim and cancel.
    pub owner: Pubkey,
    /// Place in the queue: lower numbers are paid first.
    pub sequence: u64,
    /// Requested, share units.
    pub shares: u64,
    /// Not yet paid, share units.
    pub shares_left: u64,
    /// Paid and not yet claimed, base units.
    pub claimable: u64,
    /// Ever paid, base units.
    pub filled_assets: u64,
    /// Least payment that the owner accepts, base units; zero as long as requests carry no bound.
    pub min_assets: u64,
    /// Unix time of the request, seconds.
    pub requested_at: i64,
    /// Slot of the request.
    pub requested_slot: u64,
    /// Room for deadlines and fees at the time of the request.
    pub room: [u64; 8],
}

const _: () = assert!(
    size_of::<Ticket>() == 3 + 5 + 2 * 32 + 8 * 8 + 8 * 8
        && size_of::<Ticket>() == 200
        && core::mem::align_of::<Ticket>() == 8
);

impl Ticket {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + size_of::<Ticket>();

    /// Whether shares are in the queue.
    pub fn is_open(&self) -> bool {
        self.status == TicketStatus::Open as u8
    }

    /// Whether nothing is left to pay or claim, so that the account can be closed.
    pub fn is_spent(&self) -> bool {
        self.shares_left == 0 && self.claimable == 0
    }

    /// Counts a payment.
    ///
    /// # Errors
    /// [`VaultError::TicketNotOpen`]; [`VaultError::AmountOverflow`] when more is paid than is left.
    pub fn fill(&mut self, fill: Fill) -> core::result::Result<(), VaultError> {
        if !self.is_open() {
            return Err(VaultError::TicketNotOpen);
        }
        self.shares_left = Shares(self.shares_left).checked_sub(fill.shares)?.0;
        self.claimable = Assets(self.claimable).checked_add(fill.assets)?.0;
        self.filled_assets = Assets(self.filled_assets).checked_add(fill.assets)?.0;
        if self.shares_left == 0 {
            self.status = TicketStatus::Filled as u8;
        }
        Ok(())
    }

    /// Takes the unpaid shares out of the queue, and returns how many.
    ///
    /// # Errors
    /// [`VaultError::TicketNotOpen`].
    pub fn cancel(&mut self) -> core::result::Result<Shares, VaultError> {
        if !self.is_open() {
            return Err(VaultError::TicketNotOpen);
        }
        self.status = TicketStatus::Cancelled as u8;
        Ok(Shares(core::mem::take(&mut self.shares_left)))
    }

    /// Takes what was paid and not yet claimed, possibly nothing from a spent ticket that only has to be closed.
    ///
    /// # Errors
    /// [`VaultError::NothingToClaim`] while the ticket waits for its first or next payment.
    pub fn claim(&mut self) -> core::result::Result<Assets, VaultError> {
        if self.claimable == 0 && !self.is_spent() {
            return Err(VaultError::NothingToClaim);
        }
        Ok(Assets(core::mem::take(&mut self.claimable)))
    }

    /// What holds after every instruction: an open ticket has shares left and no other has; nothing was paid twice.
    ///
    /// # Errors
    /// [`VaultError::InvariantBroken`].
    pub fn invariant(&self) -> core::result::Result<(), VaultError> {
        let holds = self.is_open() == (self.shares_left > 0)
            && self.shares_left <= self.shares
            && self.claimable <= self.filled_assets;
        if holds {
            Ok(())
        } else {
            Err(VaultError::InvariantBroken)
        }
    }
}
