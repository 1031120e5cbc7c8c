//! Daily prices of any assets, for backtests.
//!
//! The file has the demo's form, one line per asset and day below the header `date,asset,open,high,low,close`. Assets may
//! be called anything and cover different days. A day may be missing: the engine then measures the move over the gap, as it
//! would on a chain where nobody brought a price. Repeated days and rows out of order are refused with their line.

use crate::demo::date::Date;
use crate::demo::prices::{each_row, parse_price, plain, shorten, Bar, DecimalError, PriceFileError};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Decimals of a price in a feed.
const DECIMALS: usize = 12;
/// The longest name of an asset, bytes: it goes into tables and the feed's id.
const MAX_NAME: usize = 32;

/// Why a price file was refused. Each message is one line and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// The file could not be read at all.
    #[error("cannot read {file}: {reason}; give --prices a readable CSV file")]
    Unreadable {
        /// As given.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// The header or a row is wrong.
    #[error(transparent)]
    Malformed(#[from] PriceFileError),
}

/// One asset's days, each later than the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The asset's name, as it stands in the file.
    pub asset: String,
    /// At least one day and its prices, USD × 10^12.
    pub days: Vec<(Date, Bar)>,
}

impl Series {
    /// Days between the first and the last that have no row.
    pub fn missing(&self) -> usize {
        let gap = |pair: &[(Date, Bar)]| (pair[1].0 .0 - pair[0].0 .0) as usize - 1;
        self.days.windows(2).map(gap).sum()
    }
}

/// The assets of a price file, in the order of their first rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceFile {
    /// The file's name without folders.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// At least one asset.
    pub series: Vec<Series>,
}

impl PriceFile {
    /// Reads and checks a whole file.
    ///
    /// # Errors
    ///
    /// [`SeriesError`], for the first thing that is wrong.
    pub fn read(path: &Path) -> Result<Self, SeriesError> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| SeriesError::Unreadable { file: file.clone(), reason: plain(&error) })?;
        let name = path.file_name().map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
        Ok(Self { name, sha256: hex::encode(Sha256::digest(&bytes)), series: parse(&file, &bytes)? })
    }
}

/// Checks the bytes of a file that is called `file` in refusals.
///
/// # Errors
///
/// [`PriceFileError`], for the first row that is wrong.
pub fn parse(file: &str, bytes: &[u8]) -> Result<Vec<Series>, PriceFileError> {
    let mut all: Vec<Series> = Vec::new();
    each_row(file, bytes, price, |date, asset, bar| {
        if asset.is_empty() || asset.len() > MAX_NAME || asset.chars().any(char::is_control) {
            return Err(format!("asset {:?} is no name; give 1 to {MAX_NAME} printable bytes", shorten(asset)));
        }
        let series = match all.iter_mut().position(|series| series.asset == asset) {
            Some(place) => &mut all[place],
            None => {
                all.push(Series { asset: asset.to_owned(), days: Vec::new() });
                let last = all.len() - 1;
                &mut all[last]
            }
        };
        match series.days.last() {
            Some((last, _)) if *last == date => Err(format!("{asset} has a second row for {date}; keep one")),
            Some((last, _)) if *last > date => {
                Err(format!("{asset} goes back from {last} to {date}; sort the rows of each asset by date"))
            }
            _ => {
                series.days.push((date, bar));
                Ok(())
            }
        }
    })?;
    Ok(all)
}

