//! A walk through the history of one vault, with every holder.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;

use super::account::{Account, Borne};
use super::dilution::split;
use super::period::Period;
use super::price::Prices;
use crate::index::rows::{Charge, Flow, FlowKind, PricePoint, TicketTerms};
use crate::index::{read, Database, IndexError};

/// A ticket at the end of the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTicket {
    /// Whose.
    pub owner: Pubkey,
    /// In escrow, share units.
    pub left: u64,
    /// To be claimed, base units.
    pub claimable: u64,
    /// Whether it left the queue for its own bound.
    pub is_passed: bool,
}

/// What a holder had when the period began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// In share accounts, share units.
    pub wallet: u64,
    /// In escrow, share units.
    pub escrowed: u64,
    /// Base units.
    pub claimable: u64,
    /// Shares and claims at mid, base units.
    pub at_mid: u64,
    /// What leaving would have paid, base units.
    pub at_exit: u64,
    /// What the shares cost, base units.
    pub cost: u64,
}

/// A vault and its holders at the end of a period.
#[derive(Debug, Default)]
pub struct Replay {
    /// Every wallet that ever held a share or a ticket.
    pub accounts: BTreeMap<Pubkey, Account>,
    /// What they had at the beginning.
    pub openings: BTreeMap<Pubkey, Opening>,
    /// Every ticket ever.
    pub tickets: BTreeMap<Pubkey, OpenTicket>,
    /// What was fixed at each request.
    pub terms: BTreeMap<Pubkey, TicketTerms>,
    /// The last prices of the period.
    pub prices: Prices,
    /// The last prices before it.
    pub opening_prices: Prices,
    /// Fees of the period that fell on fee shares not yet minted.
    pub borne_by_accrued: Borne,
    /// Unix second of the last thing known.
    pub last: i64,
    is_open: bool,
}

