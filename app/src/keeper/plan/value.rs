//! What a line is worth now, by the router's own adapter on the accounts that were read.

use risk_oracle::state::{Action as Use, Feed, Status};
use strategy_router::adapters::{adapter, Prices, Quote, VenueView};
use strategy_router::state::{Ledger, Line};

use gimbal_venue_wire::{klend::ReserveMut, whirlpool::WhirlpoolView};

use super::feeds::Feeds;
use super::pool::Pool;
use crate::keeper::sentence;
use crate::keeper::watch::{info, LineSite, VaultSite, World};

/// What a valuation reads of one line.
pub(super) struct Valuer<'a> {
    pub world: &'a World,
    pub feeds: &'a Feeds,
    pub site: &'a VaultSite,
}

impl Valuer<'_> {
    /// The line's value with its venue brought up to date in front.
    pub fn quote(&self, ledger: &Ledger, line: &LineSite, row: &Line) -> Result<Quote, String> {
        let prices = self.prices(ledger, line)?;
        let keys =
            [line.reserve(), Some(line.context.addresses.position), line.market()].map(Option::unwrap_or_default);
        let account = |place: usize| {
            self.world
                .venues
                .get(&keys[place])
                .cloned()
                .ok_or_else(|| format!("its account {} is missing", keys[place]))
        };
        let (mut reserve, mut position, mut market) = (account(0)?, account(1)?, account(2)?);
        // The venue's refresh runs in front. Which part of the fees is a referrer's does not matter to depositors.
        if let Ok(mut books) = ReserveMut::parse(&mut reserve.data) {
            // Interest over a very long time leaves the books' range; they are then valued as they are.
            let _ = books.accrue(self.world.slot, 0);
        }
        let pinned = [info(&keys[0], &mut reserve), info(&keys[1], &mut position), info(&keys[2], &mut market)];
        let view = VenueView {
            program: line.context.venue.0,
            pinned: &pinned,
            prices,
            refuse_stale: false,
            slot: self.world.slot,
            now: self.world.now,
        };
        adapter(row.adapter).and_then(|adapter| adapter.value(&view, row)).map_err(|error| sentence(&error))
    }

    /// The prices of a swapped line, as they will stand.
    fn prices(&self, ledger: &Ledger, line: &LineSite) -> Result<Option<Prices>, String> {
        let Some(token_feed) = line.context.token_feed else { return Ok(None) };
        let usable = |key| {
            let feed: &Feed = self.feeds.get(&key).ok_or_else(|| format!("its feed {key} is missing"))?;
            let bounds = feed.require(Use::Value, self.world.now).and_then(|()| feed.bounds());
            bounds.map_err(|error| format!("its feed {key}: {}", sentence(&error)))
        };
        let row = ledger.line(line.context.addresses.id).map_err(|error| sentence(&error))?;
        Ok(Some(Prices {
            token: usable(token_feed)?,
            base: usable(self.site.context.base_feed)?,
            token_decimals: row.token_decimals,
            base_decimals: ledger.base_decimals,
        }))
    }

    /// Flags of a line's token's feed, and of both its feeds; none for a same-asset line.
    pub fn flags(&self, line: &LineSite) -> (Status, Status) {
        let of = |key| self.feeds.get(&key).map_or(Status::NONE, |feed: &Feed| feed.status(self.world.now));
        match line.context.token_feed {
            Some(feed) => (of(feed), of(feed).union(of(self.site.context.base_feed))),
            None => (Status::NONE, Status::NONE),
        }
    }

    /// The pool of a swapped line; none for a same-asset line.
    pub fn pool(&self, ledger: &Ledger, line: &LineSite) -> Result<Option<Pool>, String> {
        let (Some(key), Some(prices)) = (line.pool(), self.prices(ledger, line)?) else { return Ok(None) };
        let account = self.world.venues.get(&key).ok_or_else(|| format!("its pool {key} is missing"))?;
        let view = WhirlpoolView::parse(&account.data).map_err(|error| format!("its pool {key}: {error}"))?;
        Ok(Some(Pool::new(&view, &self.site.context.base_mint, prices)))
    }

    /// What lies in the line's accounts, units: receipt tokens, and tokens of a swapped line.
    pub fn held(&self, line: &LineSite) -> (u64, u64) {
        let of = |key| self.world.venues.balance(&key).unwrap_or(0);
        (of(line.context.addresses.position), line.token().map_or(0, of))
    }
}
