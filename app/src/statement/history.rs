//! A vault day by day: share price, flows, fees, keepers' work, and what it earned over the usual spans.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use jiff::civil::Date;
use serde::Serialize;

use super::period::{day_of, midnight, Period};
use super::price::Prices;
use super::returns::compounded;
use crate::index::rows::{Change, Charge, Flow, FlowKind, KeeperAction, PricePoint};
use crate::index::{read, watched, Database, IndexError};
use crate::views::units::{Amount, When};

const DAY: i64 = 86_400;
/// The spans over which earnings are told, days.
pub const SPANS: [i64; 5] = [1, 7, 30, 90, 365];

/// A vault's history.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// The vault.
    pub vault: String,
    /// Decimals of all amounts.
    pub decimals: u8,
    /// The last moment that a price is known of.
    pub last: Option<When>,
    /// Transactions known, and how many of them failed.
    pub transactions: i64,
    /// Of them failed.
    pub failed: i64,
    /// What the share price earned, actually, over the spans that the data reaches, longest last.
    pub apy: Vec<Apy>,
    /// The days asked for, the oldest first. Days of which no price was known yet are left out.
    pub days: Vec<Day>,
    /// What roles decided in these days.
    pub changes: Vec<ChangeLine>,
}

/// A decision.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeLine {
    /// When.
    pub time: When,
    /// The program whose account it is of.
    pub program: String,
    /// The event's name, such as `FeesSet`.
    pub kind: String,
    /// Who signed, where the event says.
    pub authority: Option<String>,
    /// What it set.
    pub details: serde_json::Value,
    /// The transaction.
    pub signature: String,
}

/// What the mid price of a share earned over a span, compounded to a year of 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Apy {
    /// The span, days.
    pub days: i64,
    /// Over the span: 0.01 for one per cent.
    pub change: f64,
    /// A year.
    pub yearly: f64,
}

/// One day in UTC.
#[derive(Clone, Debug, Serialize)]
pub struct Day {
    /// The day.
    pub date: String,
    /// Base asset per share at mid, at the day's last price.
    pub share_price: f64,
    /// NAV mid then.
    pub nav: Amount,
    /// All shares then, accrued fee shares included.
    pub supply: Amount,
    /// Paid in.
    pub deposited: Amount,
    /// Paid out at once, and in kind in cash.
    pub redeemed: Amount,
    /// Moved to claims by filled tickets.
    pub filled: Amount,
    /// Shares that joined the queue.
    pub requested: Amount,
    /// Entry and exit fees, which stayed in the pool.
    pub kept: Amount,
    /// Management fees charged.
    pub management: Amount,
    /// Performance fees charged.
    pub performance: Amount,
    /// Pay promised to keepers.
    pub keeper_pay: Amount,
    /// Lost in keepers' moves.
    pub keeper_loss: Amount,
    /// Keepers' actions by kind; refreshes count by line.
    pub actions: BTreeMap<String, u64>,
}

/// Sums of one day.
#[derive(Default)]
struct Sums {
    deposited: u64,
    redeemed: u64,
    filled: u64,
    requested: u64,
    kept: u64,
    management: u64,
    performance: u64,
    pay: u64,
    loss: u64,
    actions: BTreeMap<String, u64>,
}

/// The last `days` days of a vault's history that the index knows, up to the day of the last price; all of them without a number.
///
/// # Errors
///
/// [`IndexError::UnknownVault`], [`IndexError::Sql`], [`IndexError::Corrupt`].
pub fn history(database: &mut Database, vault: &Pubkey, days: Option<u32>) -> Result<History, IndexError> {
    let decimals = watched(database, vault)?.ok_or(IndexError::UnknownVault(*vault))?.decimals;
    let until = Period::EVER.until;
    let points = read::prices(database, vault, until)?;
    let mids: Vec<(i64, f64, &PricePoint)> = mids(&points);
    let last = mids.last().map(|(time, _, _)| *time);
    let start = start(&mids, days);
    let sums = sums(
        &read::flows(database, vault, until)?,
        &read::charges(database, vault, until)?,
        &read::keeper_actions(database, vault, start)?,
    );
    let (transactions, failed) = read::transactions(database, vault)?;
    // Without a limit also what was decided before there was a price.
    let changes = read::changes(database, vault, if days.is_some() { start } else { 0 })?;
    Ok(History {
        vault: vault.to_string(),
        decimals,
        last: last.map(When::new),
        transactions,
        failed,
        apy: apy(&mids.iter().map(|(time, price, _)| (*time, *price)).collect::<Vec<_>>()),
        days: table(&mids, &sums, start, decimals),
        changes: changes.into_iter().map(change).collect::<Result<_, _>>()?,
    })
}

/// Every point with a mid price, in order.
fn mids(points: &[PricePoint]) -> Vec<(i64, f64, &PricePoint)> {
    let price = |point: &PricePoint| {
        let mut prices = Prices::default();
        prices.learn(point);
        prices.mid()
    };
    points.iter().filter_map(|point| Some((point.place.time, price(point)?, point))).collect()
}

