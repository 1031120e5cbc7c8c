//! Risk over the days: what was forecast and what came, falls beyond the value at risk, exposure by risk id.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::palette::{self, Ink};
use super::frame::{draw, plane, short_amount, Area, Failure, FONT, LABEL, WIDTH};
use super::{lines, Chart, Series};
use crate::demo::engine::{AssetDay, Record};

/// Height of one asset's panel.
const PANEL: u32 = 210;
/// Half the side of the square that marks an exceedance.
const MARK: i32 = 3;
/// Colours of risk ids, in their order; further ones start again.
const RISKS: [Ink; 6] =
    [palette::VAULT, palette::VENUES[0], palette::VENUES[1], palette::VENUES[2], palette::DRY, palette::CASH];

/// Sums of the lines that carry each risk, as the book had them.
pub(super) fn exposure(record: &Record) -> Result<Chart, Failure> {
    let days = &record.risk.days;
    let labels: Vec<&String> = days.first().iter().flat_map(|day| &day.exposures).map(|(label, _)| label).collect();
    let value =
        |place: usize| days.iter().map(move |day| day.exposures.get(place).map_or(0.0, |(_, of)| *of as f64 / 1e6));
    let series: Vec<Series> = labels
        .iter()
        .enumerate()
        .map(|(place, label)| Series::new(label, RISKS[place % RISKS.len()], value(place)))
        .collect();
    let caption = "USDC that each issuer and each venue could cost, as the book last assessed them. The two issuers \
                   together, and the venues together, are all of the lines."
        .to_owned();
    lines("Exposure by risk id", caption, record, &series, true, &short_amount)
}

/// Forecast and range volatility of each asset.
pub(super) fn forecast(record: &Record) -> Result<Chart, Failure> {
    let svg = panels(record, |area, title, course| {
        let highest = |day: &AssetDay| day.realised.max(day.forecast.unwrap_or_default());
        // The steepest days leave the panel, so that ordinary ones can be told apart.
        let top = quantile(course.iter().map(highest), 0.995) * 115.0;
        let mut plane = plane(area, record, 0.0..top.max(0.1), &|value| format!("{value:.0} %"))?;
        let realised = course.iter().map(|day| (day.day as i32, (day.realised * 100.0).min(top)));
        plane.draw_series(LineSeries::new(realised, palette::CASH.color().stroke_width(1)))?;
        let forecast = course.iter().filter_map(|day| Some((day.day as i32, (day.forecast? * 100.0).min(top))));
        plane.draw_series(LineSeries::new(forecast, palette::VAULT.color().stroke_width(2)))?;
        name(area, title)
    })?;
    Ok(Chart {
        title: "Forecast against realised volatility",
        caption:
            "Standard deviation a day: what each feed's mixture of models forecast the evening before, and what the \
                  day's range then told (Parkinson). Both are read from the feeds' accounts."
                .to_owned(),
        keys: vec![("forecast".to_owned(), palette::VAULT), ("realised".to_owned(), palette::CASH)],
        svg,
    })
}

/// Daily returns against the value at risk.
pub(super) fn exceedances(record: &Record) -> Result<Chart, Failure> {
    let svg = panels(record, |area, title, course| {
        let largest = |day: &AssetDay| day.change.abs().max(day.value_at_risk.unwrap_or_default());
        let reach = course.iter().map(largest).fold(0.0, f64::max).max(1e-3) * 105.0;
        let mut plane = plane(area, record, -reach..reach, &|value| format!("{value:.0} %"))?;
        let returns = course.iter().map(|day| (day.day as i32, day.change * 100.0));
        plane.draw_series(LineSeries::new(returns, palette::CASH.color().stroke_width(1)))?;
        let limit = course.iter().filter_map(|day| Some((day.day as i32, -day.value_at_risk? * 100.0)));
        plane.draw_series(LineSeries::new(limit, palette::VAULT.color().stroke_width(2)))?;
        let marks = course.iter().filter(|day| day.exceeds()).map(|day| {
            let square = [(-MARK, -MARK), (MARK, MARK)];
            EmptyElement::at((day.day as i32, day.change * 100.0))
                + Rectangle::new(square, palette::ALARM.color().filled())
        });
        plane.draw_series(marks)?;
        let tested = course.iter().filter(|day| day.value_at_risk.is_some()).count();
        let exceeded = course.iter().filter(|day| day.exceeds()).count();
        name(area, &format!("{title}: {exceeded} of {tested} days"))
    })?;
    Ok(Chart {
        title: "Exceedances of the value at risk",
        caption:
            "Each day's return against the one-day value at risk at 99% that the feed had the evening before; days \
                  that fell further are marked, and are expected once in a hundred."
                .to_owned(),
        keys: vec![
            ("return".to_owned(), palette::CASH),
            ("value at risk, below zero".to_owned(), palette::VAULT),
            ("exceedance".to_owned(), palette::ALARM),
        ],
        svg,
    })
}

/// One panel for each asset, one below the other.
fn panels(
    record: &Record,
    paint: impl Fn(&Area<'_>, &str, &[AssetDay]) -> Result<(), Failure>,
) -> Result<String, Failure> {
    let assets = record.risk.assets();
    let title = |asset: usize| record.risk.days.first().map_or("", |day| day.feeds[asset].asset.as_str());
    draw(PANEL * assets.max(1) as u32, |area| {
        for (asset, part) in area.split_evenly((assets.max(1), 1)).iter().enumerate().take(assets) {
            paint(part, title(asset), &record.risk.course(asset))?;
        }
        Ok(())
    })
}

/// Writes a panel's name into its upper right corner.
fn name(area: &Area<'_>, name: &str) -> Result<(), Failure> {
    let style = (FONT, LABEL).into_font().color(&palette::TEXT.color()).pos(Pos::new(HPos::Right, VPos::Top));
    area.draw(&Text::new(name.to_owned(), (WIDTH as i32 - 30, 10), style))?;
    Ok(())
}

/// The value below which a part of all values lies; 0 without any.
fn quantile(values: impl Iterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let place = ((values.len() as f64 * part) as usize).min(values.len().saturating_sub(1));
    values.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values() {
        assert_eq!(quantile([3.0, 1.0, 2.0].into_iter(), 0.5), 2.0);
        assert_eq!(quantile([3.0, 1.0, 2.0].into_iter(), 1.0), 3.0);
        assert_eq!(quantile(std::iter::empty(), 0.5), 0.0);
    }
}