/// One thing that happened.
enum Item<'a> {
    Price(&'a PricePoint),
    Charge(&'a Charge),
    Flow(&'a Flow),
}

impl Item<'_> {
    /// Slot, ordinal and position; at one place the price comes before what it was the price of.
    fn key(&self) -> (u64, i64, i64, u8) {
        let (place, rank) = match self {
            Self::Price(it) => (&it.place, 0),
            Self::Charge(it) => (&it.place, 1),
            Self::Flow(it) => (&it.place, 2),
        };
        (place.slot, place.ordinal, place.position, rank)
    }

    fn time(&self) -> i64 {
        match self {
            Self::Price(it) => it.place.time,
            Self::Charge(it) => it.place.time,
            Self::Flow(it) => it.place.time,
        }
    }
}

impl Replay {
    /// Walks from the vault's creation to the end of the period.
    ///
    /// # Errors
    ///
    /// [`IndexError::Sql`], [`IndexError::Corrupt`].
    pub fn run(database: &mut Database, vault: &Pubkey, period: &Period) -> Result<Self, IndexError> {
        let until = period.until;
        let (prices, charges, flows) = database.atomically(|inner| {
            let prices = read::prices(inner, vault, until)?;
            Ok((prices, read::charges(inner, vault, until)?, read::flows(inner, vault, until)?))
        })?;
        let mut items: Vec<Item<'_>> = Vec::with_capacity(prices.len() + charges.len() + flows.len());
        items.extend(prices.iter().map(Item::Price));
        items.extend(charges.iter().map(Item::Charge));
        items.extend(flows.iter().map(Item::Flow));
        items.sort_by_key(Item::key);
        let terms = read::tickets(database, vault, until)?;
        let mut replay =
            Self { terms: terms.into_iter().map(|terms| (terms.ticket, terms)).collect(), ..Self::default() };
        for item in &items {
            if !replay.is_open && item.time() >= period.from {
                replay.begin();
            }
            replay.last = replay.last.max(item.time());
            match item {
                Item::Price(point) => replay.prices.learn(point),
                Item::Charge(charge) => replay.charge(charge),
                Item::Flow(flow) => replay.flow(flow),
            }
        }
        if !replay.is_open {
            replay.begin();
        }
        Ok(replay)
    }

    fn begin(&mut self) {
        self.is_open = true;
        self.opening_prices = self.prices;
        self.borne_by_accrued = Borne::default();
        for (owner, account) in &mut self.accounts {
            account.begin(&self.prices);
            let opening = Opening {
                wallet: account.wallet,
                escrowed: account.escrowed,
                claimable: account.claimable,
                at_mid: account.at_mid(&self.prices),
                at_exit: account.at_exit(&self.prices),
                cost: account.lots.cost(),
            };
            self.openings.insert(*owner, opening);
        }
    }

    fn charge(&mut self, charge: &Charge) {
        let weights: Vec<u64> = self.accounts.values().map(Account::shares).collect();
        let management = split(charge.management, &weights, charge.supply);
        let performance = split(charge.performance, &weights, charge.supply);
        let borne = self.accounts.values_mut().map(|account| &mut account.borne).chain([&mut self.borne_by_accrued]);
        for ((borne, management), performance) in borne.zip(management).zip(performance) {
            borne.management = borne.management.saturating_add(management);
            borne.performance = borne.performance.saturating_add(performance);
        }
    }

    fn flow(&mut self, flow: &Flow) {
        let prices = self.prices;
        if flow.kind == FlowKind::TransferTicket {
            return self.transfer_ticket(flow, &prices);
        }
        self.ticket(flow);
        let account = self.accounts.entry(flow.owner).or_default();
        let Flow { shares, assets, fee, in_kind, .. } = *flow;
        match flow.kind {
            FlowKind::Deposit => {
                account.shares_come(flow, shares, assets, &prices);
                add(&mut account.sums.deposited, assets);
                add(&mut account.borne.entry, fee);
            }
            FlowKind::Redeem => {
                account.shares_go(flow, shares, assets, &prices);
                add(&mut account.sums.redeemed, assets);
                add(&mut account.borne.exit, fee);
            }
            FlowKind::Request => account.into_escrow(flow, &prices),
            FlowKind::Fill => {
                account.leave_escrow(flow, shares, assets);
                add(&mut account.claimable, assets);
                account.tell(flow, 0);
                add(&mut account.sums.filled, assets);
                add(&mut account.borne.exit, fee);
            }
            FlowKind::Claim => {
                account.claimable = account.claimable.saturating_sub(assets);
                account.value_goes(flow, assets, &prices);
                add(&mut account.sums.claimed, assets);
            }
            FlowKind::Cancel => {
                account.escrowed = account.escrowed.saturating_sub(shares);
                add(&mut account.wallet, shares);
                account.tell(flow, 0);
            }
            FlowKind::Pass => account.tell(flow, 0),
            FlowKind::InKind => {
                let value = assets.saturating_add(in_kind);
                account.leave_escrow(flow, shares, value);
                account.value_goes(flow, value, &prices);
                add(&mut account.sums.in_kind_cash, assets);
                add(&mut account.sums.in_kind_other, in_kind);
            }
            FlowKind::Collect => {
                let value = prices.at_mid(shares);
                account.shares_come(flow, shares, value, &prices);
                add(&mut account.sums.collected, value);
            }
            FlowKind::Received => {
                let before = account.money.len();
                account.shares_come(flow, shares, prices.at_mid(shares), &prices);
                // Less than all of it counts where a part had left before it was seen to come.
                let value = account.money.get(before).map_or(0, |(_, value)| value.unsigned_abs());
                add(&mut account.sums.received, u64::try_from(value).unwrap_or(u64::MAX));
            }
            FlowKind::Sent => {
                let value = prices.at_mid(shares);
                account.shares_go(flow, shares, value, &prices);
                add(&mut account.sums.sent, value);
            }
            FlowKind::TransferTicket => {}
        }
    }

    /// What the flow does to its ticket.
    fn ticket(&mut self, flow: &Flow) {
        let Some(key) = flow.ticket else { return };
        let ticket = self.tickets.entry(key).or_insert(OpenTicket {
            owner: flow.owner,
            left: 0,
            claimable: 0,
            is_passed: false,
        });
        match flow.kind {
            FlowKind::Request => ticket.left = flow.shares,
            FlowKind::Fill => {
                ticket.left = ticket.left.saturating_sub(flow.shares);
                ticket.claimable = ticket.claimable.saturating_add(flow.assets);
            }
            FlowKind::Claim => ticket.claimable = ticket.claimable.saturating_sub(flow.assets),
            FlowKind::Cancel | FlowKind::InKind => ticket.left = 0,
            FlowKind::Pass => ticket.is_passed = true,
            _ => {}
        }
    }

    /// A ticket goes on with all that is in it, at mid and what may be claimed.
    fn transfer_ticket(&mut self, flow: &Flow, prices: &Prices) {
        let (Some(key), Some(next)) = (flow.ticket, flow.other) else { return };
        let Some(ticket) = self.tickets.get_mut(&key) else { return };
        ticket.owner = next;
        let (left, claim) = (ticket.left, ticket.claimable);
        let worth = prices.at_mid(left);
        let value = worth.saturating_add(claim);
        let flow = Flow { shares: left, assets: claim, ..flow.clone() };

        let previous = self.accounts.entry(flow.owner).or_default();
        previous.leave_escrow(&flow, left, worth);
        previous.claimable = previous.claimable.saturating_sub(claim);
        previous.value_goes(&flow, value, prices);
        add(&mut previous.sums.sent, value);
        let account = self.accounts.entry(next).or_default();
        account.ticket_comes(&flow, left, claim, value, prices);
        add(&mut account.sums.received, value);
    }
}

fn add(sum: &mut u64, amount: u64) {
    *sum = sum.saturating_add(amount);
}
