//! What the checks look at: the whole world's numbers at one moment, read from raw accounts.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::klend::ReserveView;
use risk_oracle::state::{Book, Network};
use strategy_router::state::{Ledger, Line, Nav};
use vault::state::{Ticket, Vault};

use super::world::{World, HOLDERS, ROUNDERS};
use crate::{Asset, Chain, Fixture};

/// Most lines that a world has.
pub const MAX_LINES: usize = 4;

/// What one account holder has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Base units.
    pub base: u64,
    /// Share units.
    pub shares: u64,
    /// Of each line: receipt tokens, and tokens of a swapped one.
    pub kind: [[u64; 2]; MAX_LINES],
}

/// One line beside its row of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSeen {
    /// Receipt tokens in the line's account.
    pub receipts: u64,
    /// Tokens in a swapped line's account.
    pub tokens: u64,
    /// What the tracked position is worth at this slot, base units: the market's books accrued to now, at the feeds'
    /// central prices. None while the market's books cannot be accrued.
    pub truth: Option<u64>,
}

/// The world at one moment.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Unix time, seconds.
    pub now: i64,
    /// Slot.
    pub slot: u64,
    /// The vault.
    pub vault: Box<Vault>,
    /// Its ledger.
    pub ledger: Box<Ledger>,
    /// The ledger's book.
    pub book: Box<Book>,
    /// The network that the book follows, in the worlds that have one.
    pub network: Option<Box<Network>>,
    /// The ledger's NAV; none while it is stale.
    pub nav: Option<Nav>,
    /// Shares in issue, as the mint says.
    pub supply: u64,
    /// Base units in the cash account.
    pub cash: u64,
    /// Shares in the escrow.
    pub escrow: u64,
    /// Base units in the claims account.
    pub claims: u64,
    /// Holders, then the two who go round, then the manager.
    pub users: Vec<Holding>,
    /// Base units of each keeper.
    pub keepers: Vec<u64>,
    /// The lines, in the order of the deployment.
    pub lines: Vec<LineSeen>,
    /// Every ticket that exists, by sequence number.
    pub tickets: Vec<Ticket>,
    /// Central prices of the base asset and the token, USD × 10^12.
    pub prices: [u64; 2],
    rounders: Vec<Pubkey>,
}

impl Seen {
    /// Reads everything.
    pub fn of(world: &World) -> Self {
        let fx = &world.fx;
        let clock = fx.chain.clock().expect("a clock");
        let addresses = fx.deployment.vault.addresses;
        let vault = Box::new(fx.vault_state());
        let ledger = Box::new(fx.ledger());
        let holding = |(user, kind): (&crate::User, &[[Pubkey; 2]; MAX_LINES])| Holding {
            base: amount(fx, &user.base),
            shares: amount(fx, &user.shares),
            kind: kind.map(|line| line.map(|key| amount(fx, &key))),
        };
        let nav = ledger.nav(clock.unix_timestamp).ok();
        Self {
            now: clock.unix_timestamp,
            slot: clock.slot,
            book: Box::new(fx.read(&addresses.book)),
            network: world.network.map(|key| Box::new(fx.read(&key))),
            nav,
            supply: supply(fx, &addresses.share_mint),
            cash: amount(fx, &addresses.cash),
            escrow: amount(fx, &addresses.escrow),
            claims: amount(fx, &addresses.claims),
            users: world.users.iter().zip(&world.kind_accounts).map(holding).collect(),
            keepers: world.keeper_accounts.iter().map(|key| amount(fx, key)).collect(),
            lines: (0..fx.deployment.lines.len()).map(|place| line_seen(fx, &ledger, place, clock.slot)).collect(),
            tickets: world.tickets(vault.ticket_tail),
            prices: [Asset::Base, Asset::Token].map(|asset| fx.feed(asset).price),
            rounders: world.users[HOLDERS..HOLDERS + ROUNDERS].iter().map(crate::User::pubkey).collect(),
            vault,
            ledger,
        }
    }

    /// The ledger's row of the line at this place of the deployment.
    pub fn row(&self, place: usize) -> &Line {
        let id = u16::try_from(place + 1).expect("few lines");
        self.ledger.line(id).expect("lines are never removed here")
    }

    /// Shares that share the pool: issued ones and fees not yet minted.
    pub fn pool_shares(&self) -> u128 {
        u128::from(self.vault.shares) + u128::from(self.vault.fee_shares)
    }

    /// What the vault really owns, base units: cash less pay owed, and each position at this slot. None while a market's
    /// books cannot be accrued.
    pub fn truth(&self) -> Option<u128> {
        let mut lines = 0_u128;
        for line in &self.lines {
            lines += u128::from(line.truth?);
        }
        Some((u128::from(self.ledger.cash_tracked) + lines).saturating_sub(u128::from(self.ledger.keeper_owed)))
    }

    /// The tickets of the two who go round.
    pub fn rounders_tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.iter().filter(|ticket| self.rounders.contains(&ticket.owner))
    }

    /// The ticket with this sequence number.
    pub fn ticket(&self, sequence: u64) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.sequence == sequence)
    }
}

/// The amount in a token account; 0 where there is none.
pub fn amount(fx: &Fixture, key: &Pubkey) -> u64 {
    number(fx, key, 64)
}

/// The supply of a mint.
pub fn supply(fx: &Fixture, key: &Pubkey) -> u64 {
    number(fx, key, 36)
}

fn number(fx: &Fixture, key: &Pubkey, at: usize) -> u64 {
    let data = fx.chain.svm().account_data(key).unwrap_or_default();
    let bytes = data.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u64::from_le_bytes).unwrap_or_default()
}

fn line_seen(fx: &Fixture, ledger: &Ledger, place: usize, slot: u64) -> LineSeen {
    let line = &fx.deployment.lines[place];
    let receipts = amount(fx, &line.addresses.position);
    let tokens = if line.pool.is_some() { amount(fx, &line.addresses.token) } else { 0 };
    let row = ledger.line(line.addresses.id).expect("lines are never removed here");
    LineSeen { receipts, tokens, truth: truth(fx, row, place, receipts, slot) }
}

fn truth(fx: &Fixture, row: &Line, place: usize, receipts: u64, slot: u64) -> Option<u64> {
    if row.position == 0 && row.in_flight == 0 {
        return Some(0);
    }
    let reserve = fx.deployment.lines[place].context.pinned.first()?;
    let data = fx.chain.svm().account_data(reserve)?;
    let exchange = ReserveView::parse(data).ok()?.exchange_at(slot).ok()?;
    let tokens = exchange.liquidity_for_collateral_down(row.position.min(receipts)).ok()? + row.in_flight;
    if row.swapped == 0 {
        return Some(tokens);
    }
    // Both mints have six decimals.
    let (token, base) = (fx.feed(Asset::Token).price, fx.feed(Asset::Base).price);
    u64::try_from(u128::from(tokens) * u128::from(token) / u128::from(base.max(1))).ok()
}
