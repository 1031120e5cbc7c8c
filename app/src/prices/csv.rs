//! The strict reader of price files.
//!
//! One line per asset and day, with the header `date,asset,open,high,low,close`. The assets may be interleaved or follow
//! one another; each asset's days must run without gap or repetition, and all three must cover the same days. Whatever
//! else stands there is refused with its line number: a demo on silently repaired prices would show nothing.

use super::rows::{each_row, plain, shorten};
use super::{Asset, Bar, Day, PricePath, Source};
use crate::date::Date;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Why a price file was refused. Each message is one line and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PriceFileError {
    /// The file could not be read at all.
    #[error(
        "cannot read {file}: {reason}; give --prices a readable CSV file, or leave it out to use generated prices"
    )]
    Unreadable {
        /// As given.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// The file has no rows.
    #[error("{file} has no price rows; add one row per asset and day below the header date,asset,open,high,low,close")]
    Empty {
        /// As given.
        file: String,
    },
    /// The first line is not the header.
    #[error("{file}:1: the header is {found:?}; it must be exactly date,asset,open,high,low,close")]
    WrongHeader {
        /// As given.
        file: String,
        /// What stands there.
        found: String,
    },
    /// A line is not what it must be.
    #[error("{file}:{line}: {problem}")]
    Row {
        /// As given.
        file: String,
        /// Line number, from 1.
        line: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The three assets do not cover the same days.
    #[error("{file}: {problem}; every asset (BTC, ETH, SOL) needs one row for every day")]
    Uneven {
        /// As given.
        file: String,
        /// What is missing.
        problem: String,
    },
}

/// Reads and checks a whole price file.
pub fn read_csv(path: &Path) -> Result<PricePath, PriceFileError> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| PriceFileError::Unreadable { file: file.clone(), reason: plain(&error) })?;
    let name = path.file_name().map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
    let source = Source::File { name, sha256: hex::encode(Sha256::digest(&bytes)) };
    Ok(PricePath { source, days: parse(&file, &bytes)? })
}

fn parse(file: &str, bytes: &[u8]) -> Result<Vec<Day>, PriceFileError> {
    let mut series: [Vec<(Date, Bar)>; 3] = Default::default();
    each_row(file, bytes, |date, asset, bar| {
        let asset = Asset::ALL.into_iter().find(|known| known.ticker() == asset).ok_or_else(|| {
            format!("asset {:?} is unknown; use BTC, ETH or SOL and remove other rows", shorten(asset))
        })?;
        let days = &mut series[asset.index()];
        if let Some((last, _)) = days.last() {
            check_succession(*last, date, asset)?;
        }
        days.push((date, bar));
        Ok(())
    })?;
    join(series).map_err(|problem| PriceFileError::Uneven { file: file.to_owned(), problem })
}

fn check_succession(last: Date, date: Date, asset: Asset) -> Result<(), String> {
    let ticker = asset.ticker();
    if date == last.next() {
        Ok(())
    } else if date == last {
        Err(format!("{ticker} has a second row for {date}; keep one"))
    } else if date < last {
        Err(format!("{ticker} goes back from {last} to {date}; sort the rows of each asset by date"))
    } else {
        Err(format!("{ticker} has no row for {} (it jumps from {last} to {date}); add the missing days", last.next()))
    }
}

