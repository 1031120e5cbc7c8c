//! What an owner has in a vault: shares, tickets, and the ways out.

use anchor_lang::prelude::Pubkey;
use gimbal_math::{shares::assets_for_redeem_down, Shares};
use serde::Serialize;
use strategy_router::state::Nav;
use vault::{
    math::paid_down,
    state::{Ticket, Vault},
};

use super::exits::Exits;
use super::nav::{nav_of, SharePrice};
use super::queue::{Surroundings, TicketView};
use super::units::{ticker, Amount, Gain, When, Worth};
use super::Facts;
use crate::preview::Preview;
use crate::statement::Statement;

/// What the index knows of an owner's past in a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Past {
    /// The last moment that the index knows of.
    pub until: When,
    /// Whether the index lags: it tells another number of shares than the chain.
    pub behind: bool,
    /// What the shares that are held were bought for, first in first out.
    pub cost: Amount,
    /// What these are worth at mid by the index's last prices, less their cost.
    pub unrealised: Gain,
    /// What shares that were given up brought beyond their cost.
    pub realised: Gain,
    /// Value at mid, less what came in, and what went out, over the whole life of the position.
    pub profit: Gain,
    /// Fees paid: on entry and exit, and the owner's part of management and performance fees.
    pub fees_paid: Amount,
}

impl Past {
    /// From the statement of the owner over all time; `shares` are what the chain says of the owner's, tickets included.
    pub fn new(statement: &Statement, shares: u64) -> Self {
        let closing = &statement.closing;
        let known = closing.shares.base_units.saturating_add(closing.escrowed.base_units);
        Self {
            until: statement.to.clone(),
            behind: known != shares,
            cost: closing.cost.clone(),
            unrealised: statement.unrealised.clone(),
            realised: statement.realised.clone(),
            profit: statement.profit.mid.clone(),
            fees_paid: statement.fees.total.clone(),
        }
    }
}

/// An owner's part of one vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PositionView {
    /// The vault.
    pub vault: String,
    /// The owner.
    pub owner: String,
    /// The mint of the base asset.
    pub base_mint: String,
    /// The ticker of the asset whose price the base feed follows, where it is a known one.
    pub symbol: Option<&'static str>,
    /// Digits after the point of base asset and shares.
    pub decimals: u8,
    /// Shares in the owner's associated account.
    pub shares: Amount,
    /// What these are worth: low as who leaves is paid, after fees; mid; high as who enters pays.
    pub value: Worth,
    /// Shares of the owner's tickets that were not paid yet.
    pub ticket_shares: Amount,
    /// What these are worth, likewise.
    pub ticket_value: Worth,
    /// Paid and not yet claimed.
    pub claimable: Amount,
    /// What a share is worth.
    pub share_price: Option<SharePrice>,
    /// Whether NAV is fresh; else values are by the last valuations, and a refresh comes first in every flow.
    pub fresh: bool,
    /// The owner's tickets, in the order of the queue.
    pub tickets: Vec<TicketView>,
    /// The ways out for the shares; none where there are none, or where NAV cannot be made fresh.
    pub exits: Option<Exits>,
    /// Cost, profit and fees; none without an index.
    pub past: Option<Past>,
}

impl PositionView {
    /// The part of `owner` with `shares` in the associated account; `tickets` are all of the vault's.
    pub fn new(facts: &Facts, owner: &Pubkey, shares: u64, tickets: &[(Pubkey, Ticket)]) -> Self {
        let Facts { vault, ledger, now, .. } = facts;
        let (nav, fresh) = nav_of(ledger, *now);
        let decimals = facts.decimals();
        let own: Vec<&(Pubkey, Ticket)> = tickets.iter().filter(|(_, ticket)| ticket.owner == *owner).collect();
        let waiting = own.iter().map(|(_, ticket)| ticket.shares_left).sum();
        let at = Surroundings { vault, ledger, nav: fresh.then_some(nav), now: *now };
        let preview = Preview::new(**vault, **ledger, *now).ok();
        Self {
            vault: facts.addresses.vault.to_string(),
            owner: owner.to_string(),
            base_mint: vault.base_mint.to_string(),
            symbol: ticker(&facts.base_feed.feed_id),
            decimals,
            shares: Amount::new(shares, decimals),
            value: Worth::new(worth(vault, &nav, *now, shares), decimals),
            ticket_shares: Amount::new(waiting, decimals),
            ticket_value: Worth::new(worth(vault, &nav, *now, waiting), decimals),
            claimable: Amount::new(own.iter().map(|(_, ticket)| ticket.claimable).sum(), decimals),
            share_price: SharePrice::new(vault, &nav, *now),
            fresh,
            tickets: own.iter().map(|(key, ticket)| TicketView::new(&at, key, ticket, tickets)).collect(),
            exits: preview.filter(|_| shares > 0).map(|preview| Exits::new(&preview, shares)),
            past: None,
        }
    }

    /// Whether the owner has anything here.
    pub fn is_empty(&self) -> bool {
        self.shares.base_units == 0 && self.tickets.is_empty()
    }
}

/// What `shares` are worth, base units: low as who leaves is paid, after fees; mid; high as who enters pays. Rounded down.
pub fn worth(vault: &Vault, nav: &Nav, now: i64, shares: u64) -> [u64; 3] {
    let low =
        vault.leaving(now, nav.low).and_then(|exit| paid_down(Shares(shares), &exit)).map_or(0, |(paid, _)| paid.0);
    let at = |assets: u64| {
        let pool = vault.pool(assets).ok()?;
        assets_for_redeem_down(Shares(shares), pool).ok().map(|worth| worth.0)
    };
    let mid = at(nav.mid).unwrap_or(0).max(low);
    [low, mid, at(nav.high).unwrap_or(0).max(mid)]
}
