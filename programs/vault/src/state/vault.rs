use anchor_lang::prelude::*;
use core::mem::size_of;
use gimbal_control::{Direction, Pauses, Roles};
use gimbal_math::{Assets, Pool, Shares};

use crate::error::VaultError;
use crate::math::{Flow, Queue};
use crate::seeds::VaultSigner;

/// The layout that this program writes, for vaults and tickets.
pub const LAYOUT_VERSION: u8 = 1;

/// Who owns what: shares issued, shares queued, and what is owed to filled tickets.
///
/// SHARES are counted here, not read from the mint. A holder can burn shares at the token program without the vault;
/// such shares stay counted and their part of every gain belongs to nobody. Reading the supply instead would let
/// anybody move the price within one instruction.
///
/// CASH is the router's. What lies in `claims` is owed to filled tickets and is no part of NAV.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Vault {
    /// Layout of this account.
    pub version: u8,
    /// Bump of the vault's address.
    pub bump: u8,
    /// Bump of the share mint.
    pub share_bump: u8,
    /// Bump of the ticket escrow.
    pub escrow_bump: u8,
    /// Bump of the claims account.
    pub claims_bump: u8,
    /// Decimals of the base mint, and of the shares.
    pub base_decimals: u8,
    /// Number among the creator's vaults.
    pub index: u16,
    /// Who may do what.
    pub roles: Roles,
    /// What stands still.
    pub pauses: Pauses,
    /// Who made the vault; a seed of its address.
    pub creator: Pubkey,
    /// The asset that the vault takes and pays.
    pub base_mint: Pubkey,
    /// The token program of the base mint.
    pub base_token_program: Pubkey,
    /// The vault's share mint (SPL Token; mint authority: the vault; no freeze authority).
    pub share_mint: Pubkey,
    /// Token account of the shares in the queue.
    pub escrow: Pubkey,
    /// Token account of the base asset that filled tickets may claim.
    pub claims: Pubkey,
    /// The router's ledger.
    pub ledger: Pubkey,
    /// The feed whose status gates deposits.
    pub base_feed: Pubkey,
    /// Issued, escrowed ones included, share units.
    pub shares: u64,
    /// Accrued as fees and not yet minted, share units.
    pub fee_shares: u64,
    /// In the escrow, share units.
    pub queued_shares: u64,
    /// In the claims account for filled tickets, base units.
    pub claims_owed: u64,
    /// Sequence number of the first ticket that may be open.
    pub ticket_head: u64,
    /// Sequence number of the next ticket.
    pub ticket_tail: u64,
    /// Smallest deposit while no shares are in issue, base units.
    pub min_first_deposit: u64,
    /// Number of the next proposed change.
    pub change_nonce: u64,
    /// Ever taken in, base units.
    pub deposited: u64,
    /// Ever paid out by instant exits, or moved to claims, base units.
    pub withdrawn: u64,
    /// Room for fees, locked gains, caps, windows, gates and deadlines.
    pub room: [u64; 96],
}

const _: () = assert!(
    size_of::<Vault>() == 6 + 2 + size_of::<Roles>() + size_of::<Pauses>() + 8 * 32 + 10 * 8 + 96 * 8
        && size_of::<Vault>() == 1_312
        && Vault::SPACE <= 1_536
        && core::mem::align_of::<Vault>() == 8
);

impl Vault {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + size_of::<Vault>();

    /// What the PDA signs with.
    pub fn signer(&self) -> VaultSigner {
        VaultSigner::new(self.creator, self.index, self.bump)
    }

