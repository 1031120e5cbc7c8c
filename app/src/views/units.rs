//! What is shown twice: exactly for machines, and in the units of people.

use anchor_lang::prelude::Pubkey;
use jiff::Timestamp;
use risk_oracle::state::ALL_LOST;
use serde::{Serialize, Serializer};
use strategy_router::state::Nav;

use crate::amount;
use crate::setup::Asset;

/// Decimals of prices of feeds and of a whole share: parts of 10^12.
const PRICE_DECIMALS: u8 = 12;

/// An amount of a token, or of shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// In the token's smallest unit.
    pub base_units: u64,
    /// In whole tokens, without trailing zeros.
    pub ui: String,
}

impl Amount {
    /// `base_units` of a token with `decimals`.
    pub fn new(base_units: u64, decimals: u8) -> Self {
        Self { base_units, ui: amount::format(base_units, decimals) }
    }
}

/// A gain or, below zero, a loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gain {
    /// In the token's smallest unit.
    pub base_units: i128,
    /// In whole tokens, without trailing zeros.
    pub ui: String,
}

impl Gain {
    /// `base_units` of a token with `decimals`.
    pub fn new(base_units: i128, decimals: u8) -> Self {
        let sign = if base_units < 0 { "-" } else { "" };
        let magnitude = u64::try_from(base_units.unsigned_abs()).unwrap_or(u64::MAX);
        Self { base_units, ui: format!("{sign}{}", amount::format(magnitude, decimals)) }
    }
}

/// What something is worth: at its least and most favourable reading, and in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worth {
    /// What who leaves is paid by.
    pub low: Amount,
    /// The central reading.
    pub mid: Amount,
    /// What who enters pays by.
    pub high: Amount,
}

impl Worth {
    /// From base units of an asset with `decimals`.
    pub fn new([low, mid, high]: [u64; 3], decimals: u8) -> Self {
        Self { low: Amount::new(low, decimals), mid: Amount::new(mid, decimals), high: Amount::new(high, decimals) }
    }

    /// A NAV.
    pub fn of_nav(nav: &Nav, decimals: u8) -> Self {
        Self::new([nav.low, nav.mid, nav.high], decimals)
    }
}

/// A price with twelve decimals: of a feed in USD per whole token, of a share in whole base tokens per whole share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price(pub u64);

impl Price {
    /// All twelve decimals cut to the `places` that people read; cut, not rounded.
    pub fn cut(self, places: usize) -> String {
        let full = amount::format_full(self.0, PRICE_DECIMALS);
        let keep = full.find('.').map_or(full.len(), |point| full.len().min(point + 1 + places));
        full[..keep].trim_end_matches('.').to_owned()
    }
}

impl Serialize for Price {
    /// As a decimal number in a string: no reader loses digits.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&amount::format(self.0, PRICE_DECIMALS))
    }
}

/// A moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct When {
    /// Unix seconds.
    pub unix: i64,
    /// The same in UTC, RFC 3339.
    pub utc: String,
}

impl When {
    /// The moment `unix` seconds after 1970.
    pub fn new(unix: i64) -> Self {
        let utc = Timestamp::from_second(unix).map_or_else(|_| unix.to_string(), |time| time.to_string());
        Self { unix, utc }
    }

    /// As people read it, in UTC: `2026-11-23 05:54`.
    pub fn short(&self) -> String {
        match Timestamp::from_second(self.unix) {
            Ok(time) => time.strftime("%Y-%m-%d %H:%M").to_string(),
            Err(_) => self.utc.clone(),
        }
    }
}

/// A span of seconds in words: `45 s`, `12 min`, `3 h 5 min`, `6 d 23 h`.
pub fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let two = |great: i64, unit: &str, small: i64, of: &str| match small {
        0 => format!("{great} {unit}"),
        small => format!("{great} {unit} {small} {of}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => two(hours, "h", minutes, "min"),
        (days, hours, _) => two(days, "d", hours, "h"),
    }
}

