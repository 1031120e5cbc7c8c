use anchor_lang::prelude::*;
use core::mem::size_of;
use gimbal_control::{Direction, Pauses, Roles};
use gimbal_math::{Assets, Pool, Shares};

use crate::error::VaultError;
use crate::seeds::VaultSigner;
use crate::state::{CheapestEntry, Fees, Outflow, Speed, VaultLimits};

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
    /// In the escrow for tickets of the queue, share units.
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
    /// What is charged, and what was.
    pub fees: Fees,
    /// Bounds on what comes in and goes out.
    pub limits: VaultLimits,
    /// What has left by instant exits lately.
    pub outflow: Outflow,
    /// How fast the share price moves.
    pub speed: Speed,
    /// Root of the list of who may pay in; zero: anybody.
    pub gate_root: [u8; 32],
    /// In the escrow for tickets that were passed, share units.
    pub passed_shares: u64,
    /// Ever accrued as fees: those in `fee_shares` and those minted, share units.
    pub fee_shares_made: u64,
    /// What the last second's cheapest entry was priced at.
    pub entry: CheapestEntry,
    /// Lookup table that clients shorten their messages with; the zero key: none. No program reads it.
    pub lookup_table: Pubkey,
    /// Room for what comes later.
    pub room: [u64; 65],
}

const _: () = assert!(
    size_of::<Vault>()
        == 6 + 2
            + size_of::<Roles>()
            + size_of::<Pauses>()
            + 8 * 32
            + 10 * 8
            + size_of::<Fees>()
            + size_of::<VaultLimits>()
            + size_of::<Outflow>()
            + size_of::<Speed>()
            + 32
            + 2 * 8
            + size_of::<CheapestEntry>()
            + 32
            + 65 * 8
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

    /// What holds after every instruction: the escrow holds issued shares only, the queue's head is not past its tail, and
    /// an empty queue holds nothing; every share made as a fee waits or was minted.
    ///
    /// # Errors
    /// [`VaultError::InvariantBroken`].
    pub fn invariant(&self) -> core::result::Result<(), VaultError> {
        let queue_is_empty = self.ticket_head == self.ticket_tail;
        let escrowed = self.queued_shares.checked_add(self.passed_shares).ok_or(VaultError::InvariantBroken)?;
        let holds = escrowed <= self.shares
            && self.ticket_head <= self.ticket_tail
            && (!queue_is_empty || self.queued_shares == 0)
            && self.claims_owed <= self.withdrawn
            && self.fee_shares.checked_add(self.fees.minted) == Some(self.fee_shares_made);
        if holds {
            Ok(())
        } else {
            Err(VaultError::InvariantBroken)
        }
    }
}

pub(super) fn plus(count: u64, more: u64) -> core::result::Result<u64, VaultError> {
    count.checked_add(more).ok_or(VaultError::AmountOverflow)
}

pub(super) fn minus(count: u64, less: u64) -> core::result::Result<u64, VaultError> {
    count.checked_sub(less).ok_or(VaultError::AmountOverflow)
}
