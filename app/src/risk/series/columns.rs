//! Which column of a price file is what.

use crate::prices::shorten;

/// Names of the column of days, the best first: where a file has a date and a Unix time, the date is read.
const DATE: [&str; 9] = ["date", "day", "datetime", "timestamp", "time", "opentime", "timeopen", "unix", "closetime"];
/// Names of the column of assets, the best first.
const ASSET: [&str; 6] = ["asset", "symbol", "ticker", "coin", "pair", "name"];

/// The separators that a file may have.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Places of what is read of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The day.
    pub date: usize,
    /// The asset; none in a file of a single one.
    pub asset: Option<usize>,
    /// Open, high, low, close.
    pub prices: [usize; 4],
    /// How many columns there are.
    pub count: usize,
}

impl Columns {
    /// Finds them in a header, whatever their order and case; blanks, points and underscores in names do not count.
    ///
    /// # Errors
    ///
    /// What is missing or there twice, and what to do.
    pub fn find<'a>(header: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let written: Vec<&str> = header.collect();
        let names: Vec<String> = written.iter().map(|name| plain(name)).collect();
        let of = |name: &str| -> Result<Option<usize>, String> {
            let mut places = names.iter().enumerate().filter(|(_, other)| *other == name).map(|(place, _)| place);
            match (places.next(), places.next()) {
                (Some(_), Some(_)) => Err(format!("the header has {name} twice; remove one of the columns")),
                (place, _) => Ok(place),
            }
        };
        let best = |among: &[&str]| -> Result<Option<usize>, String> {
            among.iter().map(|name| of(name)).find(|found| !matches!(found, Ok(None))).unwrap_or(Ok(None))
        };
        let missing = |name: &str| {
            let found = shorten(&written.join(","));
            format!("the header {found:?} has no column {name}; it must name date, open, high, low and close, and asset where there are several")
        };
        let price = |name: &str| of(name)?.ok_or_else(|| missing(name));
        Ok(Self {
            date: best(&DATE)?.ok_or_else(|| missing("date"))?,
            asset: best(&ASSET)?,
            prices: [price("open")?, price("high")?, price("low")?, price("close")?],
            count: written.len(),
        })
    }
}

/// What separates the cells of a file that begins with this line: comma, semicolon or tab, whichever it has most of.
pub fn separator(header: &str) -> u8 {
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // Of equals the last is the greatest: the comma where there is none at all.
    SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

/// A name in lower case without anything but letters and digits.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &str) -> Result<Columns, String> {
        Columns::find(header.split(','))
    }

    #[test]
    fn order_case_and_other_columns_do_not_matter() {
        let plain = Columns { date: 0, asset: Some(1), prices: [2, 3, 4, 5], count: 6 };
        assert_eq!(find("date,asset,open,high,low,close"), Ok(plain));
        assert_eq!(find("Date,Symbol,OPEN,High,Low,Close"), Ok(plain));
        let single = Columns { date: 0, asset: None, prices: [1, 2, 3, 4], count: 7 };
        assert_eq!(find("Date,Open,High,Low,Close,Adj Close,Volume"), Ok(single));
        let both = Columns { date: 1, asset: Some(2), prices: [3, 4, 5, 6], count: 8 };
        assert_eq!(find("unix,date,symbol,open,high,low,close,Volume BTC"), Ok(both));
        let klines = Columns { date: 0, asset: None, prices: [1, 2, 3, 4], count: 7 };
        assert_eq!(find("open_time,open,high,low,close,volume,close_time"), Ok(klines));
    }

    #[test]
    fn what_is_missing_or_twice_is_named() {
        let error = find("date,asset,open,high,low,last").expect_err("no close");
        assert!(
            error.starts_with("the header \"date,asset,open,high,low,last\" has no column close; it must"),
            "{error}"
        );
        assert!(find("2021-01-01,BTC,1,1,1,1").expect_err("no header").contains("has no column date"));
        assert_eq!(
            find("date,asset,open,high,low,close,Close").expect_err("twice"),
            "the header has close twice; remove one of the columns"
        );
        assert!(find("").is_err());
    }

    #[test]
    fn separators_are_seen_in_the_header() {
        assert_eq!(separator("date,asset,open"), b',');
        assert_eq!(separator("date;asset;open"), b';');
        assert_eq!(separator("date\tasset\topen"), b'\t');
        assert_eq!(separator("date"), b',');
    }
}