/// A span still to come as [`span`] has it, rounded up: who waits so long is not early. `2 d`, not `1 d 23 h`, a second after
/// two days began.
pub fn wait(seconds: i64) -> String {
    let unit = match seconds {
        ..60 => 1,
        60..86_400 => 60,
        _ => 3_600,
    };
    span(seconds.saturating_add(unit - 1) / unit * unit)
}

/// Basis points as a percentage, exactly: 25 is `0.25%`.
pub fn percent(bps: impl Into<i64>) -> String {
    let bps = bps.into();
    let sign = if bps < 0 { "-" } else { "" };
    format!("{sign}{}%", amount::format(bps.unsigned_abs(), 2))
}

/// A part of a whole in basis points, rounded down; none of nothing.
pub fn weight_bps(part: u64, whole: u64) -> u64 {
    u64::try_from(u128::from(part) * 10_000 / u128::from(whole.max(1))).unwrap_or(u64::MAX)
}

/// An address for JSON, none for the zero key.
pub fn named(key: &Pubkey) -> Option<String> {
    (*key != Pubkey::default()).then(|| key.to_string())
}

/// A damage of a contagion network, Q2.30, in basis points, rounded up.
pub fn damage_bps(damage: u32) -> i64 {
    (i64::from(damage) * 10_000 + i64::from(ALL_LOST) - 1) / i64::from(ALL_LOST)
}

/// The text of a label that is padded with zeros.
pub fn label_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}

/// The ticker of an asset by Pyth's id of its price, where it is one that this client knows.
///
/// It is the asset whose price the vault's owner pinned, not what its mint is: the mint is shown beside it.
pub fn ticker(feed_id: &[u8; 32]) -> Option<&'static str> {
    Asset::ALL.into_iter().find(|asset| asset.feed_id() == *feed_id).map(Asset::ticker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_at_a_glance() {
        let cases = [
            (-5, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (11_100, "3 h 5 min"),
            (86_400, "1 d"),
            (604_799, "6 d 23 h"),
        ];
        for (seconds, words) in cases {
            assert_eq!(span(seconds), words, "{seconds}");
        }
    }

    #[test]
    fn waits_are_rounded_up() {
        let cases = [
            (-5, "0 s"),
            (59, "59 s"),
            (61, "2 min"),
            (3_541, "1 h"),
            (86_399, "1 d"),
            (86_401, "1 d 1 h"),
            (172_799, "2 d"),
            (i64::MAX, "106751991167300 d 15 h"),
        ];
        for (seconds, words) in cases {
            assert_eq!(wait(seconds), words, "{seconds}");
        }
    }

    #[test]
    fn percentages_and_prices_lose_nothing() {
        assert_eq!(percent(25_i64), "0.25%");
        assert_eq!(percent(-150_i64), "-1.5%");
        assert_eq!(percent(10_000_i64), "100%");
        assert_eq!(weight_bps(1, 3), 3_333);
        // 0.999812345678 dollars.
        let price = Price(999_812_345_678);
        assert_eq!(price.cut(4), "0.9998");
        assert_eq!(serde_json::to_string(&price).unwrap(), "\"0.999812345678\"");
        assert_eq!(Price(60_000 * 1_000_000_000_000).cut(2), "60000.00");
    }

    #[test]
    fn losses_have_a_sign() {
        assert_eq!(Gain::new(-1_500_000, 6).ui, "-1.5");
        assert_eq!(Gain::new(0, 6).ui, "0");
        assert_eq!(Gain::new(2, 6).ui, "0.000002");
    }

    #[test]
    fn moments_are_utc() {
        // 20,000 days after 1970-01-01.
        let when = When::new(20_000 * 86_400 + 3_661);
        assert_eq!((when.utc.as_str(), when.short().as_str()), ("2024-10-04T01:01:01Z", "2024-10-04 01:01"));
    }
}
