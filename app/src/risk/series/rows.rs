//! The rows of a price file, each checked by itself and against the others of its asset.

use std::collections::BTreeMap;

use super::cells;
use super::columns::{separator, Columns};
use super::SeriesError;
use crate::date::Date;
use crate::prices::shorten;

/// The longest name of an asset, bytes: it goes into tables and the feed's id.
const MAX_NAME: usize = 32;
/// A price may lie this many parts of itself beyond the day's high or low, since other tools round each in floating point;
/// the high or low is then that price.
const TOLERANCE: u128 = 1_000_000_000;

/// Open, high, low and close in units of 10^-24.
pub type Prices = [u128; 4];

/// An asset's days in order, each with its line.
pub type Days = BTreeMap<Date, (u64, Prices)>;

/// Reads all rows, by asset in the order of their first rows. `only` is the asset where no column names one.
///
/// # Errors
///
/// [`SeriesError::Line`] for the first line that is wrong, [`SeriesError::Empty`] where there is no row.
pub fn read(file: &str, only: &str, bytes: &[u8]) -> Result<Vec<(String, Days)>, SeriesError> {
    let refuse = |line: u64, problem: String| SeriesError::Line { file: file.to_owned(), line, problem };
    // The mark that some tools put in front of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines = bytes.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
    let header = lines.find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(separator(&header))
        .from_reader(bytes);
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let mut columns: Option<Columns> = None;
    let mut all: Vec<(String, Days)> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            refuse(lines.of(error.position()), "is not valid UTF-8 text; save the file as plain UTF-8 CSV".to_owned())
        })?;
        let line = lines.of(record.position());
        if record.iter().all(str::is_empty) {
            continue;
        }
        let Some(columns) = &columns else {
            columns = Some(Columns::find(record.iter()).map_err(|problem| refuse(line, problem))?);
            continue;
        };
        let fields: Vec<&str> = record.iter().collect();
        row(columns, only, &fields)
            .and_then(|(date, asset, prices)| keep(&mut all, line, date, asset, prices))
            .map_err(|problem| refuse(line, problem))?;
    }
    match all.is_empty() {
        true => Err(SeriesError::Empty { file: file.to_owned() }),
        false => Ok(all),
    }
}

/// Counts lines up to where records begin. The reader's own numbers are those of the empty lines before them.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of a record, from 1; records are asked for in order.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let begin = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let empty = self.bytes.get(begin..).unwrap_or_default();
        let begin = begin + empty.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let passed = self.bytes.get(self.at..begin).unwrap_or_default();
        // A return ends a line where no newline follows it.
        let next = passed.iter().skip(1).chain(self.bytes.get(begin));
        let ends = passed.iter().zip(next).filter(|pair| *pair.0 == b'\n' || (*pair.0 == b'\r' && *pair.1 != b'\n'));
        self.line += ends.count() as u64;
        self.at = begin;
        self.line
    }
}

fn keep(all: &mut Vec<(String, Days)>, line: u64, date: Date, asset: &str, prices: Prices) -> Result<(), String> {
    let place = all.iter().position(|(name, _)| name == asset).unwrap_or(all.len());
    if place == all.len() {
        all.push((asset.to_owned(), Days::new()));
    }
    match all.get_mut(place).and_then(|(_, days)| days.insert(date, (line, prices))) {
        None => Ok(()),
        Some((first, _)) => Err(format!(
            "{asset} has a second row for {date}, the first is on line {first}; keep one row a day, made of the whole day"
        )),
    }
}

fn row<'a>(columns: &Columns, only: &'a str, fields: &[&'a str]) -> Result<(Date, &'a str, Prices), String> {
    let (cells, beyond) = fields.split_at_checked(columns.count).unwrap_or((fields, &[]));
    if cells.len() < columns.count || beyond.iter().any(|cell| !cell.is_empty()) {
        let (has, must) = (fields.len(), columns.count);
        return Err(format!(
            "has {has} fields, and the header {must}; write one for each column, numbers without separators"
        ));
    }
    let cell = |place: usize| cells.get(place).copied().unwrap_or_default();
    let day = cell(columns.date);
    let date = cells::day(day).ok_or_else(|| {
        format!("date {:?} is no day; write it as YYYY-MM-DD from 1970 on, or as Unix seconds", shorten(day))
    })?;
    let asset = columns.asset.map_or(only, cell);
    if asset.is_empty() || asset.len() > MAX_NAME || asset.chars().any(char::is_control) {
        let whose = if columns.asset.is_some() { "asset" } else { "the file's name, which is its asset's," };
        return Err(format!("{whose} {:?} is no name; give 1 to {MAX_NAME} printable bytes", shorten(asset)));
    }
    let mut prices = [0; 4];
    for ((price, place), name) in prices.iter_mut().zip(columns.prices).zip(["open", "high", "low", "close"]) {
        let text = cell(place);
        *price = cells::price(text).map_err(|problem| format!("{name} {:?} {problem}", shorten(text)))?;
    }
    Ok((date, asset, consistent(prices)?))
}

/// The prices with a high and a low that hold the others.
fn consistent([open, high, low, close]: Prices) -> Result<Prices, String> {
    let beyond = |above: u128, below: u128| below > above && below - above > below / TOLERANCE;
    for (above, of_above, below, of_below) in [
        ("high", high, "low", low),
        ("high", high, "open", open),
        ("high", high, "close", close),
        ("open", open, "low", low),
        ("close", close, "low", low),
    ] {
        if beyond(of_above, of_below) {
            return Err(format!(
                "{below} lies above {above}; correct the row so that low ≤ open, low ≤ close and both ≤ high, or leave it out"
            ));
        }
    }
    Ok([open, high.max(open).max(close).max(low), low.min(open).min(close).min(high), close])
}
