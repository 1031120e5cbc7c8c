//! One vault while it is planned for: how it will stand after what was planned already.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::Book;
use strategy_router::adapters::Quote;
use strategy_router::moves::store_revaluation;
use strategy_router::state::{Keeper, Ledger, Line};
use vault::state::Vault;

use super::feeds::Feeds;
use super::value::Valuer;
use super::Skipped;
use crate::keeper::action::{Action, ActionKey, ActionKind, Urgency};
use crate::keeper::config::KeeperConfig;
use crate::keeper::profit::Rates;
use crate::keeper::sentence;
use crate::keeper::watch::{LineSite, Watched, World};

/// What is the same for every vault of a plan.
pub(super) struct Ground<'a> {
    pub world: &'a World,
    pub config: &'a KeeperConfig,
    pub rates: Rates,
    pub feeds: Feeds,
}

/// One vault of a plan.
pub(super) struct Round<'a> {
    pub ground: &'a Ground<'a>,
    pub watched: &'a Watched,
    /// As it will stand.
    pub vault: Box<Vault>,
    /// As it will stand.
    pub ledger: Box<Ledger>,
    /// As it will stand.
    pub keeper: Option<Keeper>,
    pub actions: Vec<Action>,
    pub skipped: Vec<Skipped>,
    /// Planned actions that bring cash.
    pub cash_from: Vec<ActionKey>,
    /// Lines whose money a planned action moves: no second one does.
    pub moved: BTreeSet<u16>,
    /// What each line of the site is worth now, before anything is moved.
    quotes: Vec<OnceCell<Result<Quote, String>>>,
}

/// An action before it is known whether it is worth doing.
pub(super) struct Draft {
    pub kind: ActionKind,
    pub line: Option<u16>,
    pub account: Option<Pubkey>,
    pub amount: u64,
    pub urgency: Urgency,
    /// What the keeper gets, base units.
    pub pay: u64,
    /// What the vault or somebody in it gains, base units, where that must be worth the cost; none where it need not.
    pub worth: Option<u64>,
    /// Lamports beside the fees: rent.
    pub rent: u64,
    pub needs: Vec<ActionKey>,
    pub reason: String,
}

impl Draft {
    pub fn new(kind: ActionKind, urgency: Urgency, reason: impl Into<String>) -> Self {
        Self {
            kind,
            line: None,
            account: None,
            amount: 0,
            urgency,
            pay: 0,
            worth: None,
            rent: 0,
            needs: Vec::new(),
            reason: reason.into(),
        }
    }

    pub fn of_line(self, id: u16) -> Self {
        Self { line: Some(id), ..self }
    }
}

impl<'a> Round<'a> {
    pub fn new(ground: &'a Ground<'a>, watched: &'a Watched) -> Self {
        Self {
            ground,
            watched,
            vault: watched.vault.clone(),
            ledger: watched.ledger.clone(),
            keeper: watched.keeper,
            actions: Vec::new(),
            skipped: Vec::new(),
            cash_from: Vec::new(),
            moved: BTreeSet::new(),
            quotes: vec![OnceCell::new(); watched.site.lines.len()],
        }
    }

    pub fn now(&self) -> i64 {
        self.ground.world.now
    }

