//! What a vault is worth, what a share is, and what lending pays now.

use gimbal_math::shares::price_per_share_down;
use serde::Serialize;
use strategy_router::state::{Ledger, Nav};
use vault::state::Vault;

use super::line::rate_bps;
use super::units::{percent, Price, When, Worth};

/// NAV, and whether it can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NavView {
    /// What the vault is worth; where it is stale, by the last valuations without widening by their age.
    #[serde(flatten)]
    pub worth: Worth,
    /// Whether flows can be priced with it; else lines must be refreshed first.
    pub fresh: bool,
    /// The oldest valuation in it; none without any.
    pub valued: Option<When>,
    /// Seconds since then.
    pub age: i64,
    /// Age from which it is stale, seconds.
    pub max_age: u32,
}

/// Base asset per share: for who leaves, central, for who enters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SharePrice {
    /// For who leaves, the running day's fee counted, before the exit fee.
    pub low: Price,
    /// Central.
    pub mid: Price,
    /// For who enters, before the entry fee.
    pub high: Price,
}

/// NAV of a ledger at `now` (Unix seconds): as flows use it, else by the last valuations as they were.
pub fn nav_of(ledger: &Ledger, now: i64) -> (Nav, bool) {
    if let Ok(nav) = ledger.nav(now) {
        return (nav, true);
    }
    let locked = ledger.gains.locked_up(now).unwrap_or(0);
    let with = |lines: u64| ledger.cash_tracked.saturating_add(lines).saturating_sub(ledger.keeper_owed);
    let totals = &ledger.totals;
    (Nav { low: with(totals.low).saturating_sub(locked), mid: with(totals.mid), high: with(totals.high) }, false)
}

impl NavView {
    /// NAV of a ledger at `now`, Unix seconds.
    pub fn new(ledger: &Ledger, now: i64) -> Self {
        let (nav, fresh) = nav_of(ledger, now);
        let oldest = ledger.totals.oldest_at;
        let valued = (oldest != i64::MAX).then(|| When::new(oldest));
        Self {
            worth: Worth::of_nav(&nav, ledger.base_decimals),
            fresh,
            age: valued.as_ref().map_or(0, |_| now.saturating_sub(oldest).max(0)),
            valued,
            max_age: ledger.limits.max_valuation_age,
        }
    }
}

impl SharePrice {
    /// The price of a share at `nav`; none where amounts are too large to be priced.
    pub fn new(vault: &Vault, nav: &Nav, now: i64) -> Option<Self> {
        let at = |assets| price_per_share_down(vault.pool(assets).ok()?).ok().map(Price);
        let low = price_per_share_down(vault.leaving(now, nav.low).ok()?.pool).ok().map(Price)?;
        Some(Self { low, mid: at(nav.mid)?, high: at(nav.high)? })
    }
}

/// What lending pays now, before performance: no promise, and no past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// Σ value · rate of the lines ÷ NAV mid, by their last valuations, basis points a year, simple; cash earns nothing.
    pub gross_bps: u64,
    /// The same less the management fee, basis points.
    pub after_management_bps: i64,
}

impl Rate {
    /// The rate of a ledger's lines; none while nothing is lent.
    pub fn new(vault: &Vault, ledger: &Ledger, nav_mid: u64) -> Option<Self> {
        let lent = ledger.lines.iter().filter(|line| line.is_used() && line.mid > 0);
        let income: u128 = lent.filter_map(|line| Some(u128::from(line.mid) * u128::from(rate_bps(line)?))).sum();
        let gross = u64::try_from(income.checked_div(u128::from(nav_mid))?).ok()?;
        let after = i64::try_from(gross).ok()? - i64::from(vault.fees.management_bps);
        (income > 0).then_some(Self { gross_bps: gross, after_management_bps: after })
    }
}

/// A rate for tables.
pub fn rate_words(rate: Option<&Rate>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| percent(i64::try_from(rate.gross_bps).unwrap_or(i64::MAX)))
}
