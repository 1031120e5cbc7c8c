//! Assets, lines, risk ids and scenarios of a book.

use gimbal_math::volatility::Variance;
use risk_oracle::state::{
    cap_of_nav_down, Book, Exposure, Feed, Status, NO_ASSET, NO_LINE, NO_LINE_PROTOCOL, WHOLE_BPS,
};
use serde::Serialize;

use super::limits::{bps_up, use_of};
use crate::risk::backtest::measure::{float, rounded};
use crate::views::feed;
use crate::views::units::{label_text, ticker, Amount, Gain, Price, When};

/// One asset of a book, as last observed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AssetView {
    /// Its row.
    pub row: usize,
    /// Its ticker, where the feed's id is one that this client knows.
    pub symbol: Option<&'static str>,
    /// Its feed.
    pub feed: String,
    /// USD per whole token.
    pub price: Price,
    /// Seconds since that price was published.
    pub age: i64,
    /// Flags that the feed had.
    pub flags: Vec<&'static str>,
    /// Days that the feed has closed, of which a forecast needs 30; none where the feed cannot be read.
    pub closed_days: Option<u32>,
    /// Forecast standard deviation of a day, of the price; none while the feed has no forecast.
    pub volatility: Option<f64>,
    /// That of the long run.
    pub long_run_volatility: f64,
    /// 99% quantile of losses and the mean beyond it, in standard deviations.
    pub tail: [f64; 2],
    /// Below the highest close of the kept bars, basis points.
    pub drawdown_bps: u16,
    /// Jumps in the last 22 bars.
    pub jumps: u8,
    /// Move since the last close, in standard deviations.
    pub moved: f64,
    /// Dollar delta of all lines, base units.
    pub delta: Gain,
    /// Dollar gamma of all lines, base units.
    pub gamma: Gain,
    /// Its part of the value at risk, base units; negative for a hedge.
    pub component_var: Gain,
}

/// The assets of a book, with their feeds where those could be read.
pub fn assets(book: &Book, feeds: &[(usize, Option<Feed>)], decimals: u8, now: i64) -> Vec<AssetView> {
    let deviation = |variance: u64| rounded(float(Variance(variance).deviation_up()));
    let gain = |amounts: &[i64], row: usize| Gain::new(amounts.get(row).copied().unwrap_or_default().into(), decimals);
    let milli = |thousandths: u32| f64::from(thousandths) / 1_000.0;
    let view = |(row, asset): (usize, &risk_oracle::state::AssetRisk)| {
        let feed_account = feeds.iter().find(|(at, _)| *at == row).and_then(|(_, feed)| feed.as_ref());
        AssetView {
            row,
            symbol: feed_account.and_then(|feed| ticker(&feed.feed_id)),
            feed: asset.feed.to_string(),
            price: Price(asset.price),
            age: if asset.publish_time == 0 { 0 } else { now.saturating_sub(asset.publish_time).max(0) },
            flags: feed::flags(Status::from_bits(asset.flags)),
            closed_days: feed_account.map(|feed| feed.engine.bars),
            volatility: asset.forecast().map(|variance| deviation(variance.0)),
            long_run_volatility: deviation(asset.long_run),
            tail: [milli(asset.tail_low.quantile_milli), milli(asset.tail_low.shortfall_milli)],
            drawdown_bps: asset.drawdown_bps,
            jumps: asset.jumps,
            moved: f64::from(asset.move_milli) / 1_000.0,
            delta: gain(&book.figures.deltas, row),
            gamma: gain(&book.figures.gammas, row),
            component_var: gain(&book.figures.components, row),
        }
    };
    book.used_assets().map(view).collect()
}

/// One line as the risk engine sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineRiskView {
    /// Its number.
    pub line: u16,
    /// Row of the asset whose price moves it.
    pub asset: Option<u8>,
    /// Row of its protocol in the network.
    pub protocol: Option<u8>,
    /// Its value at the last assessment.
    pub value: Amount,
    /// Dollar delta.
    pub delta: Gain,
    /// Dollar gamma.
    pub gamma: Gain,
    /// What it owes.
    pub debt: Amount,
    /// What it earns a year, basis points.
    pub carry_bps: i32,
    /// Move of the price at which liquidation begins, basis points; none where there is none.
    pub liquidation_bps: Option<u16>,
    /// Lent share of its venue, basis points.
    pub utilisation_bps: u16,
    /// What its venue could pay out; none where nothing bounds it.
    pub liquidity: Option<Amount>,
    /// Its cap after regime and contagion; none where there is none.
    pub cap: Option<Amount>,
    /// How much of that cap is used, basis points; none where there is none, or no NAV.
    pub cap_use_bps: Option<u64>,
    /// What the regime leaves of its caps, basis points.
    pub regime_bps: u16,
    /// What contagion leaves of them, basis points.
    pub contagion_bps: u16,
}

