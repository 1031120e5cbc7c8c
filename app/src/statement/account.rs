//! One holder, as a walk through the history leaves him.

use super::lots::{Disposal, Lots};
use super::price::Prices;
use super::returns::Growth;
use crate::index::rows::{Flow, FlowKind};

/// Sums over a period, base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Paid for shares.
    pub deposited: u64,
    /// Paid out at once.
    pub redeemed: u64,
    /// Moved to claims.
    pub filled: u64,
    /// Claimed.
    pub claimed: u64,
    /// Cash of redemptions in kind.
    pub in_kind_cash: u64,
    /// What else left in kind, at the lines' last mid values.
    pub in_kind_other: u64,
    /// Shares and tickets that came from others, at mid.
    pub received: u64,
    /// Shares and tickets that went to others, at mid.
    pub sent: u64,
    /// Fee shares minted to this wallet, at mid.
    pub collected: u64,
}

/// Fees borne in a period, base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Borne {
    /// Kept by the pool at entries.
    pub entry: u64,
    /// Kept by the pool at exits.
    pub exit: u64,
    /// This holder's part of management fees.
    pub management: u64,
    /// This holder's part of performance fees.
    pub performance: u64,
}

/// A flow, and what it was worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub flow: Flow,
    /// What it brought into the position (above zero) or took out of it, base units; zero where it only moved within.
    pub value: i128,
}

/// One holder.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// In share accounts, share units.
    pub wallet: u64,
    /// In escrow, share units.
    pub escrowed: u64,
    /// Waiting to be claimed, base units.
    pub claimable: u64,
    /// Left without ever having been seen to come; see [`Account::cover`].
    unseen: u64,
    /// What the shares cost.
    pub lots: Lots,
    /// Flows of the period.
    pub told: Vec<Told>,
    /// What left in the period, lot by lot.
    pub disposals: Vec<Disposal>,
    /// Sums of the period.
    pub sums: Sums,
    /// Fees of the period.
    pub borne: Borne,
    /// Growth over the period.
    pub growth: Growth,
    /// When money came (below zero) and went in the period.
    pub money: Vec<(i64, i128)>,
}

impl Account {
    /// All shares, escrowed ones included, share units.
    pub fn shares(&self) -> u64 {
        self.wallet.saturating_add(self.escrowed)
    }

    /// What shares and claims are worth at mid, base units.
    pub fn at_mid(&self, prices: &Prices) -> u64 {
        prices.at_mid(self.shares()).saturating_add(self.claimable)
    }

    /// What leaving now would pay, claims included, base units.
    pub fn at_exit(&self, prices: &Prices) -> u64 {
        prices.at_exit(self.shares()).saturating_add(self.claimable)
    }

    /// Forgets what was before the period.
    pub fn begin(&mut self, prices: &Prices) {
        self.told.clear();
        self.disposals.clear();
        self.money.clear();
        self.sums = Sums::default();
        self.borne = Borne::default();
        self.growth = Growth::new(self.at_mid(prices) as f64);
    }

    /// Value comes in with `shares` in a wallet, which cost as much.
    pub fn shares_come(&mut self, flow: &Flow, shares: u64, value: u64, prices: &Prices) {
        // What had left before it was seen to come has come now.
        let known = shares.min(self.unseen);
        self.unseen -= known;
        let before = self.at_mid(prices);
        let value = part(value, shares - known, shares);
        self.growth.comes_in(before as f64, value as f64);
        self.wallet = self.wallet.saturating_add(shares - known);
        self.lots.add(flow.place.time, flow.kind.name(), shares - known, value);
        self.money.push((flow.place.time, -i128::from(value)));
        self.tell(&Flow { shares: shares - known, ..flow.clone() }, i128::from(value));
    }

    /// `shares` leave a wallet for `value`, which leaves the position.
    pub fn shares_go(&mut self, flow: &Flow, shares: u64, value: u64, prices: &Prices) {
        self.cover(flow, shares, prices);
        self.wallet = self.wallet.saturating_sub(shares);
        self.dispose(flow, shares, value);
        self.value_goes(flow, value, prices);
    }

    /// `value` has left the position.
    pub fn value_goes(&mut self, flow: &Flow, value: u64, prices: &Prices) {
        self.growth.goes_out(self.at_mid(prices) as f64, value as f64);
        self.money.push((flow.place.time, i128::from(value)));
        self.tell(flow, -i128::from(value));
    }

    /// A ticket with `shares` and `claim` comes from another, at `value`.
    pub fn ticket_comes(&mut self, flow: &Flow, shares: u64, claim: u64, value: u64, prices: &Prices) {
        self.growth.comes_in(self.at_mid(prices) as f64, value as f64);
        self.escrowed = self.escrowed.saturating_add(shares);
        self.claimable = self.claimable.saturating_add(claim);
        self.lots.add(flow.place.time, flow.kind.name(), shares, value.saturating_sub(claim));
        self.money.push((flow.place.time, -i128::from(value)));
        self.tell(flow, i128::from(value));
    }

    /// Shares of a ticket leave it, and the lots, for `proceeds`.
    pub fn leave_escrow(&mut self, flow: &Flow, shares: u64, proceeds: u64) {
        self.escrowed = self.escrowed.saturating_sub(shares);
        self.dispose(flow, shares, proceeds);
    }

    /// Shares go into escrow.
    pub fn into_escrow(&mut self, flow: &Flow, prices: &Prices) {
        self.cover(flow, flow.shares, prices);
        self.wallet = self.wallet.saturating_sub(flow.shares);
        self.escrowed = self.escrowed.saturating_add(flow.shares);
        self.tell(flow, 0);
    }

    /// Writes the flow down; `value` is what it brought into the position.
    pub fn tell(&mut self, flow: &Flow, value: i128) {
        self.told.push(Told { flow: flow.clone(), value });
    }

    /// Shares that leave must have come. Where they came unseen (by a transfer of an unknown day) they are taken to have
    /// come just now, at mid; the comparison of balances that finds the transfer later does not count them again.
    fn cover(&mut self, flow: &Flow, shares: u64, prices: &Prices) {
        let missing = shares.saturating_sub(self.wallet);
        if missing == 0 {
            return;
        }
        let unseen = self.unseen;
        let came = Flow { kind: FlowKind::Received, shares: missing, other: None, ticket: None, ..flow.clone() };
        self.unseen = 0;
        let value = prices.at_mid(missing);
        self.shares_come(&came, missing, value, prices);
        self.sums.received = self.sums.received.saturating_add(value);
        self.unseen = unseen.saturating_add(missing);
    }

    fn dispose(&mut self, flow: &Flow, shares: u64, proceeds: u64) {
        self.disposals.extend(self.lots.take(flow.place.time, flow.kind.name(), shares, proceeds));
    }
}

/// amount · part / whole, rounded down.
fn part(amount: u64, part: u64, whole: u64) -> u64 {
    match whole {
        0 => 0,
        whole => u64::try_from(u128::from(amount) * u128::from(part) / u128::from(whole)).unwrap_or(amount),
    }
}
