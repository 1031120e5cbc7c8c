//! Real prices, where a file of them is named.
//!
//! `GIMBAL_REAL_PRICES` names a CSV with the header `date,asset,open,high,low,close` and rows of BTC, ETH and SOL. Where it
//! is set, the scenario tests live through its days instead of the modelled ones, and assert the same of them.

use super::paths::{Candle, Days};

/// The environment variable.
const VARIABLE: &str = "GIMBAL_REAL_PRICES";

/// `modelled`, or as many days of the named file from `first`, `YYYY-MM-DD`, on.
///
/// # Panics
///
/// If the file is named and does not have these days.
pub fn or(first: &str, modelled: Days) -> Days {
    match std::env::var(VARIABLE) {
        Ok(path) => read(&path, first, modelled.len()),
        Err(_) => modelled,
    }
}

fn read(path: &str, first: &str, count: usize) -> Days {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{VARIABLE} names {path}: {error}"));
    let of = |asset: &str| -> Vec<Candle> {
        let rows = text.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
        let rows: Vec<Vec<&str>> = rows.filter(|row| row.len() == 6 && row[1] == asset && row[0] >= first).collect();
        assert!(rows.len() >= count && rows[0][0] == first, "{path} lacks {count} days of {asset} from {first} on");
        let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{text} is no price"));
        let begin = number(rows[0][2]);
        let part = |text: &str| (number(text) / begin * 1_000.0).round() as u64;
        rows[..count].iter().map(|row| Candle { high: part(row[3]), low: part(row[4]), close: part(row[5]) }).collect()
    };
    let [btc, eth, sol] = ["BTC", "ETH", "SOL"].map(of);
    btc.into_iter().zip(eth).zip(sol).map(|((btc, eth), sol)| [btc, eth, sol]).collect()
}
