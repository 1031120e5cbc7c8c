//! What shares are worth, at the last price known.
//!
//! At exit: what leaving would pay at NAV low, the running day's fee and the exit fee taken off. At mid: NAV mid, nothing taken
//! off. Both by the vault's own arithmetic, rounded down.

use gimbal_math::{Assets, Pool, Shares};
use vault::math::{paid_down, Exit};

use crate::index::rows::PricePoint;

/// NAV and shares of one side, and of when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Side {
    nav: u64,
    /// Shares that it is divided among.
    shares: u64,
    /// Shares in issue: who holds all of them pays no exit fee.
    supply: u64,
    exit_bps: u16,
    at: i64,
}

/// The last prices known at some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    low: Option<Side>,
    mid: Option<Side>,
}

impl Prices {
    /// Takes what a later point knows.
    pub fn learn(&mut self, point: &PricePoint) {
        let side = |nav: u64, shares: u64| Side {
            nav,
            shares,
            supply: point.supply,
            exit_bps: point.exit_bps,
            at: point.place.time,
        };
        if let Some(low) = point.low {
            self.low = Some(side(low, point.leaving.unwrap_or(point.supply)));
        }
        if let Some(mid) = point.mid {
            self.mid = Some(Side { exit_bps: 0, ..side(mid, point.supply) });
        }
    }

    /// What leaving with `shares` would pay, base units. Where no low was ever known, by the mid.
    pub fn at_exit(&self, shares: u64) -> u64 {
        worth(self.low.or(self.mid), shares)
    }

    /// What `shares` are worth at mid, base units. Where no mid was ever known, by the low.
    pub fn at_mid(&self, shares: u64) -> u64 {
        worth(self.mid.or(self.low), shares)
    }

    /// Unix second of the low, and of the mid; none where none was known.
    pub fn times(&self) -> (Option<i64>, Option<i64>) {
        (self.low.map(|side| side.at), self.mid.map(|side| side.at))
    }

    /// Base units per share unit at mid; none without a price or without shares.
    pub fn mid(&self) -> Option<f64> {
        self.mid.filter(|side| side.shares > 0).map(|side| side.nav as f64 / side.shares as f64)
    }
}

fn worth(side: Option<Side>, shares: u64) -> u64 {
    // Before anything is known a share costs one unit: what the first one is sold for.
    let Some(side) = side else { return shares };
    let exit: Exit = Exit {
        pool: Pool { assets: Assets(side.nav), shares: Shares(side.shares) },
        supply: Shares(side.supply),
        fee_bps: side.exit_bps,
    };
    // Amounts of a pool that exists do not overflow; a point that no vault can have is worth nothing.
    paid_down(Shares(shares), &exit).map_or(0, |(assets, _)| assets.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::rows::{Place, PriceSource};

    fn point(low: Option<u64>, mid: Option<u64>) -> PricePoint {
        PricePoint {
            place: Place { time: 5, ..Place::default() },
            source: PriceSource::Accounts,
            low,
            mid,
            high: None,
            supply: 10_000_000,
            leaving: Some(11_000_000),
            exit_bps: 50,
        }
    }

    #[test]
    fn an_exit_pays_low_less_the_fees_and_mid_takes_nothing_off() {
        let mut prices = Prices::default();
        assert_eq!((prices.at_exit(7), prices.at_mid(7)), (7, 7), "the first share costs one unit");
        prices.learn(&point(Some(11_000_000), Some(21_000_000)));
        // Low: 2,000,000 · (11 + 1) / (11 + 1) = 2,000,000, less half a per cent = 10,000.
        assert_eq!(prices.at_exit(2_000_000), 1_990_000);
        // Mid: 2,000,000 · (21 + 1) / (10 + 1) = 4,000,000.
        assert_eq!(prices.at_mid(2_000_000), 4_000_000);
        // The last holder pays no exit fee: 10 · 12 / 12 millions.
        assert_eq!(prices.at_exit(10_000_000), 10_000_000);
        assert_eq!(prices.mid(), Some(2.1));
        // A later point that knows one side leaves the other as it was.
        prices.learn(&point(None, Some(10_000_000)));
        assert_eq!((prices.at_exit(2_000_000), prices.at_mid(2_000_000)), (1_990_000, 2_000_000));
        assert_eq!(prices.times(), (Some(5), Some(5)));
    }
}
