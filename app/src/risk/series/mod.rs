//! Daily prices of any assets, for backtests.
//!
//! A CSV file with a header that names a date, an open, a high, a low and a close, in any order, and an asset where the file
//! has several; other columns are not read. Rows may come in any order and days may be missing: the engine then measures
//! the move over the gap, as it would on a chain where nobody brought a price. Nothing is repaired: a second row of a day,
//! a price that is none, a high below a low are refused with their line.
//!
//! | module | subject |
//! |---|---|
//! | [`columns`] | which column is what |
//! | [`cells`] | one cell: a price, a day |
//! | [`rows`] | all rows, checked one by one |
//! | [`scale`] | prices that a feed cannot carry, in units that it can |

mod cells;
mod columns;
mod rows;
mod scale;

use crate::date::Date;
use crate::prices::{plain, Bar};
use sha2::{Digest, Sha256};
use std::path::Path;

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
    /// The file has no rows.
    #[error(
        "{file} has no price rows; add one row per asset and day below a header like date,asset,open,high,low,close"
    )]
    Empty {
        /// As given.
        file: String,
    },
    /// A line is not what it must be.
    #[error("{file}:{line}: {problem}")]
    Line {
        /// As given.
        file: String,
        /// Line number, from 1.
        line: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// An asset's prices are so far apart that no unit holds them all.
    #[error(
        "{file}: {asset} has prices so far apart that a feed carries no unit for all of them; give the days before and \
         after its redenomination as two assets"
    )]
    TooWide {
        /// As given.
        file: String,
        /// The asset.
        asset: String,
    },
    /// Assets were asked for that the file does not have.
    #[error("{file} has no asset {missing}; it has {known}")]
    NoSuchAsset {
        /// The file's name.
        file: String,
        /// What was asked for.
        missing: String,
        /// What is there.
        known: String,
    },
}

/// One asset's days, each later than the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The asset's name, as it stands in the file.
    pub asset: String,
    /// The prices below are the file's times ten to this power. Zero for what a feed carries as it is: returns are the same
    /// in any unit, but a feed's prices end at 10,000,000 and have twelve decimals.
    pub exponent: i32,
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
    /// Reads and checks a whole file. Where it has no column of assets, its asset is called as the file is, without the
    /// ending.
    ///
    /// # Errors
    ///
    /// [`SeriesError`], for the first thing that is wrong.
    pub fn read(path: &Path) -> Result<Self, SeriesError> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| SeriesError::Unreadable { file: file.clone(), reason: plain(&error) })?;
        let name = path.file_name().map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
        let only = path.file_stem().map_or_else(|| name.clone(), |stem| stem.to_string_lossy().into_owned());
        Ok(Self { name, sha256: hex::encode(Sha256::digest(&bytes)), series: parse(&file, &only, &bytes)? })
    }

    /// Keeps these assets only, in the file's order; all where none is named.
    ///
    /// # Errors
    ///
    /// [`SeriesError::NoSuchAsset`] where one is not in the file.
    pub fn only(mut self, assets: &[String]) -> Result<Self, SeriesError> {
        if assets.is_empty() {
            return Ok(self);
        }
        let has = |asset: &String| self.series.iter().any(|series| series.asset == *asset);
        if let Some(missing) = assets.iter().find(|asset| !has(asset)) {
            let known = self.series.iter().map(|series| series.asset.as_str()).collect::<Vec<_>>().join(", ");
            return Err(SeriesError::NoSuchAsset { file: self.name, missing: missing.clone(), known });
        }
        self.series.retain(|series| assets.contains(&series.asset));
        Ok(self)
    }
}

/// Checks the bytes of a file that is called `file` in refusals; `only` is its asset where no column names one.
///
/// # Errors
///
/// [`SeriesError`], for the first thing that is wrong.
pub fn parse(file: &str, only: &str, bytes: &[u8]) -> Result<Vec<Series>, SeriesError> {
    let read = rows::read(file, only, bytes)?;
    let series = read.into_iter().map(|(asset, days)| {
        let days: Vec<_> = days.into_iter().map(|(date, (_, bar))| (date, bar)).collect();
        match scale::to_feed(&days) {
            Some((exponent, days)) => Ok(Series { asset, exponent, days }),
            None => Err(SeriesError::TooWide { file: file.to_owned(), asset }),
        }
    });
    series.collect()
}

#[cfg(test)]
mod tests;