fn sums(flows: &[Flow], charges: &[Charge], actions: &[KeeperAction]) -> BTreeMap<Date, Sums> {
    let mut days: BTreeMap<Date, Sums> = BTreeMap::new();
    let add = |sum: &mut u64, amount: u64| *sum = sum.saturating_add(amount);
    for flow in flows {
        let day = days.entry(day_of(flow.place.time)).or_default();
        add(&mut day.kept, flow.fee);
        match flow.kind {
            FlowKind::Deposit => add(&mut day.deposited, flow.assets),
            FlowKind::Redeem | FlowKind::InKind => add(&mut day.redeemed, flow.assets),
            FlowKind::Fill => add(&mut day.filled, flow.assets),
            FlowKind::Request => add(&mut day.requested, flow.shares),
            _ => {}
        }
    }
    for charge in charges {
        let day = days.entry(day_of(charge.place.time)).or_default();
        add(&mut day.management, charge.management);
        add(&mut day.performance, charge.performance);
    }
    for action in actions {
        let day = days.entry(day_of(action.place.time)).or_default();
        *day.actions.entry(action.kind.clone()).or_default() += 1;
        add(&mut day.pay, action.pay.unwrap_or(0));
        add(&mut day.loss, action.loss.unwrap_or(0));
    }
    days
}

fn change(row: Change) -> Result<ChangeLine, IndexError> {
    Ok(ChangeLine {
        time: When::new(row.place.time),
        program: row.program,
        kind: row.kind,
        authority: row.authority.map(|key| key.to_string()),
        details: serde_json::from_str(&row.details).map_err(|error| IndexError::Corrupt(error.to_string()))?,
        signature: row.place.signature,
    })
}

/// The first moment of the first day that is told.
fn start(mids: &[(i64, f64, &PricePoint)], days: Option<u32>) -> i64 {
    let (Some((first, ..)), Some((last, ..))) = (mids.first(), mids.last()) else { return 0 };
    let first = midnight(day_of(*first));
    match days {
        Some(days) => first.max(midnight(day_of(*last)) - i64::from(days.max(1) - 1) * DAY),
        None => first,
    }
}

fn table(mids: &[(i64, f64, &PricePoint)], sums: &BTreeMap<Date, Sums>, start: i64, decimals: u8) -> Vec<Day> {
    let Some((last, ..)) = mids.last() else { return Vec::new() };
    let mut ends: BTreeMap<Date, (f64, &PricePoint)> = BTreeMap::new();
    for (time, price, point) in mids {
        ends.insert(day_of(*time), (*price, point));
    }
    let nothing = Sums::default();
    let mut lines = Vec::new();
    let mut moment = start;
    // A day without a price keeps that of the day before.
    let mut known = ends.range(..day_of(start)).next_back().map(|(_, end)| *end);
    while moment <= *last {
        let date = day_of(moment);
        known = ends.get(&date).copied().or(known);
        if let Some((price, point)) = known {
            lines.push(day(date, price, point, sums.get(&date).unwrap_or(&nothing), decimals));
        }
        moment += DAY;
    }
    lines
}

fn day(date: Date, price: f64, point: &PricePoint, sums: &Sums, decimals: u8) -> Day {
    let amount = |units: u64| Amount::new(units, decimals);
    Day {
        date: date.to_string(),
        share_price: price,
        nav: amount(point.mid.unwrap_or(0)),
        supply: amount(point.supply),
        deposited: amount(sums.deposited),
        redeemed: amount(sums.redeemed),
        filled: amount(sums.filled),
        requested: amount(sums.requested),
        kept: amount(sums.kept),
        management: amount(sums.management),
        performance: amount(sums.performance),
        keeper_pay: amount(sums.pay),
        keeper_loss: amount(sums.loss),
        actions: sums.actions.clone(),
    }
}

/// Earnings over every span that the prices (moment and price, in order) reach back to: the last price against the last
/// one before the span began.
pub fn apy(prices: &[(i64, f64)]) -> Vec<Apy> {
    let Some((last, now)) = prices.last().copied() else { return Vec::new() };
    let of = |days: i64| {
        let begin = last - days * DAY;
        let (_, then) = prices.iter().rev().find(|(time, _)| *time <= begin)?;
        let change = now / then - 1.0;
        (*then > 0.0).then(|| Apy { days, change, yearly: compounded(change, days * DAY) })
    };
    SPANS.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earnings_are_told_as_far_as_data_reaches() {
        // 30 days at 1.00, then 1.01 for the last 7: by hand 1 % in 7 days is 1.01^(365/7) − 1 = 68.0075 % a year, 1 % in 30 days
        // 1.01^(365/30) − 1 = 12.8695 % (Python).
        let prices: Vec<(i64, f64)> = (0..=37).map(|day| (day * DAY, if day > 30 { 1.01 } else { 1.0 })).collect();
        let told = apy(&prices);
        assert_eq!(told.iter().map(|it| it.days).collect::<Vec<_>>(), [1, 7, 30]);
        assert!(told[0].change.abs() < 1e-12);
        assert!((told[1].yearly - 0.680_075).abs() < 1e-5, "{told:?}");
        assert!((told[2].yearly - 0.128_695).abs() < 1e-5, "{told:?}");
        assert!(apy(&[]).is_empty() && apy(&[(0, 1.0)]).is_empty());
    }
}