/// Reads a positive number into USD × 10^12: as [`parse_price`], and also in the form 1.234e-5 and with more than twelve
/// decimals, which are rounded to the nearest (half up). Spreadsheets and data frames write such.
fn price(text: &str) -> Result<u64, DecimalError> {
    match parse_price(text) {
        Err(DecimalError::NotDecimal | DecimalError::TooManyDecimals) => {}
        other => return other,
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.parse::<i32>().map_err(|_| DecimalError::NotDecimal)?.clamp(-99, 99))
        }
        None => (text, 0),
    };
    // What is no decimal number is named as such; the length of its fraction is no matter here.
    if let Err(error @ (DecimalError::NotDecimal | DecimalError::NotPositive)) = parse_price(mantissa) {
        return Err(error);
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    // Where the decimal point goes in `digits`, counted from their beginning.
    let point = whole.len() as i64 + i64::from(exponent);
    let digit = |place: i64| {
        let place = usize::try_from(place).ok()?;
        digits.as_bytes().get(place).map(|byte| byte - b'0')
    };
    let units = (0..point + DECIMALS as i64)
        .try_fold(0_u128, |units, place| units.checked_mul(10)?.checked_add(u128::from(digit(place).unwrap_or(0))))
        .ok_or(DecimalError::TooLarge)?;
    let half_up = u128::from(digit(point + DECIMALS as i64).unwrap_or(0) >= 5);
    let units = units + half_up;
    let scale = 10_u128.pow(DECIMALS as u32);
    parse_price(&format!("{}.{:012}", units / scale, units % scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let message = parse("p.csv", text.as_bytes()).expect_err("must be refused").to_string();
        assert!(!message.contains('\n'), "one line: {message}");
        message
    }

    const HEADER: &str = "date,asset,open,high,low,close\n";

    #[test]
    fn any_asset_and_uneven_days_are_read() {
        let text = format!(
            "{HEADER}2027-03-01,DOGE,0.1,0.12,0.09,0.11\n2030-01-01,Gold 999,2000,2001,1999,2000\n\
             2027-03-02,DOGE,0.11,0.13,0.1,0.12\n2027-03-05,DOGE,0.12,0.13,0.1,0.12\n"
        );
        let series = parse("p.csv", text.as_bytes()).expect("good file");
        assert_eq!(series.iter().map(|one| one.asset.as_str()).collect::<Vec<_>>(), ["DOGE", "Gold 999"]);
        assert_eq!((series[0].days.len(), series[0].missing(), series[1].missing()), (3, 2, 0));
        assert_eq!(series[0].days[2].1.low, 100_000_000_000);
    }

    #[test]
    fn repetition_disorder_and_odd_names_are_refused_with_their_line() {
        let rows = |second: &str| format!("{HEADER}2027-03-02,A,1,1,1,1\n{second},1,1,1,1\n");
        assert_eq!(refusal(&rows("2027-03-02,A")), "p.csv:3: A has a second row for 2027-03-02; keep one");
        assert!(refusal(&rows("2027-03-01,A")).starts_with("p.csv:3: A goes back from 2027-03-02 to 2027-03-01"));
        assert!(refusal(&rows("2027-03-03,")).starts_with("p.csv:3: asset \"\" is no name"));
        assert!(refusal(&rows(&format!("2027-03-03,{}", "x".repeat(33)))).starts_with("p.csv:3: asset"));
        assert!(refusal(HEADER).contains("no price rows"));
    }

    #[test]
    fn prices_of_other_tools_are_read_to_twelve_decimals() {
        assert_eq!(price("1.234e-05"), Ok(12_340_000));
        assert_eq!(price("6.5E4"), Ok(65_000_000_000_000_000));
        assert_eq!(price("0.30000000000000004"), Ok(300_000_000_000));
        assert_eq!(price("0.0000000000005"), Ok(1));
        assert_eq!(price("123.45"), Ok(123_450_000_000_000));
        assert_eq!(price("9e99"), Err(DecimalError::TooLarge));
        assert_eq!(price("1e-20"), Err(DecimalError::NotPositive));
        assert_eq!(price("-1e3"), Err(DecimalError::NotPositive));
        for text in ["", "e5", "1e", "1e5.5", "nan", "1e+", "0x1e5", "1,000e2", "1e5e5", "inf"] {
            assert_eq!(price(text), Err(DecimalError::NotDecimal), "{text:?}");
        }
    }

    #[test]
    fn a_missing_file_says_what_to_do() {
        let message = PriceFile::read(Path::new("no/such.csv")).expect_err("missing").to_string();
        assert_eq!(message, "cannot read no/such.csv: no such file or directory; give --prices a readable CSV file");
    }
}