/// The lines that a book knows.
pub fn lines(book: &Book, decimals: u8) -> Vec<LineRiskView> {
    let known = book.lines.iter().zip(&book.models).filter(|(line, _)| line.line_id != NO_LINE);
    let view = |(line, model): (&risk_oracle::LineRisk, &risk_oracle::state::LineModel)| {
        let Exposure { delta, gamma, debt, liquidity, carry_bps, liquidation_bps, utilisation_bps, .. } =
            model.exposure;
        let cap = book.line_cap(line.line_id, book.nav);
        let scale = book.line_scale(line.line_id).unwrap_or(risk_oracle::state::LineScale::WHOLE);
        let bounded = |units: u64| (units != u64::MAX).then(|| Amount::new(units, decimals));
        LineRiskView {
            line: line.line_id,
            asset: (model.asset != NO_ASSET).then_some(model.asset),
            protocol: (model.protocol != NO_LINE_PROTOCOL).then_some(model.protocol),
            value: Amount::new(line.exposure, decimals),
            delta: Gain::new(delta.into(), decimals),
            gamma: Gain::new(gamma.into(), decimals),
            debt: Amount::new(debt, decimals),
            carry_bps,
            liquidation_bps: (liquidation_bps != Exposure::NO_LIQUIDATION).then_some(liquidation_bps),
            utilisation_bps,
            liquidity: bounded(liquidity),
            cap: bounded(cap),
            cap_use_bps: (cap != u64::MAX && book.nav > 0).then(|| use_of(line.exposure, cap)),
            regime_bps: scale.regime_bps,
            contagion_bps: scale.contagion_bps,
        }
    };
    known.map(view).collect()
}

/// One risk id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RiskUse {
    /// Its label.
    pub risk: String,
    /// The lines that carry it, at the last assessment.
    pub exposure: Amount,
    /// Cap in base units; none where there is none.
    pub cap: Option<Amount>,
    /// Cap in basis points of NAV; 10,000 for none.
    pub cap_bps: u16,
    /// How much of the tighter of the two is used, basis points; none where there is none, or no NAV.
    pub cap_use_bps: Option<u64>,
}

/// The risk ids of a book.
pub fn risks(book: &Book, decimals: u8) -> Vec<RiskUse> {
    let defined = book.risks.iter().filter(|risk| risk.used == 1);
    let view = |risk: &risk_oracle::RiskLimit| {
        let capped = risk.cap != u64::MAX || risk.cap_bps < WHOLE_BPS;
        let cap = risk.cap.min(cap_of_nav_down(book.nav, risk.cap_bps));
        RiskUse {
            risk: label_text(&risk.label),
            exposure: Amount::new(risk.exposure, decimals),
            cap: (risk.cap != u64::MAX).then(|| Amount::new(risk.cap, decimals)),
            cap_bps: risk.cap_bps,
            cap_use_bps: (capped && book.nav > 0).then(|| use_of(risk.exposure, cap)),
        }
    };
    defined.map(view).collect()
}

/// One scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StressView {
    /// Its row.
    pub row: usize,
    /// Its label.
    pub scenario: String,
    /// Move of each asset's price, basis points, by row.
    pub shocks_bps: Vec<i32>,
    /// Move of the volatility of options, basis points.
    pub volatility_bps: i32,
    /// What the book loses in it; negative where it gains.
    pub loss: Gain,
    /// The same in basis points of NAV, rounded away from zero; none without NAV.
    pub loss_bps: Option<i64>,
    /// When it was worked out; none for never.
    pub at: Option<When>,
    /// Whether new money may rely on it.
    pub usable: bool,
}

/// The defined scenarios of a book.
pub fn stresses(book: &Book, decimals: u8) -> Vec<StressView> {
    let assets = book.used_assets().map(|(row, _)| row + 1).max().unwrap_or_default();
    let defined = book.scenarios.iter().enumerate().filter(|(_, scenario)| scenario.is_used());
    let view = |(row, scenario): (usize, &risk_oracle::state::Scenario)| {
        let loss = book.figures.stress_losses.get(row).copied().unwrap_or_default();
        let at = book.stressed_at.get(row).copied().unwrap_or_default();
        let size = bps_up(loss.unsigned_abs(), book.nav);
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        StressView {
            row,
            scenario: label_text(&scenario.label),
            shocks_bps: scenario.shocks_bps.iter().copied().take(assets).collect(),
            volatility_bps: scenario.volatility_bps,
            loss: Gain::new(loss.into(), decimals),
            loss_bps: (book.nav > 0).then_some(if loss < 0 { -size } else { size }),
            at: (at != 0).then(|| When::new(at)),
            usable: book.figures.stressed >> row & 1 == 1,
        }
    };
    defined.map(view).collect()
}
