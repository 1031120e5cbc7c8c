//! How the vault counts what waits: shares in escrow, places of the queue, and what filled tickets may claim.

use gimbal_math::{Assets, Shares};

use super::vault::{minus, plus, Vault};
use crate::error::VaultError;
use crate::math::Queue;
use crate::state::Ticket;

impl Vault {
    /// The deadlines of a ticket requested at `now`, Unix seconds: overdue, and in kind.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn deadlines(&self, now: i64) -> Result<(i64, i64), VaultError> {
        let wait = i64::from(self.limits.deadline());
        let overdue_at = now.checked_add(wait).ok_or(VaultError::AmountOverflow)?;
        let in_kind_at = overdue_at.checked_add(wait).ok_or(VaultError::AmountOverflow)?;
        Ok((overdue_at, in_kind_at))
    }

    /// A ticket is large enough, or takes all that its share account `held`.
    ///
    /// # Errors
    /// [`VaultError::ZeroShares`], [`VaultError::TicketTooSmall`].
    pub fn require_ticket_size(&self, shares: u64, held: u64) -> Result<(), VaultError> {
        if shares == 0 {
            return Err(VaultError::ZeroShares);
        }
        if shares < self.limits.min_ticket && shares != held {
            return Err(VaultError::TicketTooSmall);
        }
        Ok(())
    }

    /// Counts shares that join the queue, and returns their ticket's place.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn enqueue(&mut self, shares: Shares) -> Result<u64, VaultError> {
        let sequence = self.ticket_tail;
        self.ticket_tail = plus(sequence, 1)?;
        self.queued_shares = plus(self.queued_shares, shares.0)?;
        Ok(sequence)
    }

    /// Counts what one instruction paid and passed along the queue.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more was burnt or passed than was queued.
    pub fn filled(&mut self, queue: &Queue) -> Result<(), VaultError> {
        self.ticket_head = queue.head;
        self.shares = minus(self.shares, queue.burnt.0)?;
        self.queued_shares = minus(minus(self.queued_shares, queue.burnt.0)?, queue.passed.0)?;
        self.passed_shares = plus(self.passed_shares, queue.passed.0)?;
        self.claims_owed = plus(self.claims_owed, queue.paid.0)?;
        self.withdrawn = plus(self.withdrawn, queue.paid.0)?;
        Ok(())
    }

    /// Counts shares that leave the escrow unpaid, of a ticket as it was before: out of the queue, or from among the
    /// passed.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more leave than are there.
    pub fn unescrow(&mut self, ticket: &Ticket, shares: Shares) -> Result<(), VaultError> {
        let count = if ticket.is_passed() { &mut self.passed_shares } else { &mut self.queued_shares };
        *count = minus(*count, shares.0)?;
        Ok(())
    }

    /// Counts shares that were burnt for a part of everything, the cash among it apart; see [`Self::withdrew_in_kind`].
    /// The place of a ticket at the head is passed at once, any other when its turn comes.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more are burnt than are there.
    pub fn burn_in_kind(&mut self, ticket: &Ticket, shares: Shares) -> Result<(), VaultError> {
        self.unescrow(ticket, shares)?;
        self.shares = minus(self.shares, shares.0)?;
        if self.is_head(ticket) {
            self.ticket_head = plus(self.ticket_head, 1)?;
        }
        Ok(())
    }

    /// Counts the cash of a redemption in kind.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`].
    pub fn withdrew_in_kind(&mut self, cash: Assets) -> Result<(), VaultError> {
        self.withdrawn = plus(self.withdrawn, cash.0)?;
        Ok(())
    }

    /// Counts a claim.
    ///
    /// # Errors
    /// [`VaultError::AmountOverflow`] when more is claimed than is owed.
    pub fn claimed(&mut self, assets: Assets) -> Result<(), VaultError> {
        self.claims_owed = minus(self.claims_owed, assets.0)?;
        Ok(())
    }

    /// Whether a ticket is the next of the queue.
    pub fn is_head(&self, ticket: &Ticket) -> bool {
        ticket.is_open() && ticket.sequence == self.ticket_head
    }

    /// Shares in escrow for tickets, share units: in the queue, and of those that were passed.
    pub fn escrowed_shares(&self) -> u64 {
        self.queued_shares.saturating_add(self.passed_shares)
    }
}