/// One day of all three from three gapless series.
fn join([btc, eth, sol]: [Vec<(Date, Bar)>; 3]) -> Result<Vec<Day>, String> {
    let ends = |asset: Asset, days: &[(Date, Bar)]| match (days.first(), days.last()) {
        (Some((first, _)), Some((last, _))) => Ok((*first, *last)),
        _ => Err(format!("{} has no rows", asset.ticker())),
    };
    let reference = ends(Asset::Btc, &btc)?;
    for (asset, days) in [(Asset::Eth, &eth), (Asset::Sol, &sol)] {
        let (first, last) = ends(asset, days)?;
        if (first, last) != reference {
            return Err(format!(
                "BTC runs from {} to {} but {} from {first} to {last}",
                reference.0,
                reference.1,
                asset.ticker()
            ));
        }
    }
    let days = btc.into_iter().zip(eth).zip(sol);
    Ok(days.map(|(((date, btc), (_, eth)), (_, sol))| Day { date, bars: [btc, eth, sol] }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "date,asset,open,high,low,close\n\
        2021-01-01,BTC,29000,29600.5,28700,29300\n\
        2021-01-02,BTC,29300,33300,29000,32100\n\
        2021-01-01,ETH,736,750,714,730\n\
        2021-01-02,ETH,730,790,715,774\n\
        2021-01-01,SOL,1.51,1.85,1.5,1.84\n\
        2021-01-02,SOL,1.84,1.97,1.72,1.8\n";

    fn error(text: &str) -> String {
        let message = parse("p.csv", text.as_bytes()).expect_err("must be refused").to_string();
        assert!(!message.contains('\n'), "one line: {message}");
        message
    }

    #[test]
    fn reads_assets_one_after_another_or_interleaved() {
        let days = parse("p.csv", GOOD.as_bytes()).expect("good file");
        assert_eq!(days.len(), 2);
        assert_eq!(days[0].date.to_string(), "2021-01-01");
        assert_eq!(days[1].bars[2].low, 1_720_000_000_000);
        // Ether was nearer to its high.
        assert_eq!(days[0].steps()[2], [29_600_500_000_000_000, 714_000_000_000_000, 1_850_000_000_000]);
        let mut lines: Vec<&str> = GOOD.lines().collect();
        lines[1..].sort_unstable();
        assert_eq!(parse("p.csv", (lines.join("\r\n") + "\r\n").as_bytes()).expect("interleaved, CRLF"), days);
    }

    #[test]
    fn refuses_headers_and_emptiness() {
        assert!(error("").contains("no price rows"));
        assert!(error("date,asset,open,high,low,close\n").contains("no price rows"));
        assert!(error("day,asset,open,high,low,close\n").starts_with("p.csv:1: the header is \"day,asset,"));
    }

    #[test]
    fn refuses_rows_with_their_line() {
        let with = |from: &str, to: &str| error(&GOOD.replace(from, to));
        assert_eq!(
            with("2021-01-02,BTC,29300,33300,29000,32100", "2021-01-02,BTC,29300,33300,29000"),
            "p.csv:3: has 5 fields; it must have 6: date,asset,open,high,low,close"
        );
        assert!(with("29300,33300", "29300,abc").starts_with("p.csv:3: high \"abc\" is not a plain decimal"));
        assert!(with("736,750", "-736,750").starts_with("p.csv:4: open \"-736\" is not above zero"));
        assert!(with("736,750,714", "736,750,0").starts_with("p.csv:4: low \"0\" is not above zero"));
        assert!(with("736,750", "736,735").starts_with("p.csv:4: open lies above high"));
        assert!(with("736,750,714", "736,750,737").starts_with("p.csv:4: low lies above open"));
        assert!(with("714,730", "714,751").starts_with("p.csv:4: close lies above high"));
        assert!(with("2021-01-01,SOL", "2021-02-30,SOL").starts_with("p.csv:6: date \"2021-02-30\" is not a day"));
        assert!(with("2021-01-01,SOL", "2021-01-01,DOGE").starts_with("p.csv:6: asset \"DOGE\" is unknown"));
        let mut bytes = GOOD.as_bytes().to_vec();
        bytes.extend_from_slice(b"2021-01-03,\xff,1,1,1,1\n");
        assert!(parse("p.csv", &bytes).expect_err("refused").to_string().contains("UTF-8"));
    }

    #[test]
    fn refuses_dates_out_of_order_repeated_or_missing() {
        let with = |from: &str, to: &str| error(&GOOD.replace(from, to));
        assert!(with("2021-01-02,BTC", "2020-12-31,BTC").contains("3: BTC goes back from 2021-01-01 to 2020-12-31"));
        assert!(with("2021-01-02,BTC", "2021-01-01,BTC").contains("3: BTC has a second row for 2021-01-01"));
        assert!(with("2021-01-02,BTC", "2021-01-04,BTC").contains("3: BTC has no row for 2021-01-02"));
    }

    #[test]
    fn refuses_uneven_series() {
        let short: String = GOOD.lines().take(6).map(|line| format!("{line}\n")).collect();
        assert!(error(&short).contains("BTC runs from 2021-01-01 to 2021-01-02 but SOL from 2021-01-01 to 2021-01-01"));
        let absent: String = GOOD.lines().take(5).map(|line| format!("{line}\n")).collect();
        assert!(error(&absent).contains("SOL has no rows"));
    }

    #[test]
    fn a_missing_file_says_what_to_do() {
        let message = read_csv(Path::new("no/such/prices.csv")).expect_err("missing").to_string();
        assert_eq!(
            message,
            "cannot read no/such/prices.csv: no such file or directory; give --prices a readable CSV file, or leave it \
             out to use generated prices"
        );
    }
}