    pub fn valuer(&self) -> Valuer<'a> {
        let ground = self.ground;
        Valuer { world: ground.world, feeds: &ground.feeds, site: &self.watched.site }
    }

    /// The lines whose rows are in use, in the order of the ledger.
    pub fn lines(&self) -> impl Iterator<Item = &'a LineSite> + 'a {
        self.watched.site.lines.iter()
    }

    /// The row of a line as it will stand.
    pub fn row(&self, line: &LineSite) -> Option<Line> {
        self.ledger.line(line.context.addresses.id).ok().copied()
    }

    /// The ledger's book, if it was opened.
    pub fn book(&self) -> Option<&'a Book> {
        self.watched.book.as_deref()
    }

    /// Whether the key may rebalance here.
    pub fn is_keeper(&self) -> bool {
        self.keeper.is_some_and(|keeper| keeper.active == 1)
    }

    /// Lamports for base units, rounded down.
    pub fn lamports_down(&self, amount: u64) -> u64 {
        let feed = self.ground.feeds.get(&self.watched.site.context.base_feed);
        let price = feed.map(|feed| feed.price).filter(|price| *price > 0);
        self.ground.rates.lamports_down(amount, self.ledger.base_decimals, price)
    }

    /// The updates of a line's feeds that are planned.
    pub fn feed_updates(&self, line: &LineSite) -> Vec<ActionKey> {
        match line.context.token_feed {
            Some(token) => self.ground.feeds.updates_of([self.watched.site.context.base_feed, token]).collect(),
            None => Vec::new(),
        }
    }

    /// What the line is worth now, with its venue brought up to date in front.
    pub fn quote(&self, line: &LineSite) -> Result<Quote, String> {
        let value = || {
            let row = self.watched.line(line.context.addresses.id).ok_or("the ledger has no such line")?;
            self.valuer().quote(&self.watched.ledger, line, row)
        };
        let place = self.lines().position(|other| other.context.addresses.id == line.context.addresses.id);
        match place.and_then(|place| self.quotes.get(place)) {
            Some(cell) => cell.get_or_init(value).clone(),
            None => value(),
        }
    }

    /// The ledger with the line valued now, and its row there.
    pub fn valued(&self, line: &LineSite, quote: &Quote) -> Result<(Box<Ledger>, Line), String> {
        let (id, world) = (line.context.addresses.id, self.ground.world);
        let mut ledger = self.ledger.clone();
        store_revaluation(&mut ledger, id, quote, world.slot, world.now).map_err(|error| sentence(&error))?;
        let row = *ledger.line(id).map_err(|error| sentence(&error))?;
        Ok((ledger, row))
    }

    /// Why a line is left alone: somebody has just moved it, and the accounts that were read may not agree on that.
    pub fn just_moved(&self, line: &LineSite) -> Option<String> {
        if self.moved.contains(&line.context.addresses.id) {
            return Some("another action of this plan moves it".to_owned());
        }
        let row = self.watched.line(line.context.addresses.id)?;
        let since = self.ground.world.slot.saturating_sub(row.last_action_slot);
        let recent = row.last_action_slot > 0 && since < self.ground.config.limits.yield_slots;
        recent.then(|| format!("somebody moved it {since} slots ago"))
    }

    /// Takes a move of the line's money into account: `cash` comes in, or goes out below zero.
    pub fn moved(&mut self, line: &LineSite, ledger: Box<Ledger>, cash: i128) {
        self.ledger = ledger;
        self.moved.insert(line.context.addresses.id);
        let (now, slot) = (self.now(), self.ground.world.slot);
        let add = |value: u64, change: i128| u64::try_from((i128::from(value) + change).max(0)).unwrap_or(u64::MAX);
        self.ledger.cash_tracked = add(self.ledger.cash_tracked, cash);
        if let Ok(row) = self.ledger.line_mut(line.context.addresses.id) {
            (row.low, row.mid, row.high) = (add(row.low, -cash), add(row.mid, -cash), add(row.high, -cash));
            row.liquidity = add(row.liquidity, -cash);
            row.last_action_slot = slot;
            if row.high == 0 {
                (row.position, row.in_flight) = (0, 0);
            } else if row.position == 0 {
                // Something is there now; how many receipts the venue gives does not matter here.
                row.position = 1;
            }
            row.valued_at = now;
        }
        // The sums fitted before, and the move changes none of them by more than it moves.
        let _ = self.ledger.remake_totals();
    }

    pub fn skip(&mut self, kind: ActionKind, line: Option<u16>, reason: impl Into<String>) {
        self.skipped.push(Skipped { vault: self.watched.key(), kind, line, reason: reason.into() });
    }

    /// Plans the draft if it is worth doing. Returns its key, or none where it is not.
    pub fn propose(&mut self, draft: Draft) -> Option<ActionKey> {
        let rates = &self.ground.rates;
        let expected_cost = rates.cost_up(draft.kind).saturating_add(draft.rent);
        // Updates and valuations that are kept up anyway cost nothing more.
        let needed = draft.needs.iter().filter(|key| !self.ground.config.is_obligatory(key.kind));
        let with_needs = needed.fold(expected_cost, |sum, key| sum.saturating_add(rates.cost_up(key.kind)));
        let obligatory = self.ground.config.is_obligatory(draft.kind);
        let pay = self.lamports_down(draft.pay);
        let profit = i64::try_from(i128::from(pay) - i128::from(with_needs)).unwrap_or(i64::MAX);
        if let Err(reason) = self.is_worth(&draft, obligatory, with_needs, pay) {
            if let Some(reason) = reason {
                self.skip(draft.kind, draft.line, reason);
            }
            return None;
        }
        let nonce = self.watched.nonce(draft.kind, draft.line)?;
        let action = Action {
            vault: self.watched.key(),
            kind: draft.kind,
            line: draft.line,
            account: draft.account,
            amount: draft.amount,
            urgency: draft.urgency,
            expected_pay: draft.pay,
            expected_cost,
            profit,
            obligatory,
            nonce,
            needs: draft.needs,
            reason: draft.reason,
        };
        let key = action.key();
        self.actions.push(action);
        Some(key)
    }

    /// Whether a draft is worth doing; where not, why, unless the operator does not want its kind at all.
    fn is_worth(&self, draft: &Draft, obligatory: bool, cost: u64, pay: u64) -> Result<(), Option<String>> {
        if let Some(worth) = draft.worth {
            let gain = self.lamports_down(worth);
            if gain < cost {
                return Err(Some(format!("it brings {gain} lamports and costs {cost}")));
            }
        }
        if obligatory {
            return Ok(());
        }
        match draft.kind {
            // Whether it is needed is known when the rest is planned.
            ActionKind::Refresh => Ok(()),
            // Without a bounty it is nobody's business.
            ActionKind::Derisk if pay == 0 => Err(None),
            ActionKind::Rebalance | ActionKind::CollectPay | ActionKind::Derisk => {
                let least = self.ground.config.profit.min_profit_lamports;
                match pay >= cost.saturating_add(least) {
                    true => Ok(()),
                    false => Err(Some(format!("it pays {pay} lamports and costs {cost}: {least} must be left"))),
                }
            }
            _ => Err(None),
        }
    }
}
