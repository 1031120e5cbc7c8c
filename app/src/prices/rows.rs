//! The rows of a price file, each checked by itself, whatever its assets are called.

use super::{parse_price, Bar, PriceFileError};
use crate::date::Date;

/// The header that a price file must begin with.
const HEADER: [&str; 6] = ["date", "asset", "open", "high", "low", "close"];

/// Hands every row of `bytes` to `take`, in order: its day, its asset's name and its prices, which fit together. `file` is the
/// name that refusals give.
///
/// # Errors
///
/// [`PriceFileError::WrongHeader`], [`PriceFileError::Empty`], and [`PriceFileError::Row`] for the first row that is
/// malformed or that `take` refuses.
pub fn each_row(
    file: &str,
    bytes: &[u8],
    mut take: impl FnMut(Date, &str, Bar) -> Result<(), String>,
) -> Result<(), PriceFileError> {
    let row_error = |line: u64, problem: String| PriceFileError::Row { file: file.to_owned(), line, problem };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let (mut header_seen, mut rows) = (false, 0_usize);
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            row_error(line, "is not valid UTF-8 text; save the file as plain UTF-8 CSV".to_owned())
        })?;
        let line = record.position().map_or(1, csv::Position::line);
        if !header_seen {
            if record.iter().ne(HEADER) {
                let found = record.iter().collect::<Vec<_>>().join(",");
                return Err(PriceFileError::WrongHeader { file: file.to_owned(), found: shorten(&found) });
            }
            header_seen = true;
            continue;
        }
        let fields: Vec<&str> = record.iter().collect();
        parse_row(&fields)
            .and_then(|(date, asset, bar)| take(date, asset, bar))
            .map_err(|problem| row_error(line, problem))?;
        rows += 1;
    }
    match rows {
        0 => Err(PriceFileError::Empty { file: file.to_owned() }),
        _ => Ok(()),
    }
}

fn parse_row<'a>(fields: &[&'a str]) -> Result<(Date, &'a str, Bar), String> {
    let &[date, asset, open, high, low, close] = fields else {
        return Err(format!("has {} fields; it must have 6: date,asset,open,high,low,close", fields.len()));
    };
    let date = Date::parse(date)
        .ok_or_else(|| format!("date {:?} is not a day; write it as YYYY-MM-DD from 1970 on", shorten(date)))?;
    let price = |name: &str, text: &str| {
        parse_price(text)
            .map_err(|error| format!("{name} {:?} {error}; correct the row or take another file", shorten(text)))
    };
    let bar = Bar {
        open: price("open", open)?,
        high: price("high", high)?,
        low: price("low", low)?,
        close: price("close", close)?,
    };
    let inconsistent = |above: &str, below: &str| {
        Err(format!("{below} lies above {above}; correct the row so that low ≤ open, low ≤ close and both ≤ high"))
    };
    if bar.low > bar.high {
        return inconsistent("high", "low");
    }
    if bar.open > bar.high {
        return inconsistent("high", "open");
    }
    if bar.close > bar.high {
        return inconsistent("high", "close");
    }
    if bar.low > bar.open {
        return inconsistent("open", "low");
    }
    if bar.low > bar.close {
        return inconsistent("close", "low");
    }
    Ok((date, asset, bar))
}

/// The system's words without Rust's "(os error n)".
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// At most 40 characters of a foreign text, so that a message stays one readable line.
pub fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 {
        text.to_owned()
    } else {
        text.chars().take(39).chain(['…']).collect()
    }
}
