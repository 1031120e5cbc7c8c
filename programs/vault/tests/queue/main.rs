//! The queue: worked examples, bounds, fees and deadlines, and that filling conserves shares and cash in whatever pieces
//! it is done.

mod bounds;
mod escrow;
mod fills;
mod properties;
mod tickets;

use bytemuck::Zeroable;
use gimbal_math::{Assets, Pool, Shares};
use vault::math::{self, Exit, Fill, Queue, Step, Waiting, SETTLED_AGE};
use vault::{Ticket, TicketStatus, Vault, VaultError};

fn pool(assets: u64, shares: u64) -> Pool {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

fn paid(shares: u64, assets: u64, fee: u64) -> Fill {
    Fill { shares: Shares(shares), assets: Assets(assets), fee: Assets(fee) }
}

/// Leavers priced by a pool, all of whose shares there are, at the vault's highest exit fee: tickets bring their own.
fn exit(pool: Pool) -> Exit {
    Exit { pool, supply: pool.shares, fee_bps: 100 }
}

/// A ticket of `shares` without bound or fee, before its deadlines.
fn waiting(shares: u64) -> Waiting {
    Waiting {
        shares: Shares(shares),
        left: Shares(shares),
        min_assets: Assets(0),
        fee_bps: 0,
        is_overdue: false,
        is_due_in_kind: false,
    }
}

fn open_ticket(shares: u64) -> Ticket {
    let mut ticket = Ticket::zeroed();
    ticket.status = TicketStatus::Open as u8;
    ticket.shares = shares;
    ticket.shares_left = shares;
    ticket.requested_at = 1_000;
    ticket.overdue_at = 2_000;
    ticket.in_kind_at = 3_000;
    ticket
}

/// 5,000,000 assets to 3,000,000 shares: with the virtual million on both sides, 3 for 2.
fn three_for_two() -> Pool {
    pool(5_000_000, 3_000_000)
}

fn fill(ticket: &Waiting, available: u64, pool: Pool) -> Fill {
    math::fill(ticket, Assets(available), &exit(pool)).unwrap()
}

/// A queue of one place at `pool`, priced at this very moment.
fn one(pool: Pool, available: u64) -> Queue {
    Queue::new(0, 1, exit(pool), Assets(available))
}
