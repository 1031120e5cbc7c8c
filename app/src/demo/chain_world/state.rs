//! Reading the world: the vault, the venues, one depositor.

use gimbal_venue_wire::klend::{ReserveView, FRACTION_BITS};
use lending_venue::state::Borrowers;
use risk_oracle::state::{Feed, Status};
use solana_signer::Signer;
use strategy_router::state::Ledger;
use vault::state::{Ticket, Vault};

use super::ChainWorld;
use crate::chain::{Chain, ChainError};
use crate::demo::world::{Holding, LineState, TicketState, VaultState, VenueState};
use crate::prices::PRICE_SCALE;
use crate::readers;
use crate::setup::Line;

/// Receipt tokens whose worth is compared over time.
const SAMPLE: u64 = 1_000_000_000_000;
/// What a benchmark starts with, base units: 1,000,000 USDC.
const BENCHMARK: u64 = 1_000_000_000_000;

impl ChainWorld {
    pub(super) fn read_vault(&self) -> Result<VaultState, ChainError> {
        let addresses = self.deployment.vault.addresses;
        let vault: Vault = readers::read(&self.chain, &addresses.vault)?;
        let ledger: Ledger = readers::read(&self.chain, &addresses.ledger)?;
        // Between two refreshes the valuations are too old for the programs; people still remember them.
        let nav = match ledger.nav(self.chain.clock()?.unix_timestamp) {
            Ok(nav) => [nav.low, nav.mid, nav.high],
            Err(_) => {
                let totals = ledger.totals;
                [totals.low, totals.mid, totals.high]
                    .map(|lines| ledger.cash_tracked.saturating_add(lines).saturating_sub(ledger.keeper_owed))
            }
        };
        let mut lines = Vec::with_capacity(self.deployment.lines.len());
        for (line, known) in ledger.lines.iter().filter(|line| line.is_used()).zip(&self.deployment.lines) {
            lines.push(LineState {
                low: line.low,
                mid: line.mid,
                high: line.high,
                liquidity: line.liquidity,
                target: part_of(nav[1], line.target_bps),
                band: part_of(nav[1], line.band_bps),
                endangered: self.is_endangered(known)?,
            });
        }
        Ok(VaultState {
            cash: ledger.cash_tracked,
            keeper_owed: ledger.keeper_owed,
            reserved: ledger.reserved,
            nav,
            shares: vault.shares.saturating_add(vault.fee_shares),
            queued_shares: vault.queued_shares,
            claims_owed: vault.claims_owed,
            ticket_head: vault.ticket_head,
            ticket_tail: vault.ticket_tail,
            lines,
        })
    }

    /// Whether the feed of a swapped line forbids new money, so that anybody may take the line's risk out.
    fn is_endangered(&self, line: &Line) -> Result<bool, ChainError> {
        let Some(feed) = line.token_feed else { return Ok(false) };
        let feed: Feed = readers::read(&self.chain, &feed.feed)?;
        // An old price alone is cured by the next update.
        let status = feed.status(self.chain.clock()?.unix_timestamp);
        Ok(status.intersects(Status::DEPEGGED.union(Status::DIVERGENT)))
    }

    pub(super) fn read_venue(&self, place: usize, line: &Line) -> Result<VenueState, ChainError> {
        let addresses = line.reserve.addresses;
        let account = self.chain.require_account(&addresses.reserve)?;
        let view = reserve(&addresses.reserve, &account.data)?;
        let borrowers: Borrowers = readers::read(&self.chain, &addresses.borrowers)?;
        let first = self.first_rates.get(place).copied().unwrap_or(SAMPLE).max(1);
        let now = worth(&addresses.reserve, &view)?;
        let held = u128::from(BENCHMARK) * u128::from(now) / u128::from(first);
        // A venue in another token is held in that token: its price counts too.
        let benchmark = match line.token_feed {
            Some(_) => held * u128::from(self.token_price) / u128::from(PRICE_SCALE),
            None => held,
        };
        Ok(VenueState {
            available: view.available_amount(),
            borrowed: u64::try_from(view.borrowed_amount_sf() >> FRACTION_BITS).unwrap_or(u64::MAX),
            written_off: borrowers.written_off,
            benchmark: u64::try_from(benchmark).unwrap_or(u64::MAX),
        })
    }

    /// What [`SAMPLE`] receipt tokens of each venue are worth now, units of the venue's token.
    pub(super) fn read_rates(&self) -> Result<Vec<u64>, ChainError> {
        let rate = |line: &Line| {
            let key = line.reserve.addresses.reserve;
            let account = self.chain.require_account(&key)?;
            worth(&key, &reserve(&key, &account.data)?)
        };
        self.deployment.lines.iter().map(rate).collect()
    }

    pub(super) fn read_holding(&self, depositor: usize) -> Result<Holding, ChainError> {
        let user = &self.users[depositor];
        let owner = user.key.pubkey();
        let mut tickets = Vec::new();
        for sequence in &user.tickets {
            let key = self.deployment.vault.ticket(*sequence);
            if let Some(ticket) = readers::read_if_exists::<Ticket>(&self.chain, &key)? {
                tickets.push(TicketState {
                    sequence: *sequence,
                    shares_left: ticket.shares_left,
                    claimable: ticket.claimable,
                });
            }
        }
        Ok(Holding {
            wallet: readers::balance(&self.chain, &self.deployment.vault.base_account(&owner))?,
            shares: readers::balance(&self.chain, &self.deployment.vault.share_account(&owner))?,
            tickets,
        })
    }
}

/// Basis points of an amount, rounded down.
fn part_of(amount: u64, bps: u16) -> u64 {
    (u128::from(amount) * u128::from(bps) / 10_000) as u64
}

fn reserve<'a>(key: &anchor_lang::prelude::Pubkey, data: &'a [u8]) -> Result<ReserveView<'a>, ChainError> {
    ReserveView::parse(data).map_err(|error| wrong(key, error.to_string()))
}

fn worth(key: &anchor_lang::prelude::Pubkey, view: &ReserveView) -> Result<u64, ChainError> {
    let exchange = view.exchange().map_err(|error| wrong(key, error.to_string()))?;
    exchange.liquidity_for_collateral_down(SAMPLE).map_err(|error| wrong(key, error.to_string()))
}

fn wrong(key: &anchor_lang::prelude::Pubkey, reason: String) -> ChainError {
    ChainError::WrongAccount { key: *key, expected: "a lending reserve", reason }
}
