//! A vault: one row among others, and everything that somebody wants to know before paying in.

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::Feed;
use serde::Serialize;
use strategy_router::state::{Ledger, Nav, Policy};
use vault::state::{Ticket, Vault};

use super::change::ChangeView;
use super::line::{is_stale, LineView};
use super::nav::{nav_of, NavView, Rate, SharePrice};
use super::queue::{recallable, QueueView};
use super::terms::{pauses, FeesView, GateView, LimitsView, PauseView, RolesView};
use super::units::{named, ticker, weight_bps, Amount};
use super::Facts;

/// A vault among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VaultRow {
    /// Its address.
    pub vault: String,
    /// The mint of its base asset.
    pub base_mint: String,
    /// The ticker of the asset whose price the base feed follows, where it is a known one; look at the mint all the same.
    pub symbol: Option<&'static str>,
    /// Digits after the point of base asset and shares.
    pub decimals: u8,
    /// What it is worth.
    pub nav: NavView,
    /// What a share is worth.
    pub share_price: Option<SharePrice>,
    /// Cash, keepers' pay taken off.
    pub cash: Amount,
    /// Lines in use.
    pub lines: usize,
    /// Shares that wait in the queue.
    pub queued_shares: Amount,
    /// What lending pays now.
    pub rate: Option<Rate>,
    /// `stale`, `deposits paused`, `instant exits paused`, `new money paused`, `gated`.
    pub notes: Vec<&'static str>,
    /// Its owner.
    pub owner: Option<String>,
}

impl VaultRow {
    /// The vault at `key` with its ledger and the base asset's feed, at `now` (Unix seconds).
    pub fn new(key: &Pubkey, vault: &Vault, ledger: &Ledger, base_feed: Option<&Feed>, now: i64) -> Self {
        let (nav, fresh) = nav_of(ledger, now);
        let mut notes = Vec::new();
        if !fresh {
            notes.push("stale");
        }
        notes.extend(pauses(&vault.pauses, &ledger.pauses, now).iter().map(|pause| match pause.direction {
            "deposits" => "deposits paused",
            "instant_exits" => "instant exits paused",
            _ => "new money paused",
        }));
        if vault.gate_root != [0; 32] {
            notes.push("gated");
        }
        Self {
            vault: key.to_string(),
            base_mint: vault.base_mint.to_string(),
            symbol: base_feed.and_then(|feed| ticker(&feed.feed_id)),
            decimals: vault.base_decimals,
            nav: NavView::new(ledger, now),
            share_price: SharePrice::new(vault, &nav, now),
            cash: Amount::new(ledger.free_cash(), vault.base_decimals),
            lines: ledger.lines.iter().filter(|line| line.is_used()).count(),
            queued_shares: Amount::new(vault.queued_shares, vault.base_decimals),
            rate: Rate::new(vault, ledger, nav.mid),
            notes,
            owner: named(&vault.roles.owner),
        }
    }
}

/// Cash, and what of it is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CashView {
    /// Known to the router.
    pub tracked: Amount,
    /// Promised to keepers.
    pub keepers: Amount,
    /// Kept for the queue.
    pub queue: Amount,
    /// What instant exits may take now.
    pub free: Amount,
    /// What lines could pay back besides, by their last valuations.
    pub recallable: Amount,
    /// Cash that no rebalance may deploy, basis points of mid NAV.
    pub min_cash_bps: u16,
    /// Of mid NAV, basis points.
    pub weight_bps: u64,
    /// Adopted gains that NAV low does not count yet.
    pub locked_gains: Amount,
}

/// Everything about one vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VaultView {
    /// Its address.
    pub vault: String,
    /// Number among its creator's vaults.
    pub index: u16,
    /// Who made it.
    pub creator: String,
    /// The mint of its base asset.
    pub base_mint: String,
    /// The ticker of the asset whose price the base feed follows, where it is a known one; look at the mint all the same.
    pub symbol: Option<&'static str>,
    /// The mint of its shares.
    pub share_mint: String,
    /// Digits after the point of both.
    pub decimals: u8,
    /// The router's ledger.
    pub ledger: String,
    /// The risk oracle's book; none before it was opened.
    pub book: Option<String>,
    /// The feed that gates deposits.
    pub base_feed: String,
    /// What is wrong with that feed.
    pub base_feed_flags: Vec<&'static str>,
    /// The vault's lookup table.
    pub lookup_table: Option<String>,
    /// What it is worth.
    pub nav: NavView,
    /// What a share is worth.
    pub share_price: Option<SharePrice>,
    /// Shares in issue, accrued fee shares included.
    pub supply: Amount,
    /// Ever paid in.
    pub deposited: Amount,
    /// Ever paid out.
    pub withdrawn: Amount,
    /// Cash.
    pub cash: CashView,
    /// `fixed_targets` or `water_filling`.
    pub policy: &'static str,
    /// What lending pays now.
    pub rate: Option<Rate>,
    /// Lines.
    pub lines: Vec<LineView>,
    /// Tickets.
    pub queue: QueueView,
    /// Fees.
    pub fees: FeesView,
    /// Limits and their use.
    pub limits: LimitsView,
    /// What stands still.
    pub pauses: Vec<PauseView>,
    /// Who may pay in.
    pub gate: GateView,
    /// Changes of vault, ledger, book and feeds that something can still come of.
    pub waiting_changes: Vec<ChangeView>,
    /// Who may change what: vault, ledger, book, feeds.
    pub roles: Vec<RolesView>,
    /// What stands in the way of flows now, in words with the next step.
    pub warnings: Vec<String>,
}

