//! Tickets as their owners see them: where each is in its life, and what can be done about it now.

use anchor_lang::prelude::Pubkey;
use vault::state::{Ticket, Vault};

use crate::chain::{Chain, ChainError};
use crate::{identities, readers};

/// Where a ticket is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In the queue: it is paid in its turn, at a fresh NAV. `cancel` gives the unpaid shares back.
    Waiting,
    /// In the queue beyond its first deadline: it is paid without a fresh NAV too, and at the head `demand` forces cash.
    Overdue,
    /// Out of the queue for its bound: `cancel` gives the unpaid shares back; from its second deadline on it goes in kind.
    Passed,
    /// In the queue or passed, beyond its second deadline: `redeem_in_kind` takes its part of everything.
    DueInKind,
    /// No shares are left: `claim` takes what was paid.
    Over,
}

/// One ticket of an owner.
#[derive(Clone, Copy, Debug)]
pub struct OwnedTicket {
    /// Its address.
    pub key: Pubkey,
    /// The account.
    pub ticket: Ticket,
    /// Where it is in its life.
    pub stage: Stage,
    /// Places of the queue before it; zero out of the queue.
    pub ahead: u64,
}

/// Where a ticket is at `now`, Unix seconds.
pub fn stage(ticket: &Ticket, now: i64) -> Stage {
    if !ticket.is_open() && !ticket.is_passed() {
        return Stage::Over;
    }
    if now >= ticket.in_kind_at {
        return Stage::DueInKind;
    }
    match (ticket.is_passed(), ticket.is_overdue(now)) {
        (true, _) => Stage::Passed,
        (false, true) => Stage::Overdue,
        (false, false) => Stage::Waiting,
    }
}

/// The tickets of `owner` in the vault at `vault`, in the order of the queue.
///
/// # Errors
///
/// [`ChainError`] if an account cannot be read.
pub fn owned(chain: &(impl Chain + ?Sized), vault: &Pubkey, owner: &Pubkey) -> Result<Vec<OwnedTicket>, ChainError> {
    let head = readers::read::<Vault>(chain, vault)?.ticket_head;
    let now = chain.clock()?.unix_timestamp;
    let all = identities::tickets(chain, vault)?;
    let view = |(key, ticket): (Pubkey, Ticket)| OwnedTicket {
        key,
        ticket,
        stage: stage(&ticket, now),
        ahead: if ticket.is_open() { ticket.sequence.saturating_sub(head) } else { 0 },
    };
    Ok(all.into_iter().filter(|(_, ticket)| ticket.owner == *owner).map(view).collect())
}
