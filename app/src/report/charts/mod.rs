//! The charts, as SVG text.

mod compute;
mod frame;
mod graph;
mod risk;

use super::palette::{self, Ink};
use super::summary::{benchmark_series, Summary};
use crate::demo::engine::Record;
use crate::demo::statistics::drawdowns;
use frame::{draw, event_keys, marks, percent_below, plane, short_amount, Failure, HEIGHT};
use plotters::prelude::*;

/// A chart and what it shows.
pub struct Chart {
    /// Its heading.
    pub title: &'static str,
    /// One sentence below.
    pub caption: String,
    /// Names and colours of what is drawn.
    pub keys: Vec<(String, Ink)>,
    /// The drawing.
    pub svg: String,
}

/// One drawn series.
struct Series {
    name: String,
    ink: Ink,
    values: Vec<f64>,
}

impl Series {
    fn new(name: &str, ink: Ink, values: impl IntoIterator<Item = f64>) -> Self {
        Self { name: name.to_owned(), ink, values: values.into_iter().collect() }
    }
}

/// All charts of a run, in the order of the page.
pub fn all(record: &Record, summary: &Summary) -> Result<Vec<Chart>, Failure> {
    Ok(vec![
        nav(record)?,
        share_price(record)?,
        drawdown(record)?,
        allocation(record)?,
        cash_and_queue(record)?,
        risk::exposure(record)?,
        risk::forecast(record)?,
        risk::exceedances(record)?,
        graph::contagion(record)?,
        compute::compute(summary)?,
    ])
}

fn nav(record: &Record) -> Result<Chart, Failure> {
    let nav = |point: &crate::demo::engine::Point| point.nav[1] as f64 / 1e6;
    let series = [Series::new("NAV, mid", palette::VAULT, record.points.iter().map(nav))];
    lines("Net asset value", "USDC at the end of each day.".to_owned(), record, &series, true, &short_amount)
}

fn share_price(record: &Record) -> Result<Chart, Failure> {
    let vault = record.points.iter().map(|point| point.share_price);
    let first = record.points.first().map_or(1.0, |point| point.share_price).max(f64::MIN_POSITIVE);
    let mut series: Vec<Series> = (0..record.venues.len())
        .map(|venue| Series::new(&record.venues[venue], palette::venue(venue), benchmark_series(record, venue)))
        .collect();
    series.push(Series::new("the vault's share", palette::VAULT, vault.map(|price| price / first)));
    let caption = "What 1 USDC of the first day became: in a share of the vault, and in each venue alone.".to_owned();
    lines("Share price", caption, record, &series, false, &|value| format!("{value:.3}"))
}

fn drawdown(record: &Record) -> Result<Chart, Failure> {
    let below = |values: Vec<f64>| drawdowns(&values).into_iter().map(|fall| -fall * 100.0).collect::<Vec<_>>();
    let mut series: Vec<Series> = (0..record.venues.len())
        .map(|venue| Series::new(&record.venues[venue], palette::venue(venue), below(benchmark_series(record, venue))))
        .collect();
    let vault = record.points.iter().map(|point| point.share_price).collect();
    series.push(Series::new("the vault", palette::VAULT, below(vault)));
    let caption = "How far below the highest value so far, in per cent.".to_owned();
    lines("Drawdown", caption, record, &series, false, &percent_below)
}

fn cash_and_queue(record: &Record) -> Result<Chart, Failure> {
    let series = [
        Series::new("cash", palette::VAULT, record.points.iter().map(|point| point.cash as f64 / 1e6)),
        Series::new("queue", palette::ALARM, record.points.iter().map(|point| point.queue as f64 / 1e6)),
    ];
    let caption = "USDC at hand, and what the redemption queue is worth, at the end of each day.".to_owned();
    lines("Cash and queue", caption, record, &series, true, &short_amount)
}

/// A chart of lines over days, with the events behind them.
fn lines(
    title: &'static str,
    caption: String,
    record: &Record,
    series: &[Series],
    from_zero: bool,
    label: &dyn Fn(f64) -> String,
) -> Result<Chart, Failure> {
    let values = series.iter().flat_map(|one| one.values.iter().copied());
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let low = if from_zero { 0.0 } else { low };
    let margin = ((high - low) * 0.06).max(high.abs().max(1e-6) * 1e-4);
    let range = (if from_zero { 0.0 } else { low - margin })..high + margin;
    let svg = draw(HEIGHT, |area| {
        let mut plane = plane(area, record, range.clone(), label)?;
        marks(&mut plane, record, &range)?;
        for one in series {
            let points = one.values.iter().enumerate().map(|(day, value)| (day as i32, *value));
            plane.draw_series(LineSeries::new(points, one.ink.color().stroke_width(2)))?;
        }
        Ok(())
    })?;
    let mut keys: Vec<(String, Ink)> = series.iter().map(|one| (one.name.clone(), one.ink)).collect();
    keys.extend(event_keys(record));
    Ok(Chart { title, caption, keys, svg })
}

/// Parts of NAV over days, stacked to 100 %.
fn allocation(record: &Record) -> Result<Chart, Failure> {
    let mut layers: Vec<(String, Ink, Vec<f64>)> = record
        .venues
        .iter()
        .enumerate()
        .map(|(venue, name)| {
            let value = |point: &crate::demo::engine::Point| point.lines.get(venue).copied().unwrap_or(0) as f64;
            (name.clone(), palette::venue(venue), record.points.iter().map(value).collect())
        })
        .collect();
    layers.push(("cash".to_owned(), palette::CASH, record.points.iter().map(|point| point.cash as f64).collect()));
    let totals: Vec<f64> =
        (0..record.points.len()).map(|day| layers.iter().map(|(_, _, values)| values[day]).sum::<f64>()).collect();
    let svg = draw(HEIGHT, |area| {
        let mut plane = plane(area, record, 0.0..100.0, &|value| format!("{value:.0} %"))?;
        let mut floor = vec![0.0; totals.len()];
        for (_, ink, values) in &layers {
            let part = |day: usize| if totals[day] > 0.0 { values[day] / totals[day] * 100.0 } else { 0.0 };
            let ceiling: Vec<f64> = floor.iter().enumerate().map(|(day, below)| below + part(day)).collect();
            let up = ceiling.iter().enumerate().map(|(day, value)| (day as i32, *value));
            let down = floor.iter().enumerate().rev().map(|(day, value)| (day as i32, *value));
            plane.draw_series([Polygon::new(up.chain(down).collect::<Vec<_>>(), ink.color().mix(0.85).filled())])?;
            floor = ceiling;
        }
        Ok(())
    })?;
    let keys = layers.iter().map(|(name, ink, _)| (name.clone(), *ink)).collect();
    Ok(Chart { title: "Allocation", caption: "Parts of the vault's value, cash included.".to_owned(), keys, svg })
}
