//! What every chart is drawn on: an empty drawing, axes over the days, marks of events, and labels.

use plotters::coord::types::{RangedCoordf64, RangedCoordi32};
use plotters::coord::Shift;
use plotters::prelude::*;

use super::super::palette::{self, Ink};
use crate::date::Date;
use crate::demo::engine::{Event, Record};

pub(super) const WIDTH: u32 = 960;
pub(super) const HEIGHT: u32 = 300;
pub(super) const FONT: &str = "sans-serif";
pub(super) const LABEL: u32 = 13;

pub(super) type Failure = Box<dyn std::error::Error>;
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Plane<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordi32, RangedCoordf64>>;

/// Runs `paint` on an empty drawing and returns its text.
pub(super) fn draw(height: u32, paint: impl Fn(&Area<'_>) -> Result<(), Failure>) -> Result<String, Failure> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        paint(&area)?;
        area.present()?;
    }
    Ok(svg)
}

/// Axes over the days of the run.
pub(super) fn plane<'a, 'b>(
    area: &'a Area<'b>,
    record: &Record,
    range: std::ops::Range<f64>,
    label: &dyn Fn(f64) -> String,
) -> Result<Plane<'a, 'b>, Failure> {
    let last = (record.points.len() as i32 - 1).max(1);
    let mut plane = ChartBuilder::on(area)
        .margin_top(12)
        .margin_right(24)
        .set_label_area_size(LabelAreaPosition::Left, 72)
        .set_label_area_size(LabelAreaPosition::Bottom, 30)
        .build_cartesian_2d(0..last, range)?;
    let date = |day: &i32| date_label(record, *day);
    let text = (FONT, LABEL).into_font().color(&palette::TEXT.color());
    plane
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(8)
        .y_labels(6)
        .x_label_formatter(&date)
        .y_label_formatter(&|value| label(*value))
        .label_style(text)
        .axis_style(palette::GRID.color())
        .bold_line_style(palette::GRID.color())
        .light_line_style(palette::GRID.color().mix(0.0))
        .draw()?;
    Ok(plane)
}

/// Vertical marks: bands for illiquid weeks, lines for losses.
pub(super) fn marks(plane: &mut Plane, record: &Record, range: &std::ops::Range<f64>) -> Result<(), Failure> {
    let Some(first) = record.points.first().map(|point| point.date) else { return Ok(()) };
    let day = |date: Date| i32::try_from(date.0.saturating_sub(first.0)).unwrap_or(0);
    for event in &record.events {
        match event {
            Event::Illiquid { from, to, .. } => {
                let corners = [(day(*from), range.start), (day(*to), range.end)];
                plane.draw_series([Rectangle::new(corners, palette::DRY.color().mix(0.25).filled())])?;
            }
            Event::BadDebt { date, .. } => {
                let ends = [(day(*date), range.start), (day(*date), range.end)];
                plane.draw_series([PathElement::new(ends, palette::ALARM.color().mix(0.55).stroke_width(1))])?;
            }
        }
    }
    Ok(())
}

/// What the marks mean.
pub(super) fn event_keys(record: &Record) -> Vec<(String, Ink)> {
    let mut keys = Vec::new();
    if record.events.iter().any(|event| matches!(event, Event::BadDebt { .. })) {
        keys.push(("bad debt".to_owned(), palette::ALARM));
    }
    if record.events.iter().any(|event| matches!(event, Event::Illiquid { .. })) {
        keys.push(("illiquid week".to_owned(), palette::DRY));
    }
    keys
}

/// Month and year over long runs, the day over short ones.
fn date_label(record: &Record, day: i32) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Some(first) = record.points.first() else { return String::new() };
    let (year, month, of_month) = Date(first.date.0.saturating_add_signed(day)).civil();
    let month = MONTHS[(month as usize - 1) % 12];
    if record.points.len() > 200 {
        format!("{month} {year}")
    } else {
        format!("{of_month} {month}")
    }
}

/// A drawdown in per cent; zero without a sign.
pub(super) fn percent_below(value: f64) -> String {
    match format!("{:.1} %", value.abs()) {
        zero if zero == "0.0 %" => "0 %".to_owned(),
        below => format!("−{below}"),
    }
}

/// Thousands and millions with a letter.
pub(super) fn short_amount(value: f64) -> String {
    match value.abs() {
        v if v >= 1e9 => format!("{:.1} B", value / 1e9),
        v if v >= 1e6 => format!("{:.1} M", value / 1e6),
        v if v >= 1e3 => format!("{:.0} k", value / 1e3),
        _ => format!("{value:.0}"),
    }
}