impl VaultView {
    /// Everything about the vault whose accounts these are; `tickets` and `changes` are all of its own.
    pub fn new(facts: &Facts, tickets: &[(Pubkey, Ticket)], changes: Vec<ChangeView>) -> Self {
        let Facts { vault, ledger, now, .. } = facts;
        let (nav, fresh) = nav_of(ledger, *now);
        let decimals = facts.decimals();
        let amount = |base_units| Amount::new(base_units, decimals);
        let mut roles = vec![RolesView::new("vault", &vault.roles), RolesView::new("ledger", &ledger.roles)];
        roles.extend(facts.book.as_ref().map(|book| RolesView::new("book", &book.roles)));
        roles.extend(facts.feeds().map(|(key, feed)| RolesView::new(format!("feed {key}"), &feed.roles)));
        let mut view = Self {
            vault: facts.addresses.vault.to_string(),
            index: vault.index,
            creator: vault.creator.to_string(),
            base_mint: vault.base_mint.to_string(),
            symbol: ticker(&facts.base_feed.feed_id),
            share_mint: vault.share_mint.to_string(),
            decimals,
            ledger: facts.addresses.ledger.to_string(),
            book: facts.book.as_ref().map(|_| facts.addresses.book.to_string()),
            base_feed: vault.base_feed.to_string(),
            base_feed_flags: super::feed::flags(facts.base_feed.status(*now)),
            lookup_table: named(&vault.lookup_table),
            nav: NavView::new(ledger, *now),
            share_price: SharePrice::new(vault, &nav, *now),
            supply: amount(vault.shares.saturating_add(vault.fee_shares)),
            deposited: amount(vault.deposited),
            withdrawn: amount(vault.withdrawn),
            cash: cash(vault, ledger, &nav, *now),
            policy: match ledger.policy() {
                Ok(Policy::Bands) => "fixed_targets",
                Ok(Policy::WaterFill) => "water_filling",
                Ok(Policy::InverseVariance) => "inverse_variance",
                Err(_) => "unknown",
            },
            rate: Rate::new(vault, ledger, nav.mid),
            lines: LineView::all(facts, nav.mid),
            queue: QueueView::new(vault, ledger, tickets),
            fees: FeesView::new(vault),
            limits: LimitsView::new(vault, *now, fresh.then_some(nav.high)),
            pauses: pauses(&vault.pauses, &ledger.pauses, *now),
            gate: GateView::new(vault),
            waiting_changes: changes.into_iter().filter(ChangeView::is_pending).collect(),
            roles,
            warnings: Vec::new(),
        };
        view.warnings = view.warn(facts);
        view
    }

    fn warn(&self, facts: &Facts) -> Vec<String> {
        let mut warnings = Vec::new();
        let old = facts.lines().filter(|(line, _)| is_stale(&facts.ledger, line, facts.now));
        let old: Vec<String> = old.map(|(line, _)| line.id.to_string()).collect();
        if !old.is_empty() {
            let vault = &self.vault;
            let one = if old.len() == 1 { "line" } else { "lines" };
            warnings.push(format!(
                "NAV is stale ({one} {}): every flow refreshes first; so does `gimbal strategy refresh {vault} --all`",
                old.join(", ")
            ));
        }
        if !self.base_feed_flags.is_empty() {
            warnings.push(format!(
                "the base asset's feed is flagged ({}): deposits need it updated, `gimbal feed update {}`",
                self.base_feed_flags.join(", "),
                self.base_feed
            ));
        }
        for pause in &self.pauses {
            let what = pause.direction.replace('_', " ");
            warnings.push(format!("{what} paused until {} UTC at the latest", pause.until.short()));
        }
        if !self.waiting_changes.is_empty() {
            warnings.push(format!("{} change(s) wait: read them before you pay in", self.waiting_changes.len()));
        }
        let code = facts.lines().filter(|(line, _)| line.status != 1).count();
        if code > 0 {
            warnings.push(format!("{code} line(s) take no new money: frozen or winding down"));
        }
        warnings
    }
}

fn cash(vault: &Vault, ledger: &Ledger, nav: &Nav, now: i64) -> CashView {
    let amount = |base_units| Amount::new(base_units, vault.base_decimals);
    let free = vault::preview::free_cash(vault, nav.low, ledger.cash_tracked, ledger.keeper_owed).unwrap_or(0);
    CashView {
        tracked: amount(ledger.cash_tracked),
        keepers: amount(ledger.keeper_owed),
        queue: amount(ledger.reserved),
        free: amount(free),
        recallable: amount(recallable(ledger)),
        min_cash_bps: ledger.limits.min_cash_bps,
        weight_bps: weight_bps(ledger.free_cash(), nav.mid),
        locked_gains: amount(ledger.gains.locked_up(now).unwrap_or(0)),
    }
}
