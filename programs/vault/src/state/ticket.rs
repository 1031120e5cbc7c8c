use anchor_lang::prelude::*;
use core::mem::size_of;
use gimbal_math::{Assets, Shares};

use crate::error::VaultError;
use crate::math::{Fill, Waiting};

/// Where a ticket is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TicketStatus {
    /// Shares are in the queue.
    Open = 1,
    /// Every share was paid, in base asset or in kind; the rest of the payment may be unclaimed.
    Filled = 2,
    /// The unpaid shares went back; what was paid before may be unclaimed.
    Cancelled = 3,
    /// The queue went past it for its bound. The unpaid shares are in escrow: its owner takes them back or goes in kind.
    Passed = 4,
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
    /// Who may claim, cancel, transfer and go in kind.
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
    /// Least payment that the owner accepts for all of `shares`, base units, and for a part of them that part of it,
    /// rounded up; zero for any.
    pub min_assets: u64,
    /// Unix time of the request, seconds.
    pub requested_at: i64,
    /// Slot of the request.
    pub requested_slot: u64,
    /// First deadline, Unix seconds: from here on it is filled without fresh valuations, and cash may be demanded for it.
    pub overdue_at: i64,
    /// Second deadline, Unix seconds: from here on its owner may take his part of everything in kind.
    pub in_kind_at: i64,
    /// The vault's exit fee at the request, basis points; a later fee is charged only if it is lower.
    pub exit_fee_bps: u16,
    /// Keeps the next field at a multiple of eight bytes.
    pub _pad_fee: [u8; 6],
    /// Room for later fields.
    pub room: [u64; 5],
}

const _: () = assert!(
    size_of::<Ticket>() == 3 + 5 + 2 * 32 + 8 * 8 + 2 * 8 + 2 + 6 + 5 * 8
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

    /// Whether the queue went past it and its shares are still in escrow.
    pub fn is_passed(&self) -> bool {
        self.status == TicketStatus::Passed as u8
    }

    /// Whether nothing is left to pay or claim, so that the account can be closed.
    pub fn is_spent(&self) -> bool {
        self.shares_left == 0 && self.claimable == 0
    }

    /// Whether its first deadline is over at `now`, Unix seconds.
    pub fn is_overdue(&self, now: i64) -> bool {
        now >= self.overdue_at
    }

    /// What bears on its payment at `now`, Unix seconds.
    pub fn waiting(&self, now: i64) -> Waiting {
        Waiting {
            shares: Shares(self.shares),
            left: Shares(self.shares_left),
            min_assets: Assets(self.min_assets),
            fee_bps: self.exit_fee_bps,
            is_overdue: self.is_overdue(now),
            is_due_in_kind: now >= self.in_kind_at,
        }
    }

    /// Counts a payment.
    ///
    /// # Errors
    /// [`VaultError::TicketNotOpen`]; [`VaultError::AmountOverflow`] when more is paid than is left.
    pub fn fill(&mut self, fill: Fill) -> core::result::Result<(), VaultError> {
        self.require_open()?;
        self.shares_left = Shares(self.shares_left).checked_sub(fill.shares)?.0;
        self.claimable = Assets(self.claimable).checked_add(fill.assets)?.0;
        self.filled_assets = Assets(self.filled_assets).checked_add(fill.assets)?.0;
        if self.shares_left == 0 {
            self.status = TicketStatus::Filled as u8;
        }
        Ok(())
    }

    /// Counts that the queue went past it.
    ///
    /// # Errors
    /// [`VaultError::TicketNotOpen`].
    pub fn pass(&mut self) -> core::result::Result<(), VaultError> {
        self.require_open()?;
        self.status = TicketStatus::Passed as u8;
        Ok(())
    }

    /// Takes the unpaid shares out of the escrow, and returns how many.
    ///
    /// # Errors
    /// [`VaultError::TicketNotOpen`] unless it is open or was passed.
    pub fn cancel(&mut self) -> core::result::Result<Shares, VaultError> {
        self.require_escrowed()?;
        self.status = TicketStatus::Cancelled as u8;
        Ok(Shares(core::mem::take(&mut self.shares_left)))
    }

    /// Takes the unpaid shares to be burnt for a part of everything, and returns how many.
    ///
    /// # Errors
    /// [`VaultError::TicketNotOpen`] unless it is open or was passed; [`VaultError::TooEarlyInKind`] before its second
    /// deadline.
    pub fn redeem_in_kind(&mut self, now: i64) -> core::result::Result<Shares, VaultError> {
        self.require_escrowed()?;
        if now < self.in_kind_at {
            return Err(VaultError::TooEarlyInKind);
        }
        self.status = TicketStatus::Filled as u8;
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

    /// Hands the ticket and all that it will be paid to `owner`, and returns who had it.
    ///
    /// # Errors
    /// [`VaultError::ZeroKey`].
    pub fn transfer(&mut self, owner: Pubkey) -> core::result::Result<Pubkey, VaultError> {
        if owner == Pubkey::default() {
            return Err(VaultError::ZeroKey);
        }
        Ok(core::mem::replace(&mut self.owner, owner))
    }

    /// What holds after every instruction: a ticket that is open or was passed has shares left and no other has; nothing
    /// was paid twice.
    ///
    /// # Errors
    /// [`VaultError::InvariantBroken`].
    pub fn invariant(&self) -> core::result::Result<(), VaultError> {
        let holds = self.is_escrowed() == (self.shares_left > 0)
            && self.shares_left <= self.shares
            && self.claimable <= self.filled_assets;
        if holds {
            Ok(())
        } else {
            Err(VaultError::InvariantBroken)
        }
    }

    fn is_escrowed(&self) -> bool {
        self.is_open() || self.is_passed()
    }

    fn require_open(&self) -> core::result::Result<(), VaultError> {
        self.is_open().then_some(()).ok_or(VaultError::TicketNotOpen)
    }

    fn require_escrowed(&self) -> core::result::Result<(), VaultError> {
        self.is_escrowed().then_some(()).ok_or(VaultError::TicketNotOpen)
    }
}