    /// The pool at a NAV of `assets` base units: high for who enters, low for who leaves.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn pool(&self, assets: u64) -> core::result::Result<Pool, VaultError> {
        let shares = Shares(self.shares).checked_add(Shares(self.fee_shares))?;
        Ok(Pool { assets: Assets(assets), shares })
    }

    /// The direction is open at `now`, Unix seconds.
    ///
    /// # Errors
    /// [`VaultError::DepositsPaused`], [`VaultError::InstantExitsPaused`].
    pub fn require_open(&self, direction: Direction, now: i64) -> core::result::Result<(), VaultError> {
        match direction {
            Direction::Deposits if self.pauses.is_paused(direction, now) => Err(VaultError::DepositsPaused),
            Direction::InstantExits if self.pauses.is_paused(direction, now) => Err(VaultError::InstantExitsPaused),
            _ => Ok(()),
        }
    }

    /// Until when a direction is paused, Unix seconds; zero for one that the vault does not pause.
    pub fn paused_until(&self, direction: Direction) -> i64 {
        let [deposits, exits, ..] = &self.pauses.directions;
        match direction {
            Direction::Deposits => deposits.until,
            Direction::InstantExits => exits.until,
            Direction::NewMoney => 0,
        }
    }

    /// While no shares are in issue, a deposit is at least the minimum.
    ///
    /// # Errors
    /// [`VaultError::FirstDepositTooSmall`].
    pub fn require_first_deposit(&self, assets: Assets) -> core::result::Result<(), VaultError> {
        if self.shares == 0 && assets.0 < self.min_first_deposit {
            return Err(VaultError::FirstDepositTooSmall);
        }
        Ok(())
    }

    /// Counts an entry.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn enter(&mut self, flow: Flow) -> core::result::Result<(), VaultError> {
        self.shares = plus(self.shares, flow.shares.0)?;
        self.deposited = plus(self.deposited, flow.assets.0)?;
        Ok(())
    }

    /// Counts an instant exit.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more shares leave than are in issue.
    pub fn exit(&mut self, flow: Flow) -> core::result::Result<(), VaultError> {
        self.shares = minus(self.shares, flow.shares.0)?;
        self.withdrawn = plus(self.withdrawn, flow.assets.0)?;
        Ok(())
    }

    /// Counts shares that join the queue, and returns their ticket's place.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn enqueue(&mut self, shares: Shares) -> core::result::Result<u64, VaultError> {
        let sequence = self.ticket_tail;
        self.ticket_tail = plus(sequence, 1)?;
        self.queued_shares = plus(self.queued_shares, shares.0)?;
        Ok(sequence)
    }

    /// Counts shares that leave the queue unpaid.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more leave than are queued.
    pub fn dequeue(&mut self, shares: Shares) -> core::result::Result<(), VaultError> {
        self.queued_shares = minus(self.queued_shares, shares.0)?;
        Ok(())
    }

    /// Counts what one instruction paid along the queue.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more was burnt than was queued.
    pub fn filled(&mut self, queue: &Queue) -> core::result::Result<(), VaultError> {
        self.ticket_head = queue.head;
        self.shares = minus(self.shares, queue.burnt.0)?;
        self.queued_shares = minus(self.queued_shares, queue.burnt.0)?;
        self.claims_owed = plus(self.claims_owed, queue.paid.0)?;
        self.withdrawn = plus(self.withdrawn, queue.paid.0)?;
        Ok(())
    }

    /// Counts a claim.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more is claimed than is owed.
    pub fn claimed(&mut self, assets: Assets) -> core::result::Result<(), VaultError> {
        self.claims_owed = minus(self.claims_owed, assets.0)?;
        Ok(())
    }

    /// What holds after every instruction: the queue holds issued shares only, its head is not past its tail, and an
    /// empty queue holds nothing.
    ///
    /// # Errors
    /// [`VaultError::InvariantBroken`].
    pub fn invariant(&self) -> core::result::Result<(), VaultError> {
        let queue_is_empty = self.ticket_head == self.ticket_tail;
        let holds = self.queued_shares <= self.shares
            && self.ticket_head <= self.ticket_tail
            && (!queue_is_empty || self.queued_shares == 0)
            && self.claims_owed <= self.withdrawn;
        if holds {
            Ok(())
        } else {
            Err(VaultError::InvariantBroken)
        }
    }
}

fn plus(count: u64, more: u64) -> core::result::Result<u64, VaultError> {
    count.checked_add(more).ok_or(VaultError::AmountOverflow)
}

fn minus(count: u64, less: u64) -> core::result::Result<u64, VaultError> {
    count.checked_sub(less).ok_or(VaultError::AmountOverflow)
}
