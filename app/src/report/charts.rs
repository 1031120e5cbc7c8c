//! The charts, as SVG text.

use super::palette::{self, Ink};
use super::summary::{benchmark_series, Summary};
use super::text::grouped;
use crate::demo::date::Date;
use crate::demo::engine::{Event, Record};
use crate::demo::statistics::drawdowns;
use plotters::coord::types::{RangedCoordf64, RangedCoordi32};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

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

const WIDTH: u32 = 960;
const HEIGHT: u32 = 300;
const FONT: &str = "sans-serif";
const LABEL: u32 = 13;

type Failure = Box<dyn std::error::Error>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordi32, RangedCoordf64>>;

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
        compute(summary)?,
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

/// Horizontal bars: the greatest use behind the middle one.
fn compute(summary: &Summary) -> Result<Chart, Failure> {
    const ROW: u32 = 26;
    const LEFT: i32 = 190;
    const RIGHT: i32 = 150;
    let rows: Vec<_> = summary.compute_units.iter().collect();
    let greatest = rows.iter().map(|(_, compute)| compute.max).max().unwrap_or(1).max(1);
    let height = ROW * rows.len().max(1) as u32 + 16;
    let svg = draw(height, |area| {
        let span = f64::from(WIDTH as i32 - LEFT - RIGHT);
        let end = |units: u64| LEFT + (units as f64 / greatest as f64 * span) as i32;
        let ink = palette::TEXT.color();
        let right = (FONT, LABEL).into_font().color(&ink).pos(Pos::new(HPos::Right, VPos::Center));
        let left = (FONT, LABEL).into_font().color(&ink).pos(Pos::new(HPos::Left, VPos::Center));
        for (place, (name, compute)) in rows.iter().enumerate() {
            let middle = 8 + (ROW * place as u32 + ROW / 2) as i32;
            let bar = |units: u64, opacity: f64| {
                Rectangle::new(
                    [(LEFT, middle - 8), (end(units).max(LEFT + 1), middle + 8)],
                    palette::VAULT.color().mix(opacity).filled(),
                )
            };
            area.draw(&bar(compute.max, 0.28))?;
            area.draw(&bar(compute.median, 1.0))?;
            area.draw(&Text::new((*name).clone(), (LEFT - 10, middle), right.clone()))?;
            let units = format!("{} / {}", grouped(u128::from(compute.median)), grouped(u128::from(compute.max)));
            area.draw(&Text::new(units, (end(compute.max) + 10, middle), left.clone()))?;
        }
        Ok(())
    })?;
    let caption = match summary.mode {
        "native" => {
            "Median / maximum per instruction. Native runs are not metered: run with --bytecode for real figures."
        }
        _ => "Median / maximum per instruction, as the bytecode used them.",
    };
    let keys = vec![("median (solid), maximum (pale)".to_owned(), palette::VAULT)];
    Ok(Chart { title: "Compute units", caption: caption.to_owned(), keys, svg })
}

/// Runs `paint` on an empty drawing and returns its text.
fn draw(height: u32, paint: impl Fn(&Area<'_>) -> Result<(), Failure>) -> Result<String, Failure> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        paint(&area)?;
        area.present()?;
    }
    Ok(svg)
}

/// Axes over the days of the run.
fn plane<'a, 'b>(
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
fn marks(plane: &mut Plane, record: &Record, range: &std::ops::Range<f64>) -> Result<(), Failure> {
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

fn event_keys(record: &Record) -> Vec<(String, Ink)> {
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
fn percent_below(value: f64) -> String {
    match format!("{:.1} %", value.abs()) {
        zero if zero == "0.0 %" => "0 %".to_owned(),
        below => format!("−{below}"),
    }
}

/// Thousands and millions with a letter.
fn short_amount(value: f64) -> String {
    match value.abs() {
        v if v >= 1e9 => format!("{:.1} B", value / 1e9),
        v if v >= 1e6 => format!("{:.1} M", value / 1e6),
        v if v >= 1e3 => format!("{:.0} k", value / 1e3),
        _ => format!("{value:.0}"),
    }
}
